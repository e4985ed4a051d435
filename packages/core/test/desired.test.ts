import test from 'ava';
import type { Config } from '../dist/config/config.js';
import { type LinkState, bearersOf, desiredFor, desiredState, launchedListeners, lowerDevicesOf, sparingLowerDevices } from '../dist/desired.js';
import type { Listener, Phase } from '../dist/listener.js';
import { type ModeName, initialState, listeners } from '../dist/monitor.js';
import type { ObservedState } from '../dist/network.js';
import { close, configOf, configWith, heartbeat, launchedAt0, nameOf, steps } from './arbitraries.js';
import { networkOf } from './networks.js';

const list = (index: string, names: string): string => `LISTEN_CUBRO_IFS${index}=${names}\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS${index}=1\n`;
const window = { ends: 1, missed: 0, graced: false };
const PHASES: Readonly<Record<string, Phase>> = {
  launching: { status: 'launching' },
  unavailable: { status: 'unavailable', reason: 'busy' },
  unknown: { status: 'unknown', window },
  active: { status: 'active', window },
  failed: { status: 'failed', window, row: 0 },
};

const inPhases = (config: Config, ...phases: readonly string[]): readonly Listener[] =>
  listeners(initialState(config, 0)).map((it, n) => ({ ...it, phase: PHASES[phases[n] ?? ''] ?? it.phase }));

/** One interface in the global list and in those of both listeners. */
const SHARED = configWith(2, list('', 'x') + list('[0]', 'x') + list('[1]', 'x'));

const CLAIMS: readonly (readonly [mode: ModeName, phases: string, link: LinkState, downFor: string])[] = [
  ['normal', 'active active', 'up', ''],
  ['normal', 'failed active', 'down', 'listener 0'],
  ['normal', 'active failed', 'down', 'listener 1'],
  ['normal', 'unavailable unknown', 'up', ''],
  ['bypass', 'active active', 'down', 'global'],
  ['bypass', 'failed failed', 'down', 'global, listener 0, listener 1'],
  ['bypass', 'unavailable launching', 'down', 'global'],
  ['unknown', 'failed active', 'unmanaged', ''],
];
for (const [mode, phases, link, downFor] of CLAIMS) {
  test(`an interface in all lists, mode ${mode}, listeners ${phases}: ${link}`, (t) => {
    const [it, ...others] = desiredFor(SHARED, mode, inPhases(SHARED, ...phases.split(' '))).interfaces;
    t.deepEqual([it?.link, it?.downFor.join(', '), others.length], [link, downFor, 0]);
  });
}

for (const [phase, link] of Object.entries({ launching: 'unmanaged', unavailable: 'unmanaged', unknown: 'unmanaged', active: 'up', failed: 'down' })) {
  test(`the list of a listener that is ${phase} alone: ${link}, whatever the mode`, (t) => {
    const config = configWith(1, list('[0]', 'x'));
    for (const mode of ['normal', 'bypass'] as const) t.is<string | undefined, string>(desiredFor(config, mode, inPhases(config, phase)).interfaces[0]?.link, link);
  });
}

test('interfaces in the order of first mention: the global list, then the listeners by index', (t) => {
  const config = configWith(2, list('[1]', 'c b') + list('[0]', 'd a b') + list('', 'b e'));
  t.deepEqual(desiredFor(config, 'normal', inPhases(config)).interfaces.map(({ name }) => String(name)), ['b', 'e', 'd', 'a', 'c']);
});

test('cards are present in normal, absent in bypass, else unmanaged', (t) => {
  const presence = (mode: ModeName): unknown => desiredFor(SHARED, mode, []).cards.map((it) => it.presence);
  t.deepEqual([presence('normal'), presence('bypass'), presence('unknown')], [['present'], ['absent'], ['unmanaged']]);
});

test('while unsettled cards and interfaces are unmanaged although the mode stays', (t) => {
  const normal = close(steps(launchedAt0(SHARED), heartbeat(0, 1), heartbeat(1, 1)), 1);
  t.like(desiredState(normal), { settled: true, cards: { 0: { presence: 'present' } } });
  const reloaded = steps(normal, { type: 'reloaded', at: 2, config: configWith(3, list('', 'x')) });
  t.is(reloaded.mode.name, 'normal');
  t.like(desiredState(reloaded), { settled: false, cards: { 0: { presence: 'unmanaged' } }, interfaces: { 0: { link: 'unmanaged' } } });
});

test('not configured: nothing is desired', (t) => {
  t.deepEqual(desiredState(initialState(null, 0)), { settled: false, cards: [], interfaces: [] });
  t.deepEqual(launchedListeners(initialState(SHARED, 0)), []);
  t.is(launchedListeners(launchedAt0(SHARED)).length, 2);
});

// -------------------------------------------------------------------------------------
// lower devices
// -------------------------------------------------------------------------------------

const standing = (lower: Readonly<Record<string, readonly string[]>>): ObservedState =>
  new Map([...networkOf(Object.fromEntries(Object.keys(lower).map((name) => [name, []])))].map(([name, it]) => [name, { ...it, lower: (lower[name] ?? []).map(nameOf) }]));

test('a lower device of what bears ours is not managed, however far below', (t) => {
  const config = configOf(`LISTEN_HEARTBEAT_IFS=v0\nBYPASS_CARD_IFS=v0\nLISTEN_HB_HOST[0]=10.0.0.1\nLISTEN_HB_PORT[0]=1\nBYPASS_CARD_HOST[0]=10.0.0.2\n${list('', 'p0 p1 q0')}`);
  const observed = standing({ v0: ['bond0'], bond0: ['p0', 'p1'], p0: [], p1: ['v0'], q0: [] });
  t.deepEqual([...lowerDevicesOf(bearersOf(config), observed)].map(String).toSorted(), ['bond0', 'p0', 'p1', 'v0'], 'a circle ends');
  const desired = sparingLowerDevices(desiredFor(config, 'bypass', []), config, observed);
  t.deepEqual(desired.interfaces.map(({ name, link, downFor }) => `${name} ${link} ${downFor.join()}`), ['p0 unmanaged ', 'p1 unmanaged ', 'q0 down global']);
});

test('where nothing ours stands on a listed interface the desired state stays', (t) => {
  const config = configWith(1, list('', 'q0'));
  const desired = desiredFor(config, 'bypass', []);
  t.is(sparingLowerDevices(desired, config, standing({ eth0: ['p0'], q0: ['q1'] })), desired);
  t.is(sparingLowerDevices(desired, null, new Map()), desired);
});

test('the interface that a wildcard names counts as bearing it', (t) => {
  const config = configWith(1, 'LISTEN_HB_HOST[1]=0.0.0.0\nLISTEN_HB_PORT[1]=4000\nLISTEN_HEARTBEAT_IFS[1]=w0\n');
  t.deepEqual([...bearersOf(config)].map(String).toSorted(), ['eth0', 'w0']);
});
