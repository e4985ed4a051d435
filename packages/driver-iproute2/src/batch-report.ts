import type { BatchLine } from './batch-lines.js';
import type { SeenAddress, SeenLink } from './observed-state.js';
import { isUp, readAddress, readLinkHead } from './text-output.js';

/** A link as a look of the batch has found it. */
export type LinkLook = Pick<SeenLink, 'index' | 'up' | 'addresses'>;

/** What `ip -force -batch -` said about the operations of a batch; they are named by their places. */
export interface BatchReport {
  /** Those that failed, with the reason that was printed. */
  readonly failed: ReadonlyMap<number, string>;
  /** The link just before the operation, where it was looked at, and just after it. */
  readonly before: ReadonlyMap<number, LinkLook>;
  readonly after: ReadonlyMap<number, LinkLook>;
  /**
   * Whether all that was said belongs to lines that failed. A word that `ip` does not know ends it at once, with a
   * reason but without naming the line.
   */
  readonly complete: boolean;
}

export function readBatchReport(lines: readonly BatchLine[], stdout: string, stderr: string): BatchReport {
  const reasons = new Map<BatchLine, string>();
  let reason: string[] = [];
  for (const text of stderr.split('\n')) {
    const number = /^Command failed .*:(\d+)$/.exec(text)?.[1];
    const line = lines[Number(number) - 1];
    if (line === undefined) {
      reason.push(text);
    } else {
      reasons.set(line, reason.join('\n'));
      reason = [];
    }
  }
  const failed = new Map<number, string>();
  for (const [{ place, role }, words] of reasons) if (role === 'operation') failed.set(place, words);

  const looks = readLooks(stdout);
  const before = new Map<number, LinkLook>();
  const after = new Map<number, LinkLook>();
  for (const [order, { place, role }] of lines.filter((it) => it.role !== 'operation' && !reasons.has(it)).entries()) {
    const look = looks[order];
    if (look !== undefined) (role === 'before' ? before : after).set(place, look);
  }
  return { failed, before, after, complete: reasons.size > 0 && reason.join('').trim() === '' };
}

/** Each begins with the line of its link; then each address has two, of which the second is indented further. */
function readLooks(stdout: string): readonly LinkLook[] {
  const looks: (LinkLook & { readonly addresses: SeenAddress[] })[] = [];
  // With `-o` the line break is a backslash; so it can be read like that.
  for (const line of stdout.replaceAll(/\n(?= {5,})/g, '\\').split('\n')) {
    const head = readLinkHead(line);
    if (head !== null) looks.push({ index: head.index, up: isUp(head.rest), addresses: [] });
    const [, family, rest] = /^ {4}(inet6?) (.*)$/.exec(line) ?? [];
    const address = family === undefined || rest === undefined ? null : readAddress(rest, family);
    if (address !== null) looks.at(-1)?.addresses.push(address);
  }
  return looks;
}
