/** Pauses between attempts: the first one, then doubling up to the longest. All ms. */
export interface Backoff {
  readonly first: number;
  readonly longest: number;
}

/** Of launches of listeners. */
export const LAUNCH_BACKOFF: Backoff = { first: 1000, longest: 30_000 };

/** Of operations, observations, watches and sockets. */
export const REPAIR_BACKOFF: Backoff = { first: 100, longest: 5000 };

/** The pause after the `failures`-th failure in a row, from 1. */
export const pauseAfter = ({ first, longest }: Backoff, failures: number): number => Math.min(first * 2 ** (failures - 1), longest);
