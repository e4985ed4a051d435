import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import * as O from 'fp-ts/lib/Option.js';
import { isLaunched, statusOf } from '../dist/listener.js';
import { type MonitorState, failedCount, inQuestionAt, initialState, isQuietStep, isSettled, listenerOf, listeners, nextDeadline, nextVerdict, transition } from '../dist/monitor.js';
import { advance, close, configWith, configs, events, frozen, heartbeat, inTime, launchedAt0, shown, steps } from './arbitraries.js';

const statuses = (state: MonitorState): string => listeners(state).map(statusOf).join(' ');

// -------------------------------------------------------------------------------------
// settled and mode
// -------------------------------------------------------------------------------------

test('settled when all that are waited for have reported, and one is active or failed', (t) => {
  const start = launchedAt0(configWith(2));
  t.false(isSettled(start));
  t.false(isSettled(steps(start, heartbeat(0, 1))));
  t.true(isSettled(steps(start, heartbeat(0, 1), heartbeat(1, 2))));
  t.true(isSettled(close(start, 100)), 'failing is a report too');
  const nobody = steps(initialState(configWith(1), 0), { type: 'unavailable', at: 0, listener: 0, reason: 'address in use' });
  t.false(isSettled(nobody), 'an unavailable listener is not waited for, yet nobody is active or failed');
  t.false(isSettled(close(steps(nobody, { type: 'launched', at: 5, listener: 0, awaited: false }), 6)));
});

test('a listener launched late is not waited for; launched by a reload it is', (t) => {
  const one = steps(initialState(configWith(2), 0), { type: 'launched', at: 0, listener: 0, awaited: true }, { type: 'unavailable', at: 0, listener: 1, reason: 'busy' }, heartbeat(0, 1));
  t.true(isSettled(one));
  const late = steps(one, { type: 'launched', at: 2, listener: 1, awaited: false });
  t.deepEqual([statuses(late), isSettled(late)], ['active unknown', true]);
  const byReload = steps(one, { type: 'reloaded', at: 2, config: configWith(2) }, { type: 'launched', at: 2, listener: 1, awaited: true });
  t.deepEqual([statuses(byReload), isSettled(byReload)], ['active unknown', false]);
});

test('unsettled, the mode stays what it was, even with the threshold reached', (t) => {
  const start = close(launchedAt0(configWith(2, 'LISTEN_HEARTBEAT_TIMEOUT[1]=300\n')), 100);
  t.deepEqual([failedCount(start), start.mode.name], [1, 'unknown']);
  t.like(close(start, 300).mode, { name: 'bypass', since: 300 });
});

test('bypass from the threshold on, normal below it; since is the change', (t) => {
  const both = close(steps(launchedAt0(configWith(2, 'LISTEN_HEARTBEAT_FAILED=2\n')), heartbeat(0, 10), heartbeat(1, 50)), 50);
  t.deepEqual(both.mode, { name: 'normal', since: 50 });
  t.is(close(both, 110).mode, both.mode);
  t.deepEqual(close(close(both, 110), 150).mode, { name: 'bypass', since: 150 });
});

test('in question are those whose window has ended, and where one of them may fail by it the failed ones', (t) => {
  const inQuestion = (text: string, at: number): readonly number[] => {
    const state = close(steps(launchedAt0(configWith(3, text)), heartbeat(0, 150), heartbeat(2, 190)), 200);
    return inQuestionAt(state, at).map(({ id }) => id);
  };
  const oneWindow = 'LISTEN_HEARTBEAT_ATTEMPTS=1\nLISTEN_HEARTBEAT_FAILED=3\n';
  t.deepEqual([249, 250, 290].map((at) => inQuestion(oneWindow, at)), [[], [0, 1], [0, 1, 2]]);
  t.deepEqual(inQuestion(`${oneWindow}LISTEN_HEARTBEAT_ATTEMPTS[0]=2\n`, 250), [0], 'a window that only counts');
});

test('normal may follow at the very end of the hold; nothing restarts it, and the value in force counts', (t) => {
  const held = (ms: number): string => `BYPASS_HOLD_TIME=${ms}\n`;
  const bypass = advance(close(steps(launchedAt0(configWith(1, held(250))), heartbeat(0, 50)), 50), 150);
  t.deepEqual(bypass.mode, { name: 'bypass', since: 150 });
  const back = close(steps(bypass, heartbeat(0, 350)), 350);
  t.is(back.mode.name, 'bypass');
  t.deepEqual(nextDeadline(back), O.some(400), 'the end of the hold is a deadline like others');
  t.is(close(back, 399).mode.name, 'bypass');
  t.deepEqual(close(back, 400).mode, { name: 'normal', since: 400 });
  t.deepEqual(close(steps(back, { type: 'reloaded', at: 360, config: configWith(1, held(100)) }), 360).mode, { name: 'normal', since: 360 });
  t.is(close(steps(back, { type: 'reloaded', at: 360, config: configWith(1, held(251)) }), 400).mode.name, 'bypass');
});

test('not configured: nothing is settled, decided or due, and a reload takes a configuration', (t) => {
  const waiting = close(initialState(null, 5), 10);
  t.deepEqual([waiting.mode, isSettled(waiting), nextDeadline(waiting)], [{ name: 'unknown', since: 5 }, false, O.none]);
  t.is(listeners(steps(waiting, { type: 'reloaded', at: 11, config: configWith(3) })).length, 3);
});

// -------------------------------------------------------------------------------------
// reload
// -------------------------------------------------------------------------------------

test('a reload keeps what is the same in window, row and counters, and makes new what is changed', (t) => {
  const before = close(steps(launchedAt0(configWith(3)), heartbeat(0, 10), heartbeat(1, 20), heartbeat(2, 30)), 60);
  const moved = configWith(4, 'LISTEN_HB_HOST[0]=10.0.0.1/24\nLISTEN_HB_PORT[3]=3010\nLISTEN_HEARTBEAT_ATTEMPTS[1]=2\nLISTEN_HB_HOST[2]=\nLISTEN_CUBRO_IFS[0]=e1\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS[0]=1\n');
  const after = steps(before, { type: 'reloaded', at: 70, config: moved });
  const [kept, changed, same, added] = listeners(after);
  const [was] = listeners(before);
  t.deepEqual(kept, was && kept && { ...was, config: kept.config });
  t.deepEqual(kept?.config.managed.map(String), ['e1']);
  for (const fresh of [changed, added]) t.like(fresh, { phase: { status: 'launching' }, heartbeats: 0, awaited: true });
  t.deepEqual(same, listeners(before)[2]);
  t.false(isSettled(after));
  t.is(after.mode, before.mode);
  t.is(steps(after, heartbeat(1, 80)), after, 'an event for a listener that is gone changes nothing');
});

test('a reload of what is in force changes nothing', (t) => {
  fc.assert(
    fc.property(configs, inTime, (config, happening) => {
      const state = happening.reduce(transition, initialState(config, 0));
      const again = state.config;
      if (again !== null) assert.deepEqual(shown(steps(state, { type: 'reloaded', at: 9999, config: again })), shown(state));
    }),
  );
  t.pass();
});

// -------------------------------------------------------------------------------------
// whatever happens
// -------------------------------------------------------------------------------------

test('every state meets every event, and old states stay as they were', (t) => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.option(configs, { freq: 10 }), inTime, events, (config, happening, last) => {
      let state = frozen(initialState(config, 0));
      for (const event of [...happening, { ...last, at: 5000 }]) {
        for (const { phase } of listeners(state)) seen.add(`${phase.status} ${event.type}`);
        const next = frozen(transition(state, event));
        if (isQuietStep(state, next) && event.type !== 'reloaded') assert.equal(statuses(next), statuses(state));
        state = next;
      }
    }),
    { numRuns: 1000 },
  );
  t.is(seen.size, 5 * 6, 'each phase has met each event');
});

test('to step at the deadlines is to step at every ms', (t) => {
  fc.assert(
    fc.property(configs, fc.array(fc.tuple(fc.nat(120), fc.nat(3)), { maxLength: 12 }), (config, beats) => {
      const start = launchedAt0(config);
      const at = (instant: number): readonly (readonly [number, number])[] => beats.filter(([when]) => when === instant);
      let everyMs = start;
      let byDeadlines = start;
      for (let instant = 0; instant <= 120; instant++) {
        everyMs = close(steps(everyMs, ...at(instant).map(([, id]) => heartbeat(id, instant))), instant);
        if (at(instant).length > 0 || O.exists((deadline: number) => deadline === instant)(nextDeadline(byDeadlines))) {
          byDeadlines = close(steps(byDeadlines, ...at(instant).map(([, id]) => heartbeat(id, instant))), instant);
        }
        assert.deepEqual(shown({ ...byDeadlines, decidedAt: instant }), shown(everyMs));
      }
    }),
  );
  t.pass();
});

test('until the next verdict silence changes nothing that is told, and its windows may be folded at once', (t) => {
  const verdicts = new Set<string>();
  fc.assert(
    fc.property(configs, inTime, (config, happening) => {
      const last = happening.at(-1)?.at ?? 0;
      const state = close(happening.reduce(transition, initialState(config, 0)), last);
      const verdict = nextVerdict(state);
      const until = Math.min(verdict - 1, last + 500);
      const bySteps = advance(state, until);
      assert.deepEqual({ ...shown(steps(state, { type: 'expired', at: until, late: 0 })), decidedAt: 0 }, { ...shown(bySteps), decidedAt: 0 });
      assert.ok(isQuietStep(state, bySteps));
      if (verdict === Infinity) return;
      const after = close(bySteps, verdict);
      const isHold = after.mode.name === state.mode.name && isQuietStep(state, after);
      // The end of a hold is looked at even where the mode stays.
      if (isHold) assert.equal(verdict, state.mode.since + (state.config?.holdTime ?? NaN));
      verdicts.add(isHold ? 'nothing' : after.mode.name === state.mode.name ? 'status' : 'mode');
    }),
    // One run in 130 comes upon the end of a hold that changes nothing.
    { numRuns: 5000 },
  );
  t.deepEqual([...verdicts].toSorted(), ['mode', 'nothing', 'status']);
});

test('listeners are found by their ids, and by nothing else', (t) => {
  fc.assert(
    fc.property(configs, inTime, (config, happening) => {
      const state = happening.reduce(transition, initialState(config, 0));
      for (const listener of listeners(state)) assert.deepEqual(listenerOf(state, listener.id), listener);
      assert.equal(listenerOf(state, state.nextId), undefined);
      assert.equal(new Set(listeners(state).map(({ id }) => id)).size, listeners(state).length);
      assert.ok(O.isSome(nextDeadline(state)) || !listeners(state).some(isLaunched));
    }),
  );
  t.pass();
});
