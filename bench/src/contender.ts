import type { Child } from './child.js';
import type { Native } from './native.js';
import type { Effect, HeartbeatKind } from './observer.js';
import type { Stage } from './stage.js';

/** What a contender is asked to watch over. */
export interface Task {
  /** Listeners on as many ports. */
  readonly listeners: number;
  readonly cards: number;
  /** Managed interfaces, where there are any. */
  readonly links?: number;
  /** µs between the heartbeats for one listener. */
  readonly interval: number;
  /** ms; three of them without a heartbeat are the detection time. */
  readonly window: number;
}

/** The process that is measured. */
export interface Subject {
  readonly pid: number;
  readonly end: () => Promise<void>;
}

export interface Cast {
  readonly near: Subject;
  /** Whose death is to be noticed. */
  readonly far: Child;
}

/** A program that notices the death of a sender and changes the network. */
export interface Contender {
  readonly name: string;
  readonly heartbeats: HeartbeatKind;
  /** ms between two heartbeats, at most, when it is as quick as it gets. */
  readonly interval: number;
  /** The nominal detection time: ms from the last heartbeat until the sender counts as dead. */
  readonly nominal: number;
  readonly failover: Effect;
  readonly restore: Effect;
  /** Whether the return is decided by the first heartbeat, and not by a protocol of several steps. */
  readonly restoresAtOnce: boolean;
  /** Why it cannot run here; null where it can. */
  readonly lacking: () => string | null;
  readonly launch: (stage: Stage, native: Native, task: Task) => Promise<Cast>;
}

/** One listener, one card, a heartbeat at least every 50 ms: as BFD with 50 ms x 3. */
export const ONE: Task = { listeners: 1, cards: 1, interval: 50_000, window: 50 };
