/**
 * All listeners and the mode: the state machine of the product.
 *
 * ```
 *   heartbeat, launched, unavailable, reloaded    facts, in the order in which they came about
 *   expired                                       windows that have ended by now are missed
 *   decided                                       what all of it means: the mode
 * ```
 *
 * An instant is folded before it is decided: the caller hands in all facts of an instant, then `expired`, then
 * `decided`, and only then derives the desired state. Every state meets every event; nothing throws; nothing is
 * mutated. Time travels inside events as ms on a monotonic clock of the caller's.
 */
import * as O from 'fp-ts/lib/Option.js';
import type { IpAddress } from './address.js';
import { type Config, type ListenerConfig, endpointOf, isKept } from './config/config.js';
import { type Listener, type ListenerId, expireWindows, failLaunch, failsAt, launch, newListener, windowOf } from './listener.js';
import { Roster } from './roster.js';

export type ModeName = 'unknown' | 'normal' | 'bypass';

export interface Mode {
  readonly name: ModeName;
  /** The instant of the last change, or of the start. */
  readonly since: number;
}

export interface MonitorState {
  /** Null: no listener and no card is named yet, nothing is managed. */
  readonly config: Config | null;
  readonly roster: Roster;
  /** Where each listener stands in the roster, by its id; absent where it is gone. A map, for ids grow with each reload. */
  readonly positions: ReadonlyMap<ListenerId, number>;
  readonly mode: Mode;
  /** The instant of the last decision. */
  readonly decidedAt: number;
  readonly nextId: ListenerId;
}

export type MonitorEvent =
  /** A datagram was read from the socket of a listener. `source` null: accepted without question. */
  | { readonly type: 'heartbeat'; readonly at: number; readonly listener: ListenerId; readonly source: IpAddress | null }
  /** Its socket listens. `awaited`: at start or by a reload, so that management waits for its first report. */
  | { readonly type: 'launched'; readonly at: number; readonly listener: ListenerId; readonly awaited: boolean }
  | { readonly type: 'unavailable'; readonly at: number; readonly listener: ListenerId; readonly reason: string }
  | { readonly type: 'reloaded'; readonly at: number; readonly config: Config }
  /**
   * Everything that had arrived by `at` has been handed in: windows that ended by then are missed.
   * `late`: ms by which the caller was late itself, 0 where it was not.
   */
  | { readonly type: 'expired'; readonly at: number; readonly late: number }
  | { readonly type: 'decided'; readonly at: number };

// -------------------------------------------------------------------------------------
// beginning
// -------------------------------------------------------------------------------------

/** The state of a process that starts at `at`; every listener waits to be launched. */
export function initialState(config: Config | null, at: number): MonitorState {
  const listeners = (config?.listeners ?? []).map((listener, id) => newListener(id, listener));
  return withListeners(listeners, { config, mode: { name: 'unknown', since: at }, decidedAt: -Infinity, nextId: listeners.length });
}

function withListeners(listeners: readonly Listener[], rest: Omit<MonitorState, 'roster' | 'positions'>): MonitorState {
  return { ...rest, roster: Roster.of(listeners), positions: new Map(listeners.map(({ id }, position) => [id, position])) };
}

// -------------------------------------------------------------------------------------
// stepping
// -------------------------------------------------------------------------------------

/** The next state. An event for a listener that is gone changes nothing. */
export function transition(state: MonitorState, event: MonitorEvent): MonitorState {
  // No match of ts-pattern: it costs as much as all the rest of a heartbeat, and most of what a reload takes to launch a thousand.
  switch (event.type) {
    case 'heartbeat':
      return hear(state, event);
    case 'launched':
      return stepListener(state, event.listener, (it) => launch(it, event.at, event.awaited));
    case 'unavailable':
      return stepListener(state, event.listener, (it) => failLaunch(it, event.reason));
    case 'reloaded':
      return reload(state, event.config);
    case 'expired':
      return withRoster(state, state.roster.updateDue(event.at, (it) => expireWindows(it, event.at, event.late)));
    case 'decided':
      return decide(state, event.at);
  }
}

function withRoster(state: MonitorState, roster: Roster): MonitorState {
  if (roster === state.roster) return state;
  const { config, positions, mode, decidedAt, nextId } = state;
  return { config, roster, positions, mode, decidedAt, nextId };
}

function hear(state: MonitorState, { at, listener, source }: Extract<MonitorEvent, { type: 'heartbeat' }>): MonitorState {
  const position = state.positions.get(listener);
  return position === undefined ? state : withRoster(state, state.roster.hear(position, at, source));
}

function stepListener(state: MonitorState, id: ListenerId, step: (listener: Listener) => Listener): MonitorState {
  const position = state.positions.get(id);
  return position === undefined ? state : withRoster(state, state.roster.update(position, step));
}

/** A kept listener is the same in every respect; a changed one is new. */
function reload(state: MonitorState, config: Config): MonitorState {
  const before = new Map(state.roster.toArray().map((listener) => [endpointOf(listener.config), listener]));
  let { nextId } = state;
  const arrive = (listener: ListenerConfig): Listener => {
    const same = before.get(endpointOf(listener));
    return same !== undefined && isKept(same.config, listener) ? { ...same, config: listener } : newListener(nextId++, listener);
  };
  const listeners = config.listeners.map(arrive);
  return withListeners(listeners, { config, mode: state.mode, decidedAt: state.decidedAt, nextId });
}

function decide(state: MonitorState, at: number): MonitorState {
  const decided = { ...state, decidedAt: at };
  if (state.config === null || !isSettled(state)) return decided;
  const wanted: ModeName = state.roster.counts.failed >= state.config.threshold ? 'bypass' : 'normal';
  if (wanted === state.mode.name) return decided;
  if (wanted === 'normal' && state.mode.name === 'bypass' && at < holdEnd(state.mode, state.config)) return decided;
  return { ...decided, mode: { name: wanted, since: at } };
}

// -------------------------------------------------------------------------------------
// questions
// -------------------------------------------------------------------------------------

/** Every listener that management waits for has reported, and at least one listener is active or failed. */
export function isSettled({ roster }: MonitorState): boolean {
  const { active, failed, waitedFor } = roster.counts;
  return waitedFor === 0 && active + failed > 0;
}

export const failedCount = ({ roster }: MonitorState): number => roster.counts.failed;

/** By index. */
export const listeners = ({ roster }: MonitorState): readonly Listener[] => roster.toArray();

export function listenerOf({ roster, positions }: MonitorState, id: ListenerId): Listener | undefined {
  const position = positions.get(id);
  return position === undefined ? undefined : roster.at(position);
}

/** The instant from which normal may follow bypass. */
const holdEnd = (mode: Mode, { holdTime }: Config): number => mode.since + holdTime;

/** The end of the hold, where a decision is still to be taken because of it; Infinity where none is. */
function pendingHoldEnd({ mode, config, decidedAt }: MonitorState): number {
  const end = config !== null && mode.name === 'bypass' ? holdEnd(mode, config) : -Infinity;
  return end > decidedAt ? end : Infinity;
}

/**
 * The next instant at which time alone may change something; none while nothing runs.
 *
 * @param by who does not ask beyond an instant is mostly answered at once, however many listeners there are
 */
export function nextDeadline(state: MonitorState, by = Infinity): O.Option<number> {
  const deadline = Math.min(state.roster.earliestDeadline(by), pendingHoldEnd(state));
  return deadline === Infinity ? O.none : O.some(deadline);
}

/**
 * Whether one event changed nothing that the outside is told: no status, no mode, no configuration.
 * One event moves listeners one way only, so the counts tell.
 */
export function isQuietStep(before: MonitorState, after: MonitorState): boolean {
  if (before === after) return true;
  const was = before.roster.counts;
  const is = after.roster.counts;
  if (before.config !== after.config || before.mode !== after.mode) return false;
  // A heartbeat of an active listener leaves the very counts.
  if (was === is) return true;
  return (
    was.active === is.active &&
    was.failed === is.failed &&
    was.unavailable === is.unavailable &&
    was.waitedFor === is.waitedFor
  );
}

/** Listeners whose window has ended by `at` and has not been judged yet. */
export const dueAt = ({ roster }: MonitorState, at: number): readonly Listener[] => roster.due(at);

/**
 * Those whose datagrams must have been handed in before `expired` at `at`: whose window has ended, and where one of them may fail by that the failed
 * ones too. Of these somebody may be back, and so keep the mode what it is.
 */
export function inQuestionAt(state: MonitorState, at: number): readonly Listener[] {
  const due = dueAt(state, at);
  if (failedCount(state) === 0 || !due.some((listener) => failsAt(listener) <= at)) return due;
  return listeners(state).filter((listener) => listener.phase.status === 'failed' || (windowOf(listener)?.ends ?? Infinity) <= at);
}

/**
 * The next instant at which time alone may change a status or the mode; Infinity where there is none. Windows that only count end before:
 * who waits for none of them hands in `expired` once for all that have ended, before the next fact.
 */
export const nextVerdict = (state: MonitorState): number => listeners(state).reduce((earliest, listener) => Math.min(earliest, failsAt(listener)), pendingHoldEnd(state));

/** Whether time alone may bring a change of status or mode at `at`, and not only one window more on somebody's count. */
export const mayBringVerdict = (state: MonitorState, at: number): boolean => pendingHoldEnd(state) <= at || dueAt(state, at).some((listener) => failsAt(listener) <= at);
