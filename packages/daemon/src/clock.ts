/** Time as the daemon has it: monotonic ms for judging, wall-clock text for telling. */
export interface Clock {
  /** ms, monotonic; its zero means nothing. */
  readonly now: () => number;
  /** The instant `at` of {@link now} in ISO-8601, by the wall clock as it is now. */
  readonly iso: (at: number) => string;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  iso: (at) => new Date(Date.now() - (performance.now() - at)).toISOString(),
};
