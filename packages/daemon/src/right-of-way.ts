/**
 * A verdict has the right of way: what can wait is not begun shortly before one.
 *
 * A status, a scrape or a reload of 1000 listeners, or a plan that is made ahead for 1000 cards, holds the loop up for longer than a whole failover takes. While
 * heartbeats arrive no verdict is near, so this costs nothing.
 */
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';

/** ms before a verdict from which on nothing is begun, and those to be added for each listener. */
const AHEAD = 5;
const AHEAD_EACH = 0.05;
/** ms that anything waits at most: where windows are hardly longer than pauses between heartbeats, a verdict is always near. */
const PATIENCE = 200;
/** ms from one look to the next. */
const LOOK = 1;

export interface RightOfWayHooks {
  readonly now: () => number;
  readonly listeners: () => number;
  /** Whether a verdict may come within so many ms, or is being carried out. */
  readonly isNear: (ms: number) => boolean;
}

export type MakeWay = () => Promise<void>;

/** Gives what resolves in a turn of the loop of its own, as soon as no verdict is near. */
export function rightOfWay({ now, listeners, isNear }: RightOfWayHooks): MakeWay {
  return async () => {
    const end = now() + PATIENCE;
    await turn();
    while (isNear(AHEAD + AHEAD_EACH * listeners()) && now() < end) await pause(LOOK);
  };
}

/** How many times as long as an answer took the next one waits. */
const REST = 4;

/**
 * One answer for all who ask before it is begun. However many ask without a pause, answers take a fifth of the loop's time at the most:
 * heartbeats are read in between.
 */
export function shared<A>(makeWay: MakeWay, answer: () => A | Promise<A>): () => Promise<A> {
  let coming: Promise<A> | null = null;
  let restUntil = -Infinity;
  const next = async (): Promise<A> => {
    const rest = restUntil - performance.now();
    if (rest > 0) await pause(rest);
    await makeWay();
    coming = null;
    const begun = performance.now();
    try {
      return await answer();
    } finally {
      const ended = performance.now();
      restUntil = ended + REST * (ended - begun);
    }
  };
  return () => (coming ??= next());
}
