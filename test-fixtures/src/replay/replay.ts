/** Held against each other: what a daemon told, and what `fbypass_ctl simulate` tells of the same events. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CTL_BIN } from '../daemon/daemon-process.js';
import { type Life, type Told, livesIn } from './decision-lines.js';
import { type Point, type TraceOfLife, traceOf } from './trace-of.js';

export interface Replayed {
  readonly lives: number;
  readonly heartbeats: number;
  /** Statuses, modes and outcomes of reloads that the daemon told and the simulation had to tell as well. */
  readonly told: number;
  /** Decisions of which both told the same, word for word; those of which nothing was told are not counted. */
  readonly same: number;
  /** Decisions that the simulation took in several steps, the daemon being late, with the same outcome. */
  readonly folded: number;
  /** ms; the latest that the daemon told something after its instant in the trace. */
  readonly latest: number;
  /** Lives whose trace ends before they do, by the reason. */
  readonly cuts: ReadonlyMap<string, number>;
  readonly faults: readonly string[];
}

export const NOTHING_REPLAYED: Replayed = { lives: 0, heartbeats: 0, told: 0, same: 0, folded: 0, latest: 0, cuts: new Map(), faults: [] };

/** @param log of one or more daemons at LOG_LEVEL=DEBUG, one after the other */
export async function replay(log: string): Promise<Replayed> {
  let sum = NOTHING_REPLAYED;
  for (const life of livesIn(log)) sum = sumOf(sum, await replayLife(life));
  return sum;
}

export function sumOf(a: Replayed, b: Replayed): Replayed {
  const cuts = new Map(a.cuts);
  for (const [why, count] of b.cuts) cuts.set(why, (cuts.get(why) ?? 0) + count);
  return {
    lives: a.lives + b.lives,
    heartbeats: a.heartbeats + b.heartbeats,
    told: a.told + b.told,
    same: a.same + b.same,
    folded: a.folded + b.folded,
    latest: Math.max(a.latest, b.latest),
    cuts,
    faults: [...a.faults, ...b.faults],
  };
}

/** In one line. */
export function summaryOf({ lives, heartbeats, told, same, folded, latest, cuts }: Replayed): string {
  const ends = [...cuts].map(([why, count]) => `${count} where ${why}`).join(', ');
  const compared = `${heartbeats} heartbeats, ${told} statuses, modes and reloads told; ${same} decisions alike, ${folded} in one where the trace has several`;
  return `${lives} lives replayed: ${compared}; told at the latest ${latest} ms after its instant${ends === '' ? '' : `; traces cut short: ${ends}`}`;
}

async function replayLife(life: Life): Promise<Replayed> {
  const traced = traceOf(life);
  const { trace, points, heartbeats, cut, faults } = traced;
  const cuts = new Map(cut === null ? [] : [[cut, 1]]);
  const before = { ...NOTHING_REPLAYED, lives: 1, heartbeats, cuts, faults };
  return trace === null ? before : sumOf(before, compare(points, await simulated(life.config, trace), traced));
}

type TimedTold = Told & { readonly at: number };

async function simulated(config: string, trace: string): Promise<readonly TimedTold[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fastbypass-'));
  try {
    writeFileSync(join(folder, '.env'), config);
    writeFileSync(join(folder, 'trace.ndjson'), trace);
    const words = [CTL_BIN, 'simulate', '--config', join(folder, '.env'), '--trace', join(folder, 'trace.ndjson')];
    const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 256 * 1024 * 1024 });
    const records = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as TimedTold & { readonly plan?: unknown; readonly final?: unknown });
    // What becomes of the network is not in a trace that has only what was heard.
    return records.filter(({ plan, final }) => plan === undefined && final === undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const textOf = ({ listener, status, mode, failed, reload }: Told): string =>
  reload !== undefined ? `reload ${reload}` : mode !== undefined ? `mode ${mode} ${String(failed)}` : `listener ${String(listener)} ${String(status)}`;

/** What stands after all that was told; reloads count. */
class Standing {
  private readonly statuses = new Map<number, string>();
  private mode = 'unknown';
  private readonly reloads: string[] = [];

  take({ listener, status, mode, reload }: Told): void {
    if (listener !== undefined) this.statuses.set(listener, status ?? '');
    if (mode !== undefined) this.mode = mode;
    if (reload !== undefined) this.reloads.push(reload);
  }

  get text(): string {
    const statuses = [...this.statuses].sort(([a], [b]) => a - b).map(([index, status]) => `${index} ${status}`);
    return `mode ${this.mode}; listeners ${statuses.join(', ')}; ${this.reloads.length} reloads ${this.reloads.slice(-3).join(', ')}`;
  }
}

/** ms by which the trace's clock may be ahead of the daemon's. */
const AHEAD = 10;

function compare(points: readonly Point[], records: readonly TimedTold[], { trace }: TraceOfLife): Replayed {
  const daemon = new Standing();
  const simulation = new Standing();
  let [told, same, folded, latest, next] = [0, 0, 0, 0, 0];
  for (const point of points) {
    const first = next;
    while ((records[next]?.at ?? Infinity) <= point.at) next++;
    const by = { daemon: point.told.map(({ record }) => textOf(record)), simulation: records.slice(first, next).map(textOf) };
    for (const { record } of point.told) daemon.take(record);
    for (const record of records.slice(first, next)) simulation.take(record);
    told += point.told.length;
    const isSame = by.daemon.join('|') === by.simulation.join('|');
    if (isSame && by.daemon.length > 0) same++;
    if (!isSame) folded++;
    const lates = isSame ? point.told.map(({ daemonAt }, place) => daemonAt - (records[first + place]?.at ?? NaN)) : [];
    latest = Math.max(latest, ...lates);
    const early = lates.some((late) => late < -AHEAD);
    if (!early && daemon.text === simulation.text) continue;
    const fault = [
      `the replay differs at ${point.at} ms of the trace${early ? ': the daemon was too early' : ''}:`,
      `  the daemon told     ${by.daemon.join(' | ')}  (so: ${daemon.text})`,
      `  the simulation told ${by.simulation.join(' | ')}  (so: ${simulation.text})`,
      `  the trace up to there:`,
      ...(trace ?? '').split('\n').filter((line) => Number(/^\{"at":(\d+)/.exec(line)?.[1] ?? NaN) <= point.at).slice(-25).map((line) => `    ${line.slice(0, 200)}`),
    ];
    return { ...NOTHING_REPLAYED, told, same, folded, latest, faults: [fault.join('\n')] };
  }
  return { ...NOTHING_REPLAYED, told, same, folded, latest };
}
