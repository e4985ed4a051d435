import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Config } from '../dist/config/config.js';
import { explain } from '../dist/explain.js';
import { Explanation, type Turn } from '../dist/explanation.js';
import { isLaunched, statusOf, windowOf } from '../dist/listener.js';
import { type MonitorEvent, type MonitorState, initialState, isSettled, listeners, transition } from '../dist/monitor.js';
import { advance, close, configWith, configs, heartbeat, launchedAt0, steps } from './arbitraries.js';

// -------------------------------------------------------------------------------------
// examples
// -------------------------------------------------------------------------------------

test('normal: an active listener is so many ms and windows from failing, and who fails first brings bypass', (t) => {
  const state = close(steps(launchedAt0(configWith(2, 'LISTEN_HEARTBEAT_ATTEMPTS=3\n')), heartbeat(0, 10), heartbeat(1, 40)), 40);
  t.deepEqual(explain(advance(state, 150), 150), {
    verdict: 'below-threshold',
    waitsFor: [],
    holdLeftMs: null,
    listeners: [
      { index: 0, status: 'active', failsInMs: 160, windowsLeft: 2, heartbeatsNeeded: null },
      { index: 1, status: 'active', failsInMs: 190, windowsLeft: 2, heartbeatsNeeded: null },
    ],
    next: [{ to: 'bypass', silent: [0], heard: [], inMs: 160 }],
  });
});

test('normal: a threshold of two needs two, and the later one counts; one that is out of reach has no way', (t) => {
  const two = close(steps(launchedAt0(configWith(3, 'LISTEN_HEARTBEAT_FAILED=2\n')), heartbeat(0, 30), heartbeat(1, 10), heartbeat(2, 20)), 30);
  t.deepEqual(explain(two, 30).next, [{ to: 'bypass', silent: [1, 2], heard: [], inMs: 90 }]);
  const never = close(steps(launchedAt0(configWith(1, 'LISTEN_HEARTBEAT_FAILED=2\n')), heartbeat(0, 10)), 10);
  t.deepEqual(explain(never, 10).next, []);
});

test('bypass: the failed listener that lacks the fewest heartbeats, not before the hold ends', (t) => {
  const config = configWith(2, 'LISTEN_HEARTBEAT_RECOVER=3\nBYPASS_HOLD_TIME=1000\nLISTEN_HEARTBEAT_FAILED=2\n');
  const both = advance(close(steps(launchedAt0(config), heartbeat(0, 10), heartbeat(1, 10)), 10), 110);
  const { verdict, holdLeftMs, listeners: all, next } = explain(close(steps(both, heartbeat(1, 120)), 120), 120);
  t.deepEqual([verdict, holdLeftMs], ['threshold-reached', 990]);
  t.deepEqual(all[1], { index: 1, status: 'failed', failsInMs: null, windowsLeft: null, heartbeatsNeeded: 2 });
  t.deepEqual(next, [{ to: 'normal', silent: [], heard: [{ index: 1, heartbeats: 2 }], inMs: 990 }]);
});

test('held: time alone', (t) => {
  const bypass = advance(close(steps(launchedAt0(configWith(1, 'BYPASS_HOLD_TIME=250\n')), heartbeat(0, 50)), 50), 150);
  const held = close(steps(bypass, heartbeat(0, 300)), 300);
  t.like(explain(held, 300.5), { verdict: 'held', holdLeftMs: 100, next: [{ to: 'normal', silent: [], heard: [], inMs: 100 }] });
});

test('unsettled: whom it waits for, and where hearing or silence leads', (t) => {
  const state = close(steps(launchedAt0(configWith(3)), heartbeat(1, 10)), 10);
  t.like(explain(state, 10), {
    verdict: 'unsettled',
    waitsFor: [0, 2],
    next: [
      { to: 'normal', silent: [], heard: [{ index: 0, heartbeats: 1 }, { index: 2, heartbeats: 1 }], inMs: 0 },
      { to: 'bypass', silent: [0, 2], heard: [], inMs: 90 },
    ],
  });
});

test('unsettled by a reload in bypass: normal waits for the end of the hold', (t) => {
  const text = 'BYPASS_HOLD_TIME=1000\n';
  const bypass = advance(close(steps(launchedAt0(configWith(1, text)), heartbeat(0, 10)), 10), 110);
  const reloaded = steps(close(steps(bypass, heartbeat(0, 120)), 120), { type: 'reloaded', at: 130, config: configWith(2, text) }, { type: 'launched', at: 130, listener: 1, awaited: true });
  t.like(explain(close(reloaded, 130), 130), {
    verdict: 'unsettled',
    holdLeftMs: 980,
    next: [
      { to: 'normal', silent: [], heard: [{ index: 1, heartbeats: 1 }], inMs: 980 },
      { to: 'bypass', silent: [1], heard: [], inMs: 100 },
    ],
  });
});

test('nobody is launched, nothing is configured: no report can change anything', (t) => {
  t.like(explain(initialState(null, 0), 5), { verdict: 'not-configured', next: [], listeners: [] });
  const launching = initialState(configWith(1), 0);
  t.like(explain(launching, 5), { verdict: 'unsettled', waitsFor: [0], next: [] });
  const unavailable = steps(launching, { type: 'unavailable', at: 1, listener: 0, reason: 'busy' }, { type: 'decided', at: 1 });
  t.like(explain(unavailable, 5), { verdict: 'unsettled', waitsFor: [], next: [], listeners: [{ index: 0, status: 'unavailable', failsInMs: null, windowsLeft: null, heartbeatsNeeded: null }] });
  const late = steps(unavailable, { type: 'launched', at: 6, listener: 0, awaited: false }, { type: 'decided', at: 6 });
  t.is(explain(late, 6).next.length, 2, 'one that was launched late settles by its report');
});

// -------------------------------------------------------------------------------------
// what it foretells comes true, at that instant and not before
// -------------------------------------------------------------------------------------

/** Lets the turn come true, everybody else as they are; what was at its instant, and whether something was before. */
function play(before: MonitorState, at: number, { to, silent, heard, inMs }: Turn): { readonly state: MonitorState; readonly early: boolean } {
  const mute = new Set(silent);
  const called = new Map(heard.map(({ index, heartbeats }) => [index, heartbeats]));
  const keepAlive = (state: MonitorState, now: number): readonly MonitorEvent[] =>
    listeners(state).flatMap((it) => {
      const spared = mute.has(it.config.index) || !isLaunched(it) || statusOf(it) === 'failed';
      return spared ? [] : [heartbeat(it.id, now)];
    });
  const calls = listeners(before).flatMap(({ id, config }) => Array.from({ length: called.get(config.index) ?? 0 }, () => heartbeat(id, at)));
  const isThere = (state: MonitorState): boolean => isSettled(state) && state.mode.name === to;
  let state = steps(before, ...calls, { type: 'decided', at });
  let early = inMs > 0 && isThere(state);
  for (let now = at + 1; now <= at + inMs; now++) {
    state = close(steps(state, ...keepAlive(state, now)), now);
    early ||= now < at + inMs && isThere(state);
  }
  return { state, early };
}

/** Without sources: what is heard must count. */
const openConfigs = configs.filter(({ listeners: all }) => all.every(({ sources }) => sources.length === 0));

type Happening = { readonly type: 'everybody' } | { readonly type: 'nobody' } | { readonly type: 'one'; readonly id: number } | { readonly type: 'reload'; readonly config: Config };

const happenings = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant<Happening>({ type: 'everybody' }) },
      { weight: 6, arbitrary: fc.nat(5).map((id): Happening => ({ type: 'one', id })) },
      { weight: 3, arbitrary: fc.constant<Happening>({ type: 'nobody' }) },
      { weight: 1, arbitrary: openConfigs.map((config): Happening => ({ type: 'reload', config })) },
    ),
    fc.constantFrom(0, 1, 4, 9, 12),
  ),
  { maxLength: 25, size: 'max' },
);

/** Listeners whose id is 3, 7, ... cannot be launched. */
const launches = (state: MonitorState, at: number): readonly MonitorEvent[] =>
  listeners(state).map(({ id }) => (id % 4 === 3 ? { type: 'unavailable', at, listener: id, reason: 'busy' } : { type: 'launched', at, listener: id, awaited: true }));

function happen(state: MonitorState, happening: Happening, at: number): MonitorState {
  if (happening.type === 'nobody') return state;
  if (happening.type === 'one') return transition(state, heartbeat(happening.id, at));
  if (happening.type === 'everybody') return steps(state, ...listeners(state).map(({ id }) => heartbeat(id, at)));
  const reloaded = transition(state, { type: 'reloaded', at, config: happening.config });
  return steps(reloaded, ...launches(reloaded, at));
}

test('every turn that is foretold comes true, and not before its time', (t) => {
  const turns = new Map<string, number>();
  const property = fc.property(openConfigs, happenings, (config, happening) => {
    const start = initialState(config, 0);
    let state = steps(start, ...launches(start, 0));
    let at = 0;
    for (const [what, pause] of happening) state = close(happen(advance(state, (at += pause)), what, at), at);
    const explanation = explain(state, at);
    assert(E.isRight(Explanation.decode(JSON.parse(JSON.stringify(explanation)))));
    for (const [place, { failsInMs }] of explanation.listeners.entries()) {
      const listener = listeners(state)[place];
      assert(listener !== undefined);
      assert.equal(failsInMs !== null, windowOf(listener) !== null && statusOf(listener) !== 'failed');
    }
    for (const turn of explanation.next) {
      if (explanation.verdict !== 'unsettled') assert.notEqual(turn.to, state.mode.name);
      const { state: then, early } = play(state, at, turn);
      assert(isSettled(then) && then.mode.name === turn.to, `${explanation.verdict}: ${JSON.stringify(turn)}`);
      assert(!early, `early, ${explanation.verdict}: ${JSON.stringify(turn)}`);
      turns.set(explanation.verdict, (turns.get(explanation.verdict) ?? 0) + 1);
    }
  });
  fc.assert(property, { numRuns: 2000 });
  t.log(Object.fromEntries(turns));
  t.deepEqual([...turns.keys()].toSorted(), ['below-threshold', 'held', 'threshold-reached', 'unsettled']);
});
