/**
 * Listeners in a table that is a value, in which a step replaces one row at the cost of one row.
 *
 * The newest version owns the rows, and hands them on to the version that is made of it, which writes into them. The older
 * one remembers the row that stood there, and who has the rest:
 *
 * ```
 *   older ──[3] was A──▶ old ──[7] was B──▶ newest ──▶ [ · · · · · · · · ]
 * ```
 *
 * So the newest version is read and stepped at once; whoever asks an older one waits for a copy, in which the rows that
 * were replaced are put back. Now and then a version is left a copy when it hands on: what an old one that nobody asks holds on
 * to is so many steps at most, however much has happened since.
 *
 * A heartbeat of an active listener changes how often it has been heard, and when. These are numbers in its row, and it
 * becomes a new listener when somebody reads it: objects that live from one heartbeat to the next are what a garbage
 * collector has to carry about, and the more listeners, the more of them at any time.
 */
import type { IpAddress } from './address.js';
import { type Listener, accepts, hearTimes, windowOf } from './listener.js';

/** Steps for each row, and the least in all, after which a version is left a copy: copies are a small part of the cost then. */
const STEPS_A_ROW = 4;
const LEAST_STEPS = 1024;

interface Row {
  /** As of its last step other than a heartbeat while active. */
  readonly listener: Listener;
  /** Heartbeats since then. */
  readonly heard: number;
  /** The instant of the last of them, ms. */
  readonly last: number;
}

const heardSince = (listener: Listener, heard: number, last: number): Listener => (heard === 0 ? listener : hearTimes(listener, last, heard));

/** The rows, each number in an array of its own: a heartbeat touches two of them, and no object. */
interface Columns {
  /** How often they have been handed on since a version was left a copy. */
  steps: number;
  readonly listeners: Listener[];
  readonly heard: Float64Array;
  readonly last: Float64Array;
  /** The window that a heartbeat begins, ms, where this is all that it does; 0 where it does more. */
  readonly window: Float64Array;
}

const windowOfNext = ({ phase, config }: Listener): number => (phase.status === 'active' ? config.timeout : 0);

function columnsOf(listeners: readonly Listener[]): Columns {
  const { length } = listeners;
  return { steps: 0, listeners: listeners.slice(), heard: new Float64Array(length), last: new Float64Array(length), window: Float64Array.from(listeners, windowOfNext) };
}

const copyOf = ({ listeners, heard, last, window }: Columns): Columns => ({ steps: 0, listeners: listeners.slice(), heard: heard.slice(), last: last.slice(), window: window.slice() });

function put(columns: Columns, position: number, { listener, heard, last }: Row): void {
  columns.listeners[position] = listener;
  columns.heard[position] = heard;
  columns.last[position] = last;
  columns.window[position] = windowOfNext(listener);
}

/** What became of a version that is not the newest. */
interface Later {
  readonly newer: ListenerTable;
  readonly position: number;
  /** The row that stood there before the newer version replaced it. */
  readonly was: Row;
}

export class ListenerTable {
  /** The columns, while there is no newer version that has them. */
  #held: Columns | Later;

  private constructor(columns: Columns) {
    this.#held = columns;
  }

  static of(listeners: readonly Listener[]): ListenerTable {
    return new ListenerTable(columnsOf(listeners));
  }

  /** The listener at `position`; undefined where there is none. */
  at(position: number): Listener | undefined {
    const { listeners, heard, last } = this.#own();
    const listener = listeners[position];
    return listener && heardSince(listener, heard[position] ?? 0, last[position] ?? 0);
  }

  toArray(): readonly Listener[] {
    const { listeners, heard, last } = this.#own();
    return listeners.map((listener, position) => heardSince(listener, heard[position] ?? 0, last[position] ?? 0));
  }

  /** When the running windows end, by position, ms; Infinity where none runs. */
  ends(): readonly number[] {
    const { listeners, heard, last, window } = this.#own();
    return listeners.map((listener, position) => (heard[position] === 0 ? (windowOf(listener)?.ends ?? Infinity) : (last[position] ?? 0) + (window[position] ?? 0)));
  }

  /** The window that a datagram of `source` to the listener at `position` begins, ms, where this is all that it does; 0 where it does more, or nothing. */
  windowAt(position: number, source: IpAddress | null): number {
    const { listeners, window } = this.#own();
    const listener = listeners[position];
    return listener === undefined || (source !== null && !accepts(listener, source)) ? 0 : (window[position] ?? 0);
  }

  /** The version that has `listener` at `position`, which is one of this table. */
  with(position: number, listener: Listener): ListenerTable {
    const [newer, columns] = this.#handOn(position);
    put(columns, position, { listener, heard: 0, last: 0 });
    return newer;
  }

  /** The version in which the listener at `position` has had a heartbeat that only begins a window. */
  withHeard(position: number, at: number): ListenerTable {
    const [newer, { heard, last }] = this.#handOn(position);
    heard[position] = (heard[position] ?? 0) + 1;
    last[position] = at;
    return newer;
  }

  /** The next version, alike as yet, and its columns, of which the row at `position` may be written. */
  #handOn(position: number): readonly [newer: ListenerTable, columns: Columns] {
    const columns = this.#own();
    if (columns.steps >= Math.max(columns.listeners.length * STEPS_A_ROW, LEAST_STEPS)) {
      // The older version gets the copy: most often it is dropped with it. What lives on stays where it is, and the garbage collector has nothing to carry.
      this.#held = copyOf(columns);
      columns.steps = 0;
      return [new ListenerTable(columns), columns];
    }
    const newer = new ListenerTable(columns);
    columns.steps++;
    const { listeners, heard, last } = columns;
    this.#held = { newer, position, was: { listener: listeners[position] as Listener, heard: heard[position] ?? 0, last: last[position] ?? 0 } };
    return [newer, columns];
  }

  /** Whoever has handed the columns on and is asked again takes a copy. */
  #own(): Columns {
    if ('newer' in this.#held) this.#held = ListenerTable.#before(this.#held);
    return this.#held;
  }

  static #before(step: Later): Columns {
    const steps: Later[] = [];
    let held: Columns | Later = step;
    for (; 'newer' in held; held = held.newer.#held) steps.push(held);
    const columns = copyOf(held);
    // The last step first: what was replaced first is what stood here.
    for (const { position, was } of steps.reverse()) put(columns, position, was);
    return columns;
  }
}
