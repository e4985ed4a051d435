/** What the last decision was made of, and what it would take to make another one. */
import { match } from 'ts-pattern';
import type { Distance, Explanation, Turn, Verdict } from './explanation.js';
import { type Listener, failsAt, isWaitedFor, statusOf } from './listener.js';
import { type ModeName, type MonitorState, failedCount, isSettled, listeners } from './monitor.js';

/**
 * To be asked of a state that is decided, not in the middle of an instant. Spans are ms from `at`, rounded up; they hold for
 * a caller that is not late itself.
 */
export function explain(state: MonitorState, at: number): Explanation {
  const all = listeners(state);
  const distances = all.map((listener) => distanceOf(listener, at));
  const waitsFor = all.filter(isWaitedFor).map(({ config }) => config.index);
  const holdLeft = holdLeftOf(state, at);
  const verdict = verdictOf(state);
  return { verdict, waitsFor, holdLeftMs: holdLeft > 0 ? holdLeft : null, listeners: distances, next: nextOf(state, verdict, distances, waitsFor, holdLeft) };
}

const span = (ms: number): number => Math.max(0, Math.ceil(ms));

function holdLeftOf({ mode, config }: MonitorState, at: number): number {
  return mode.name === 'bypass' && config !== null ? span(mode.since + config.holdTime - at) : 0;
}

function verdictOf(state: MonitorState): Verdict {
  if (state.config === null) return 'not-configured';
  if (!isSettled(state)) return 'unsettled';
  if (failedCount(state) >= state.config.threshold) return 'threshold-reached';
  return state.mode.name === 'bypass' ? 'held' : 'below-threshold';
}

function distanceOf(listener: Listener, at: number): Distance {
  const { phase, config } = listener;
  const base = { index: config.index, status: statusOf(listener) };
  if (!('window' in phase)) return { ...base, failsInMs: null, windowsLeft: null, heartbeatsNeeded: null };
  if (phase.status === 'failed') return { ...base, failsInMs: null, windowsLeft: null, heartbeatsNeeded: config.recover - phase.row };
  const windowsLeft = config.attempts - phase.window.missed;
  const failsInMs = span(failsAt(listener) - at);
  return { ...base, failsInMs, windowsLeft, heartbeatsNeeded: phase.status === 'active' ? null : 1 };
}

// -------------------------------------------------------------------------------------
// what would come next
// -------------------------------------------------------------------------------------

type Failing = Distance & { readonly failsInMs: number };
type Recovering = Distance & { readonly heartbeatsNeeded: number };

const canFail = <D extends Distance>(it: D): it is D & Failing => it.failsInMs !== null;
const canRecover = <D extends Distance>(it: D): it is D & Recovering => it.heartbeatsNeeded !== null;

const heardOf = (some: readonly Recovering[]): Turn['heard'] => some.map(({ index, heartbeatsNeeded }) => ({ index, heartbeats: heartbeatsNeeded }));
const silenceOf = (some: readonly Failing[]): number => Math.max(0, ...some.map(({ failsInMs }) => failsInMs));

function nextOf(state: MonitorState, verdict: Verdict, distances: readonly Distance[], waitsFor: readonly number[], holdLeft: number): readonly Turn[] {
  const failed = failedCount(state);
  const threshold = state.config?.threshold ?? 0;
  return match(verdict)
    .with('not-configured', () => [])
    .with('unsettled', () => settling(distances, waitsFor, (more) => (failed + more >= threshold ? 'bypass' : 'normal'), holdLeft))
    .with('threshold-reached', () => recovery(distances, failed - threshold + 1, holdLeft))
    .with('held', () => [{ to: 'normal' as const, silent: [], heard: [], inMs: holdLeft }])
    .with('below-threshold', () => failure(distances, threshold - failed))
    .exhaustive();
}

/** The `wanted` listeners whose silence would be noticed first. */
function failure(distances: readonly Distance[], wanted: number): readonly Turn[] {
  const first = distances.filter(canFail).sort((a, b) => a.failsInMs - b.failsInMs).slice(0, wanted);
  if (first.length < wanted) return [];
  return [{ to: 'bypass', silent: first.map(({ index }) => index).sort((a, b) => a - b), heard: [], inMs: silenceOf(first) }];
}

/** The `wanted` failed listeners that lack the fewest heartbeats. */
function recovery(distances: readonly Distance[], wanted: number, holdLeft: number): readonly Turn[] {
  const failed = distances.filter(canRecover).filter(({ status }) => status === 'failed');
  const nearest = failed.sort((a, b) => a.heartbeatsNeeded - b.heartbeatsNeeded).slice(0, wanted).sort((a, b) => a.index - b.index);
  return [{ to: 'normal', silent: [], heard: heardOf(nearest), inMs: holdLeft }];
}

/**
 * The two ends of what may come: all that are waited for are heard, or all stay silent. Where nobody is waited for, the
 * first to report settles.
 *
 * @param modeWith the mode that follows where so many more have failed
 */
function settling(distances: readonly Distance[], waitsFor: readonly number[], modeWith: (more: number) => Exclude<ModeName, 'unknown'>, holdLeft: number): readonly Turn[] {
  const candidates = distances.filter(canFail).filter(canRecover);
  const awaited = new Set(waitsFor);
  const waited = candidates.filter(({ index }) => awaited.has(index));
  // One that is being launched has no window yet.
  if (waited.length < waitsFor.length) return [];
  const first = [...candidates].sort((a, b) => a.failsInMs - b.failsInMs).slice(0, 1);
  const reporters = waitsFor.length > 0 ? waited : first;
  if (reporters.length === 0) return [];
  const earliest = (to: ModeName, silence: number): number => (to === 'normal' ? Math.max(silence, holdLeft) : silence);
  const [heard, silent] = [modeWith(0), modeWith(reporters.length)];
  return [
    { to: heard, silent: [], heard: heardOf(reporters), inMs: earliest(heard, 0) },
    { to: silent, silent: reporters.map(({ index }) => index), heard: [], inMs: earliest(silent, silenceOf(reporters)) },
  ];
}
