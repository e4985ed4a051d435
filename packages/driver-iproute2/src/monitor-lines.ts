import { type InterfaceName, isInterfaceName } from '@fastbypass/core';
import { namesIn, namesWithin, partTitle, readLinkHead } from './text-output.js';

/**
 * Turns what `ip -o monitor link address` prints into names of interfaces that have changed.
 *
 * After a rename `ip` goes on to write the old name on the lines of addresses, and of the old name it never says that it
 * is gone. The index on each line is right, so names are kept by index here.
 */
export class MonitorLines {
  readonly #names = new Map<number, string>();
  #partial = '';

  /** Takes in what `ip -o link show` prints, for links of which the monitor has not spoken yet. */
  learn(linkText: string): void {
    const heads = linkText.split('\n').flatMap((line) => readLinkHead(line) ?? []);
    const names = namesIn(heads);
    for (const { index, title } of heads) {
      if (!this.#names.has(index)) this.#names.set(index, partTitle(title, (name) => names.has(name)).name);
    }
  }

  /** @returns the interfaces that `text`, with what was left of the text before, tells of; null where a line is not understood */
  read(text: string): ReadonlySet<InterfaceName> | null {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    const changed = new Set<InterfaceName>();
    let understood = true;
    for (const line of lines) {
      const names = this.#readLine(line);
      understood &&= names !== null;
      for (const name of names ?? []) if (isInterfaceName(name)) changed.add(name);
    }
    return understood ? changed : null;
  }

  #readLine(line: string): readonly string[] | null {
    if (line.trim() === '') return [];
    const deleted = line.startsWith('Deleted ');
    const rest = deleted ? line.slice('Deleted '.length) : line;
    const head = readLinkHead(rest);
    if (head !== null) {
      const before = this.#names.get(head.index);
      const names = this.#namesIn(head.title, before);
      const [name = ''] = names;
      if (deleted || names.length > 1) this.#names.delete(head.index);
      else this.#names.set(head.index, name);
      return before === undefined ? names : [before, ...names];
    }
    const [, index, printed] = /^(\d+): (\S+)\s/.exec(rest) ?? [];
    if (index === undefined || printed === undefined) return null;
    return [this.#names.get(Number(index)) ?? printed];
  }

  /** The name in a title, or every name that may be meant: one told for nothing does no harm. */
  #namesIn(title: string, before: string | undefined): readonly string[] {
    const known = new Set(this.#names.values());
    const { name, tied } = partTitle(title, (it) => known.has(it));
    if (tied !== null) return [name];
    const possible = namesWithin(title);
    return before !== undefined && possible.includes(before) ? [before] : possible;
  }
}
