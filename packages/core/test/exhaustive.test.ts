/** All sequences of a small alphabet up to a bound, for two listeners, with every invariant looked at after each step. */
import assert from 'node:assert/strict';
import test from 'ava';
import * as O from 'fp-ts/lib/Option.js';
import { type Listener, isLaunched, isWaitedFor, statusOf, windowOf } from '../dist/listener.js';
import { type ModeName, type MonitorEvent, type MonitorState, failedCount, initialState, isQuietStep, isSettled, listeners, mayBringVerdict, nextDeadline } from '../dist/monitor.js';
import { configWith, heartbeat, steps } from './arbitraries.js';

/** Longer takes minutes: each one more multiplies by the size of the alphabet. */
const LENGTH = 6;

const FIRST = configWith(2, 'BYPASS_HOLD_TIME=150\nLISTEN_HEARTBEAT_RECOVER[1]=2\n');
const SECOND = configWith(2, 'BYPASS_HOLD_TIME=150\nLISTEN_HEARTBEAT_FAILED=2\nLISTEN_HEARTBEAT_ATTEMPTS[1]=2\n');

/** What may happen next; time stands still but for a pause. Each sequence of these closes an instant after each one. */
const ALPHABET: readonly (readonly [name: string, pause: number, event: (at: number, second: number) => readonly MonitorEvent[]])[] = [
  ['heartbeat of 0', 0, (at) => [heartbeat(0, at)]],
  ['heartbeat of 1', 0, (at, second) => [heartbeat(second, at)]],
  ['a window passes', 100, () => []],
  ['half a window passes', 50, () => []],
  ['late by much', 250, () => []],
  ['1 is launched', 0, (at, second) => [{ type: 'launched', at, listener: second, awaited: false }]],
  ['1 is unavailable', 0, (at, second) => [{ type: 'unavailable', at, listener: second, reason: 'busy' }]],
  ['reload of the first', 0, (at) => [{ type: 'reloaded', at, config: FIRST }]],
  ['reload of the second', 0, (at) => [{ type: 'reloaded', at, config: SECOND }]],
];

const count = (all: readonly Listener[], test: (listener: Listener) => boolean): number => all.filter(test).length;

/** What is true of every state after a decision. */
function check(state: MonitorState, at: number): void {
  const all = listeners(state);
  const windows = all.flatMap((listener) => windowOf(listener) ?? []);
  const counts = state.roster.counts;
  assert.equal(state.roster.earliestDeadline(), windows.reduce((least, { ends }) => Math.min(least, ends), Infinity));
  assert.equal(counts.active, count(all, (it) => statusOf(it) === 'active'));
  assert.equal(counts.failed, count(all, (it) => statusOf(it) === 'failed'));
  assert.equal(counts.unavailable, count(all, (it) => statusOf(it) === 'unavailable'));
  assert.equal(counts.waitedFor, count(all, isWaitedFor));
  for (const listener of all) {
    const { phase, config } = listener;
    const window = windowOf(listener);
    assert.equal(window !== null, isLaunched(listener), 'a window runs exactly where a socket listens');
    if (window !== null) assert.ok(window.ends > at && window.ends <= at + config.timeout);
    if (phase.status === 'active' || phase.status === 'unknown') assert.ok((window?.missed ?? 0) < config.attempts);
    if (phase.status === 'failed') assert.ok(phase.row < config.recover);
    assert.ok(listener.missedWindows >= (window?.missed ?? 0));
  }
  const deadline = O.toNullable(nextDeadline(state));
  if (windows.length > 0) assert.ok(deadline !== null && deadline > at, 'nothing that is due is left');
  if (deadline !== null && !mayBringVerdict(state, deadline)) {
    const after = steps(state, { type: 'expired', at: deadline, late: 0 }, { type: 'decided', at: deadline });
    assert.ok(isQuietStep(state, after), 'what is not foreseen as a verdict is none');
  }
}

/** The mode that the contract asks for. */
function modeAfter(before: MonitorState, state: MonitorState, at: number): ModeName {
  if (state.config === null || !isSettled(state)) return before.mode.name;
  if (failedCount(state) >= state.config.threshold) return 'bypass';
  return before.mode.name === 'bypass' && at < before.mode.since + state.config.holdTime ? 'bypass' : 'normal';
}

test(`all sequences of ${String(LENGTH)} events`, (t) => {
  let looked = 0;
  const modes = new Set<string>();
  const walk = (state: MonitorState, at: number, depth: number): void => {
    if (depth === LENGTH) return;
    for (const [, pause, eventsOf] of ALPHABET) {
      const now = at + pause;
      // Time passes deadline by deadline, but for the process that was late by much: it wakes 250 ms later and finds out.
      const late = pause > 100 ? 150 : 0;
      const second = listeners(state)[1]?.id ?? -1;
      const facts = steps(state, ...eventsOf(now, second), { type: 'expired', at: now, late });
      const next = steps(facts, { type: 'decided', at: now });
      check(next, now);
      assert.equal(next.mode.name, modeAfter(state, facts, now));
      assert.equal(next.mode.since, next.mode.name === state.mode.name ? state.mode.since : now);
      modes.add(`${state.mode.name} ${next.mode.name}`);
      looked++;
      walk(next, now, depth + 1);
    }
  };
  const start = initialState(FIRST, 0);
  const launched = steps(start, { type: 'launched', at: 0, listener: 0, awaited: true }, { type: 'launched', at: 0, listener: 1, awaited: true });
  check(start, 0);
  walk(launched, 0, 0);
  t.log(`${String(looked)} states`);
  t.deepEqual([...modes].toSorted(), ['bypass bypass', 'bypass normal', 'normal bypass', 'normal normal', 'unknown bypass', 'unknown normal', 'unknown unknown']);
});
