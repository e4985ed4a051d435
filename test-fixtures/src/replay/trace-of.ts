/**
 * From what a daemon wrote down to a trace for `fbypass_ctl simulate`.
 *
 * The daemon's clock runs in fractions of ms, its timer may be late, and what is read before a window is judged counts
 * as in time. A trace has whole ms, and its windows end to the instant. So the trace's clock follows the daemon's, but
 * keeps the order in which the daemon took things: what it heard before it judged a window lies at the end of that window
 * at the latest, what it heard afterwards lies behind it. The core itself, run along, says when windows end.
 *
 * A trace cannot say everything. Where it cannot, it ends, with the reason.
 */
import { type ConfigReading, type Listener, type ListenerId, type MonitorState, dueAt, endpointOf, initialState, isFaultless, isLaunched, listeners, nextDeadline, readConfig, transition, windowOf } from '@fastbypass/core';
import * as O from 'fp-ts/lib/Option.js';
import type { DecisionLine, Life, Told } from './decision-lines.js';

/** A decision of the daemon, at a place where the trace is complete up to its instant. */
export interface Point {
  /** By the trace's clock. */
  readonly at: number;
  /** What was told since the point before; `daemonAt` by the daemon's clock, moved to the beginning of the trace. */
  readonly told: readonly { readonly daemonAt: number; readonly record: Told }[];
}

export interface TraceOfLife {
  /** NDJSON; null where nothing can be compared. */
  readonly trace: string | null;
  readonly points: readonly Point[];
  readonly heartbeats: number;
  /** Why the trace ends before the life does; null: it does not. */
  readonly cut: string | null;
  /** What must not be, seen on the way. */
  readonly faults: readonly string[];
}

/** ms of the daemon's clock in which a window that has ended must be judged, whatever the machine does. */
const JUDGED_WITHIN = 3000;
/** ms by which a verdict may seem early: the trace's clock is moved by some ms where much happens in one. */
const EARLY = 10;

/** What a trace cannot say. */
class Cut extends Error {}

export function traceOf(life: Life): TraceOfLife {
  const writer = new TraceWriter(life);
  return writer.write();
}

class TraceWriter {
  private readonly reading: ConfigReading;
  private state: MonitorState;
  private readonly out: { readonly at: number; readonly text: string }[] = [];
  private points: Point[] = [];
  private told: { readonly daemonAt: number; readonly record: Told }[] = [];
  private readonly interfaces = new Set<string>();
  private readonly unlaunchable = new Set<number>();
  private readonly faults: string[] = [];
  /** The trace's clock. */
  private now = 0;
  /** Of the daemon's clock: where the trace begins. */
  private origin = 0;
  /** By the daemon's clock: since when a window has ended that nobody has judged. */
  private overdue: number | null = null;
  private heartbeats = 0;

  constructor(private readonly life: Life) {
    this.reading = this.read(life.config);
    this.state = initialState(this.reading.outcome === 'configured' ? this.reading.config : null, 0);
  }

  write(): TraceOfLife {
    const cut = this.follow();
    // What follows the last point was perhaps never decided: a process may be killed at any time.
    const end = this.points.at(-1)?.at;
    const world = JSON.stringify({ world: { interfaces: [...this.interfaces].map((name) => ({ name })) } });
    const lines = this.out.filter(({ at }) => end !== undefined && at <= end).map(({ text }) => text);
    const trace = end === undefined ? null : `${[world, ...lines, JSON.stringify({ at: end, end: true })].join('\n')}\n`;
    return { trace, points: this.points, heartbeats: this.heartbeats, cut, faults: this.faults };
  }

  private follow(): string | null {
    const { lines } = this.life;
    try {
      if (this.reading.outcome !== 'configured') throw new Cut('started without a configuration');
      this.origin = beginningOf(lines);
      this.launch(0);
      for (const [place, line] of lines.entries()) this.take(line, place);
      return null;
    } catch (error) {
      if (error instanceof Cut) return error.message;
      throw error;
    }
  }

  // -------------------------------------------------------------------------------------

  private take(line: DecisionLine, place: number): void {
    const at = line.at - this.origin;
    switch (line.kind) {
      case 'heartbeat': {
        this.advance(at);
        const { listener, source } = line;
        this.heartbeats++;
        this.put({ heartbeat: listener, ...(source === null ? {} : { source }) });
        const id = this.idOf(listener);
        if (id !== undefined) this.state = transition(this.state, { type: 'heartbeat', at: this.now, listener: id, source });
        return;
      }
      case 'reload':
        this.advance(at);
        this.reload(line.text, place);
        return;
      case 'launched':
        if (!line.awaited) throw new Cut('a launch was tried again, and succeeded');
        return;
      case 'judged':
        this.judge(at, line.listeners, line.late);
        return;
      case 'told':
        // Before the first launch, where the trace begins, there is only who could not be launched.
        this.told.push({ daemonAt: Math.max(0, at), record: line.record });
        return;
      case 'decided':
        this.state = transition(this.state, { type: 'decided', at: this.now });
        // An earlier decision at the same instant of the trace was not the last word on it.
        this.mergePoint();
        this.points.push({ at: this.now, told: this.told });
        this.told = [];
        return;
      case 'gap':
        throw new Cut('lines of the log are lost');
      case 'unavailable':
        return;
    }
  }

  /** What follows is at `at` by the daemon's clock, in the order of the trace. */
  private advance(at: number): void {
    const deadline = this.deadline();
    const isDecided = this.points.at(-1)?.at === this.now;
    const next = Math.min(Math.max(at, isDecided ? this.now + 1 : this.now), deadline);
    if (deadline >= at) this.overdue = null;
    else {
      this.overdue ??= at;
      if (at - this.overdue > JUDGED_WITHIN) throw this.faulty(`at ${at + this.origin}: a window has ended some ${at - deadline} ms ago, and nobody has judged it`);
    }
    this.now = next;
    // Something else happens at the instant of the last decision: it is no place to compare at.
    this.mergePoint();
  }

  private mergePoint(): void {
    const last = this.points.at(-1);
    if (last?.at !== this.now) return;
    this.points = this.points.slice(0, -1);
    this.told = [...last.told, ...this.told];
  }

  private deadline(): number {
    return O.getOrElse(() => Infinity)(nextDeadline(this.state));
  }

  private put(line: object): void {
    this.out.push({ at: this.now, text: JSON.stringify({ at: this.now, ...line }) });
  }

  private idOf(index: number): ListenerId | undefined {
    return listeners(this.state).find(({ config }) => config.index === index)?.id;
  }

  private read(text: string): ConfigReading {
    const reading = readConfig(text, 'decision log');
    for (const name of reading.interfaces) this.interfaces.add(name);
    return reading;
  }

  private faulty(what: string): Cut {
    this.faults.push(what);
    return new Cut('a fault');
  }

  // -------------------------------------------------------------------------------------

  private reload(text: string, place: number): void {
    const reading = this.read(text);
    const isTaken = reading.outcome === 'configured' && isFaultless(reading);
    const before = this.out.length;
    this.put({ reload: text });
    if (!isTaken) return;
    const open = new Set(listeners(this.state).filter(isLaunched).map(({ config }) => endpointOf(config)));
    this.state = transition(this.state, { type: 'reloaded', at: this.now, config: reading.config });
    this.launch(place + 1, before, open);
  }

  /**
   * The launches that begin at `place`: in a trace they happen at once, and what cannot be is said beforehand.
   *
   * @param open the sockets that there were before, by their endpoint
   */
  private launch(place: number, before = 0, open: ReadonlySet<string> = new Set()): void {
    const waiting = new Map(listeners(this.state).filter((it) => !isLaunched(it)).map((listener) => [listener.config.index, listener]));
    const impossible: number[] = [];
    for (const line of this.life.lines.slice(place)) {
      if (waiting.size === 0 || line.kind === 'reload') break;
      if (line.kind !== 'launched' && line.kind !== 'unavailable') continue;
      const it = waiting.get(line.listener);
      if (it === undefined) continue;
      waiting.delete(line.listener);
      if (line.kind === 'launched') {
        if (!line.awaited) throw new Cut('a launch was tried again, and succeeded');
        if (this.unlaunchable.has(line.listener)) throw new Cut('what could not be launched is launched by a reload');
        this.state = transition(this.state, { type: 'launched', at: this.now, listener: it.id, awaited: true });
      } else {
        if (open.has(endpointOf(it.config))) throw new Cut('an interface was away when a socket on it was to be handed over');
        if (it.phase.status === 'launching') impossible.push(line.listener);
        this.state = transition(this.state, { type: 'unavailable', at: this.now, listener: it.id, reason: '' });
      }
    }
    if (waiting.size > 0) throw new Cut('the process ended while it launched');
    for (const index of impossible) this.unlaunchable.add(index);
    this.out.splice(before, 0, ...impossible.map((index) => ({ at: this.now, text: JSON.stringify({ at: this.now, unlaunchable: index }) })));
  }

  private judge(at: number, indices: readonly number[], late: number): void {
    if (indices.length === 0) {
      this.endHold(at);
      return;
    }
    const judged = listeners(this.state).filter(({ config }) => indices.includes(config.index));
    if (judged.some(({ config }) => late > config.timeout)) throw new Cut('the daemon was late by more than a window');
    const ends = judged.map(endOf);
    const instant = Math.max(...ends);
    if (instant - at > EARLY) throw this.faulty(`at ${at + this.origin}: windows of listeners ${indices.join(', ')} were judged ${instant - at} ms before they end`);
    const due = dueAt(this.state, instant).map(({ config }) => config.index);
    const isSame = due.length === indices.length && due.every((index) => indices.includes(index));
    const isOnce = judged.every(({ config }, which) => instant - (ends[which] ?? NaN) < config.timeout);
    if (!isSame || !isOnce) throw new Cut('windows ended too close to each other for whole ms');
    this.now = instant;
    this.mergePoint();
    this.overdue = null;
    this.state = transition(this.state, { type: 'expired', at: instant, late: 0 });
  }

  /** No window was judged: either all that was due had been heard by then, or a hold time is over. */
  private endHold(at: number): void {
    const deadline = this.deadline();
    const isHold = deadline < Math.min(...listeners(this.state).map(endOf));
    if (!isHold || deadline > at + EARLY) return;
    this.now = deadline;
    this.mergePoint();
  }
}

/** When the start had launched somebody; where it could not, when that was known: what is tried again later is no part of it. */
function beginningOf(lines: readonly DecisionLine[]): number {
  const launches = lines.filter((line) => line.kind === 'unavailable' || (line.kind === 'launched' && line.awaited));
  const reload = lines.find(({ kind }) => kind === 'reload')?.at ?? Infinity;
  return (launches.find(({ kind, at }) => kind === 'launched' && at < reload) ?? launches[0])?.at ?? 0;
}

/** Where its window ends; Infinity without one. */
const endOf = (listener: Listener): number => windowOf(listener)?.ends ?? Infinity;
