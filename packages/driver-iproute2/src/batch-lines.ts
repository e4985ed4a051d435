import { type IpOperation, lookWords, wordsOf } from './operation-words.js';

/** A line of standard input of `ip -batch`. */
export interface BatchLine {
  /** Of the operation that it belongs to. */
  readonly place: number;
  /** Whether it carries the operation out, or looks at the link first. */
  readonly does: boolean;
  readonly text: string;
}

/**
 * `ip` sets a link up without a word where it is up already, so its state is printed before: that of the moment, in the
 * same process.
 */
export const batchLines = (batch: readonly IpOperation[]): readonly BatchLine[] =>
  batch.flatMap((operation, place): readonly BatchLine[] => {
    const doing = { place, does: true, text: wordsOf(operation).join(' ') };
    return 'address' in operation ? [doing] : [{ place, does: false, text: lookWords(operation.interface).join(' ') }, doing];
  });
