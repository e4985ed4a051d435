import { type InterfaceName, familyOf } from '@fastbypass/core';
import { type IpOperation, lookWords, wordsOf } from './operation-words.js';

/** A line of standard input of `ip -batch`. */
export interface BatchLine {
  /** Of the operation that it belongs to. */
  readonly place: number;
  /** Whether it carries the operation out, or looks at the link and its addresses before or after that. */
  readonly role: 'operation' | 'before' | 'after';
  readonly text: string;
}

/**
 * `ip` sets a link up without a word where it is up already, and says nothing of the addresses that go with another one or with a link. So
 * what is there is printed before, and after the last removal: that of the moment, in the same process.
 */
export function batchLines(batch: readonly IpOperation[]): readonly BatchLine[] {
  const removals = removalRuns(batch);
  return batch.flatMap((operation, place): readonly BatchLine[] => {
    const { interface: name } = operation;
    const line = (role: BatchLine['role'], words: readonly string[]): BatchLine => ({ place, role, text: words.join(' ') });
    const doing = line('operation', wordsOf(operation));
    const before = line('before', lookWords(name));
    switch (operation.op) {
      case 'link-up':
      case 'link-down':
        return [before, doing];
      case 'address-add':
        return [doing];
      case 'address-del': {
        const run = removals.get(name);
        return [...(run?.first === place ? [before] : []), doing, ...(run?.last === place ? [line('after', lookWords(name))] : [])];
      }
    }
  });
}

/** Places of the first and the last removal of an IPv4 address, of which others may hang, on each interface. */
function removalRuns(batch: readonly IpOperation[]): ReadonlyMap<InterfaceName, { readonly first: number; readonly last: number }> {
  const runs = new Map<InterfaceName, { readonly first: number; readonly last: number }>();
  for (const [place, operation] of batch.entries()) {
    if (operation.op !== 'address-del' || familyOf(operation.address.address) === 6) continue;
    runs.set(operation.interface, { first: runs.get(operation.interface)?.first ?? place, last: place });
  }
  return runs;
}
