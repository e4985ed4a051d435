/** Why the mode is what it is and what would change it: the answer of {@link explain}, and its codec on the control socket. */
import * as t from 'io-ts';

const nullable = <C extends t.Mixed>(codec: C): t.UnionC<[C, t.NullC]> => t.union([codec, t.null]);

export const Verdict = t.union([
  /** No listener and no card is named. */
  t.literal('not-configured'),
  /** Nothing is decided: somebody is waited for, or nobody is active or failed. */
  t.literal('unsettled'),
  t.literal('threshold-reached'),
  /** Below the threshold, but the hold time keeps bypass. */
  t.literal('held'),
  t.literal('below-threshold'),
]);
export type Verdict = t.TypeOf<typeof Verdict>;

/** How far a listener is from another status; all null where no socket listens. */
export const Distance = t.readonly(
  t.type({
    index: t.number,
    status: t.union([t.literal('unknown'), t.literal('active'), t.literal('failed'), t.literal('unavailable')]),
    /** ms of silence from now on until it has failed; null where it has. */
    failsInMs: nullable(t.number),
    /** Windows that must end in silence until then, the running one included. */
    windowsLeft: nullable(t.number),
    /** In a row, until it is active; null where it is. */
    heartbeatsNeeded: nullable(t.number),
  }),
);
export type Distance = t.TypeOf<typeof Distance>;

/** One way to another mode, or, where nothing is settled, to a decision: all of it must come true, and nobody else change. */
export const Turn = t.readonly(
  t.type({
    to: t.union([t.literal('normal'), t.literal('bypass')]),
    /** Indices of listeners that must stay silent for `inMs`. */
    silent: t.readonlyArray(t.number),
    heard: t.readonlyArray(t.readonly(t.type({ index: t.number, heartbeats: t.number }))),
    /** ms from now, at the earliest. */
    inMs: t.number,
  }),
);
export type Turn = t.TypeOf<typeof Turn>;

export const Explanation = t.readonly(
  t.type({
    verdict: Verdict,
    /** Indices of listeners whose first report management waits for. */
    waitsFor: t.readonlyArray(t.number),
    /** ms that BYPASS_HOLD_TIME still keeps bypass; null where it does not. */
    holdLeftMs: nullable(t.number),
    /** By index. */
    listeners: t.readonlyArray(Distance),
    /** What would come next; empty where no report of a listener can change anything. */
    next: t.readonlyArray(Turn),
  }),
);
export type Explanation = t.TypeOf<typeof Explanation>;
