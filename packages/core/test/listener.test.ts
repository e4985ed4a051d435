import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { type ListenerConfig, detectionTime } from '../dist/config/config.js';
import { type Listener, expireWindows, failLaunch, hear, isLaunched, isWaitedFor, launch, newListener, statusOf, windowOf } from '../dist/listener.js';
import { configWith, ip } from './arbitraries.js';

const configured = (timeout: number, attempts: number, recover: number): ListenerConfig => {
  const [config] = configWith(1, `LISTEN_HEARTBEAT_TIMEOUT[0]=${timeout}\nLISTEN_HEARTBEAT_ATTEMPTS[0]=${attempts}\nLISTEN_HEARTBEAT_RECOVER[0]=${recover}\nLISTEN_HB_SOURCE[0]=10.9.0.0/24\n`).listeners;
  assert(config !== undefined);
  return config;
};

const launched = (timeout: number, attempts: number, recover: number): Listener => launch(newListener(0, configured(timeout, attempts, recover)), 0, true);

const due = ({ phase }: Listener): number => ('window' in phase ? phase.window.ends : Infinity);

// -------------------------------------------------------------------------------------
// against a model
// -------------------------------------------------------------------------------------

/** Ms by ms; heartbeats of an instant come before its deadlines. */
function model(beats: readonly number[], { timeout, attempts, recover }: ListenerConfig, until: number): string {
  let [status, last, row] = ['unknown', 0, 0];
  for (let at = 0; at <= until; at++) {
    for (let n = beats.filter((beat) => beat === at).length; n > 0; n--) {
      [last, row] = [at, row + 1];
      if (status !== 'failed' || row >= recover) [status, row] = ['active', 0];
    }
    if (at > last && (at - last) % timeout === 0) row = 0;
    if (at - last >= attempts * timeout) status = 'failed';
  }
  return status;
}

test('failed exactly when silence has lasted ATTEMPTS x TIMEOUT, active again after RECOVER in a row', (t) => {
  const pause = fc.constantFrom(0, 1, 9, 10, 11, 20, 29, 30, 31, 60);
  const beats = fc.array(pause, { maxLength: 12 }).map((pauses) => pauses.reduce<number[]>((all, it) => [...all, (all.at(-1) ?? 0) + it], []));
  const seen = new Set<string>();
  fc.assert(
    fc.property(beats, fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2, 3), fc.nat(40), (all, attempts, recover, rest) => {
      const config = configured(10, attempts, recover);
      const until = (all.at(-1) ?? 0) + rest;
      let listener = launch(newListener(0, config), 0, true);
      // Only where something happens, as a daemon would.
      for (const at of [...all, until]) {
        while (due(listener) < at) listener = expireWindows(listener, due(listener), 0);
        if (all.includes(at) && listener.lastHeartbeat !== at) for (const beat of all) if (beat === at) listener = hear(listener, at, null);
        listener = expireWindows(listener, at, 0);
      }
      const expected = model(all, config, until);
      seen.add(expected);
      assert.equal(statusOf(listener), expected);
      const silence = until - (all.at(-1) ?? 0);
      assert.equal(windowOf(listener)?.missed, Math.floor(silence / config.timeout));
      if (recover === 1) assert.equal(statusOf(listener) === 'failed', silence >= detectionTime(config));
    }),
    { numRuns: 1500 },
  );
  t.deepEqual([...seen].toSorted(), ['active', 'failed', 'unknown']);
});

test('windows are counted by the clock: one look after many is as good as a look at each', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 50 }), fc.integer({ min: 1, max: 4 }), fc.nat(400), (timeout, attempts, at) => {
      let stepped = launched(timeout, attempts, 2);
      while (due(stepped) <= at) stepped = expireWindows(stepped, due(stepped), 0);
      assert.deepEqual(expireWindows(launched(timeout, attempts, 2), at, 0), stepped);
    }),
  );
  t.pass();
});

// -------------------------------------------------------------------------------------
// rows, counters, sources
// -------------------------------------------------------------------------------------

test('missed goes on counting while failed, and an accepted heartbeat makes it 0', (t) => {
  const failed = expireWindows(launched(10, 2, 2), 55, 0);
  t.like(failed, { phase: { status: 'failed', window: { ends: 60, missed: 5 }, row: 0 }, missedWindows: 5 });
  t.like(hear(failed, 57, null), { phase: { status: 'failed', window: { ends: 67, missed: 0 }, row: 1 }, missedWindows: 5, heartbeats: 1, lastHeartbeat: 57 });
});

test('a rejected sender has no effect but on the count, in every status', (t) => {
  const active = hear(launched(10, 1, 3), 1, null);
  const failed = expireWindows(active, 11, 0);
  for (const listener of [launched(10, 1, 3), active, failed, hear(failed, 12, null)]) {
    t.deepEqual(hear(listener, 13, ip('10.8.0.1')), { ...listener, rejected: 1 });
    t.is(hear(listener, 13, ip('::ffff:10.9.0.7')).heartbeats, listener.heartbeats + 1, 'an IPv4-mapped sender is compared as IPv4');
  }
});

test('without LISTEN_HB_SOURCE anybody is accepted', (t) => {
  const [config] = configWith(1).listeners;
  const listener = config && hear(launch(newListener(0, config), 0, true), 1, ip('fe80::1'));
  t.like(listener, { phase: { status: 'active' }, heartbeats: 1, rejected: 0 });
});

// -------------------------------------------------------------------------------------
// launching
// -------------------------------------------------------------------------------------

test('a listener that is not launched hears nothing and misses nothing', (t) => {
  const launching = newListener(7, configured(10, 1, 1));
  const unavailable = failLaunch(launching, 'no such interface: eth9');
  t.is(statusOf(launching), 'unknown');
  t.is(statusOf(unavailable), 'unavailable');
  for (const listener of [launching, unavailable]) {
    t.is(hear(listener, 5, null), listener);
    t.is(expireWindows(listener, 500, 0), listener);
    t.false(isLaunched(listener));
    t.is(windowOf(listener), null);
  }
  t.deepEqual([isWaitedFor(launching), isWaitedFor(unavailable)], [true, false]);
});

test('once launched it is never launched again nor unavailable; launched late it is not waited for', (t) => {
  const late = launch(failLaunch(newListener(7, configured(10, 1, 1)), 'address in use'), 40, false);
  t.like(late, { phase: { status: 'unknown', window: { ends: 50, missed: 0, graced: false } } });
  t.false(isWaitedFor(late));
  for (const listener of [late, hear(late, 41, null), expireWindows(late, 50, 0)]) {
    t.is(launch(listener, 60, true), listener);
    t.is(failLaunch(listener, 'the socket broke'), listener);
  }
});

// -------------------------------------------------------------------------------------
// stalls of the process
// -------------------------------------------------------------------------------------

test('late by more than a window: one full window from waking, and nothing is counted missed', (t) => {
  const woken = expireWindows(launched(10, 2, 1), 1000, 11);
  t.like(woken, { phase: { status: 'unknown', window: { ends: 1010, missed: 0, graced: true } }, missedWindows: 0 });
  t.is(statusOf(expireWindows(woken, 1019, 0)), 'unknown');
  t.is(statusOf(expireWindows(woken, 1020, 0)), 'failed', 'ATTEMPTS windows of which the one from waking is the first');
});

test('late by no more than a window: silence is silence', (t) => {
  t.like(expireWindows(launched(10, 2, 1), 20, 10), { phase: { status: 'failed', window: { ends: 30, missed: 2 } } });
});

test('late means late by the window of that listener', (t) => {
  t.is(statusOf(expireWindows(launched(10, 1, 1), 40, 30)), 'unknown');
  t.is(statusOf(expireWindows(launched(30, 1, 1), 40, 30)), 'failed');
});

test('once in each silence: a second stall is not forgiven, one after the next heartbeat is', (t) => {
  const woken = expireWindows(hear(launched(10, 1, 1), 5, null), 100, 85);
  t.is(statusOf(woken), 'active');
  t.is(statusOf(expireWindows(woken, 200, 90)), 'failed');
  const heard = hear(woken, 105, null);
  t.is(statusOf(expireWindows(heard, 200, 85)), 'active');
});

test('a failed listener stays failed through a stall, and its row of heartbeats is not broken by it', (t) => {
  const failed = hear(expireWindows(launched(10, 1, 3), 10, 0), 15, null);
  const woken = expireWindows(failed, 100, 75);
  t.like(woken, { phase: { status: 'failed', row: 1, window: { ends: 110, missed: 0 } } });
  t.like(expireWindows(woken, 110, 0), { phase: { status: 'failed', row: 0 } });
});

test('a process stopped for 10 s and continued declares no live listener failed', (t) => {
  const alive = hear(launched(300, 1, 1), 250, null);
  const heardAtWaking = expireWindows(hear(alive, 10_250, null), 10_250, 9700);
  t.is(statusOf(heardAtWaking), 'active');
  const heardSoonAfter = hear(expireWindows(alive, 10_250, 9700), 10_540, null);
  t.is(statusOf(expireWindows(heardSoonAfter, 10_550, 0)), 'active');
});
