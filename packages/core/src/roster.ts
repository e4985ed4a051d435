/**
 * All listeners, in the order of their indices.
 *
 * A heartbeat steps one listener and looks at no other: listeners stand in a table of which each step makes a version
 * ({@link ListenerTable}), counts are corrected by the listener that changed, and of the deadlines only a bound is
 * carried along, as heartbeats move them away all the time and only timers want to know. Old rosters stay valid: a state
 * can be kept, compared, replayed.
 */
import type { IpAddress } from './address.js';
import { type Listener, hear, isWaitedFor, windowOf } from './listener.js';
import { ListenerTable } from './listener-table.js';

export interface Counts {
  readonly active: number;
  readonly failed: number;
  readonly unavailable: number;
  /** Listeners whose first report management waits for. */
  readonly waitedFor: number;
}

const NOBODY: Counts = { active: 0, failed: 0, unavailable: 0, waitedFor: 0 };

/** @param times 1 to count the listener in, -1 to count it out */
const counting = (counts: Counts, listener: Listener, times: 1 | -1): Counts => ({
  active: counts.active + (listener.phase.status === 'active' ? times : 0),
  failed: counts.failed + (listener.phase.status === 'failed' ? times : 0),
  unavailable: counts.unavailable + (listener.phase.status === 'unavailable' ? times : 0),
  waitedFor: counts.waitedFor + (isWaitedFor(listener) ? times : 0),
});

const countsAlike = (a: Listener, b: Listener): boolean => a.phase.status === b.phase.status && isWaitedFor(a) === isWaitedFor(b);

const endOf = (listener: Listener): number => windowOf(listener)?.ends ?? Infinity;

/** The listener of nobody. */
const NONE = -1;

export class Roster {
  /** Stays the same object while no listener changes its status. */
  readonly counts: Counts;
  readonly size: number;
  readonly #table: ListenerTable;
  /** No window ends before, ms; Infinity where none runs. */
  #bound: number;
  /** Whose window ends at the bound; NONE where it is not known whether one does. */
  #first: number;
  /** Once somebody has asked for all. */
  #all: readonly Listener[] | undefined;

  private constructor(table: ListenerTable, size: number, counts: Counts, bound: number, first: number) {
    this.#table = table;
    this.size = size;
    this.counts = counts;
    this.#bound = bound;
    this.#first = first;
  }

  static of(listeners: readonly Listener[]): Roster {
    const counts = listeners.reduce((sum, listener) => counting(sum, listener, 1), NOBODY);
    return new Roster(ListenerTable.of(listeners), listeners.length, counts, -Infinity, NONE);
  }

  /** By index. */
  toArray(): readonly Listener[] {
    return (this.#all ??= this.#table.toArray());
  }

  /** The listener at `position` (0-based, by index); undefined where there is none. */
  at(position: number): Listener | undefined {
    return this.#table.at(position);
  }

  /**
   * The earliest end of a running window, ms; Infinity where none runs.
   *
   * @param by later ones are not looked for: Infinity as well. Most often nobody has to be looked at then
   */
  earliestDeadline(by = Infinity): number {
    if (this.#bound > by) return Infinity;
    if (this.#first === NONE) this.#findFirst();
    return this.#bound > by ? Infinity : this.#bound;
  }

  /** What was found stays true: a roster never changes. */
  #findFirst(): void {
    this.#bound = Infinity;
    this.#first = 0;
    this.#table.ends().forEach((ends, position) => {
      if (ends >= this.#bound) return;
      this.#bound = ends;
      this.#first = position;
    });
  }

  /** Those whose window has ended by `at`. */
  due(at: number): readonly Listener[] {
    return this.#positionsDue(at).flatMap((position) => this.at(position) ?? []);
  }

  #positionsDue(at: number): readonly number[] {
    return this.earliestDeadline(at) > at ? [] : this.#table.ends().flatMap((ends, position) => (ends <= at ? position : []));
  }

  /** The roster with the listener at `position` put through `step`; the same roster where `step` changes nothing. */
  update(position: number, step: (listener: Listener) => Listener): Roster {
    const before = this.at(position);
    if (before === undefined) return this;
    const after = step(before);
    if (after === before) return this;
    const counts = countsAlike(before, after) ? this.counts : counting(counting(this.counts, before, -1), after, 1);
    return this.#next(this.#table.with(position, after), counts, position, endOf(after));
  }

  /** The roster in which the listener at `position` has received a datagram. */
  hear(position: number, at: number, source: IpAddress | null): Roster {
    const window = this.#table.windowAt(position, source);
    if (window === 0) return this.update(position, (it) => hear(it, at, source));
    return this.#next(this.#table.withHeard(position, at), this.counts, position, at + window);
  }

  /** @param ends the end of the window of the listener at `position`, who has changed */
  #next(table: ListenerTable, counts: Counts, position: number, ends: number): Roster {
    const isFirst = ends <= this.#bound;
    const first = isFirst ? position : this.#first === position ? NONE : this.#first;
    return new Roster(table, this.size, counts, isFirst ? ends : this.#bound, first);
  }

  /** Puts each listener through `step` whose window has ended by `at`. */
  updateDue(at: number, step: (listener: Listener) => Listener): Roster {
    return this.#positionsDue(at).reduce<Roster>((roster, position) => roster.update(position, step), this);
  }
}
