import type { BatchLine } from './batch-lines.js';
import { isUp, readLinkHead } from './text-output.js';

/** What `ip -o -force -batch -` said about the operations of a batch; they are named by their places. */
export interface BatchReport {
  /** Those that failed, with the reason that was printed. */
  readonly failed: ReadonlyMap<number, string>;
  /** Of links that are to be set: whether they were up just before. */
  readonly wasUp: ReadonlyMap<number, boolean>;
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
  for (const [{ place, does }, words] of reasons) if (does) failed.set(place, words);

  const heads = stdout.split('\n').map(readLinkHead);
  const wasUp = new Map<number, boolean>();
  for (const [order, line] of lines.filter((it) => !it.does && !reasons.has(it)).entries()) {
    const head = heads[order];
    if (head !== undefined && head !== null) wasUp.set(line.place, isUp(head.rest));
  }
  return { failed, wasUp, complete: reasons.size > 0 && reason.join('').trim() === '' };
}
