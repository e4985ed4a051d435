import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { desiredState } from '../dist/desired.js';
import { type Ledger, emptyLedger, reloadLedger } from '../dist/ledger.js';
import { type MonitorState, initialState, listeners } from '../dist/monitor.js';
import type { ObservedState } from '../dist/network.js';
import { planListenerAddresses, planManaged } from '../dist/plan.js';
import { standingProblems, unmetDesires } from '../dist/problems.js';
import { configOf, configWith, heartbeat, ip, launchedAt0, nameOf, steps } from './arbitraries.js';
import { indexOf, decided, learned, networkOf, networks, plants, reconcile, silences, without } from './networks.js';

const unmet = (state: MonitorState, network: ObservedState, ledger: Ledger = emptyLedger): readonly string[] => unmetDesires(state, desiredState(state), ledger, network);

// -------------------------------------------------------------------------------------
// converged
// -------------------------------------------------------------------------------------

test('converged exactly when there is nothing to plan and nothing is missing', (t) => {
  const outcomes = new Set<boolean>();
  fc.assert(
    fc.property(networks, plants, plants, silences, fc.boolean(), (network, first, second, silent, gone) => {
      const before = reconcile(decided(first, silent), { network, ledger: emptyLedger });
      const state = decided(second, silent);
      const desired = desiredState(state);
      const world = learned({ network: gone ? without(before.network, nameOf('eth1')) : before.network, ledger: reloadLedger(before.ledger, first, second) }, second, desired);
      const planned = planListenerAddresses(second.listeners, world.ledger, world.network).length + planManaged(desired, world.ledger, world.network).length;
      const told = unmetDesires(state, desired, world.ledger, world.network);
      const missing = told.filter((it) => it.includes('is missing'));
      outcomes.add(told.length === 0);
      assert.equal(told.length > missing.length, planned > 0, JSON.stringify(told));
      for (const it of missing) assert.match(it, /eth1|m0|m1/);
    }),
    { numRuns: 500 },
  );
  t.is(outcomes.size, 2);
});

test('while nothing is managed only the addresses of launched listeners count', (t) => {
  const start = launchedAt0(configWith(2));
  t.deepEqual(unmet(start, networkOf({ eth0: ['10.0.0.1/24'] })), []);
  t.regex(unmet(start, networkOf({ eth0: ['10.0.0.100/24'] })).join('\n'), /listener 0 \(10\.0\.0\.1 port 3000\) is not on eth0\n.*listener 1/);
  t.deepEqual(unmet(initialState(configWith(2), 0), networkOf({ eth0: [] })), [], 'not launched: not desired');
});

const LISTED = configOf('LISTEN_HEARTBEAT_IFS=eth0\nLISTEN_HEARTBEAT_TIMEOUT=100\nBYPASS_CARD_IFS=eth1\nLISTEN_HB_HOST[0]=10.0.0.1\nLISTEN_HB_PORT[0]=1\nBYPASS_CARD_HOST[4]=10.1.0.4/24\nLISTEN_CUBRO_IFS=m0\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1\n');
const HERE = ['10.0.0.1/32'];

const SENTENCES: readonly (readonly [what: string, silent: readonly number[], network: ObservedState, says: RegExp | null])[] = [
  ['all as in normal', [], networkOf({ eth0: HERE, eth1: ['10.1.0.4/24'], m0: [] }), null],
  ['all as in bypass', [0], networkOf({ eth0: HERE, eth1: [], m0: [] }, { down: ['m0'] }), null],
  ['a card that is absent', [], networkOf({ eth0: HERE, eth1: [], m0: [] }), /^card 4 \(10\.1\.0\.4\/24\) is not on eth1$/],
  ['a card under another prefix', [], networkOf({ eth0: HERE, eth1: ['10.1.0.4/32', '10.1.0.4/24'], m0: [] }), /^card 4 .* stands on eth1 with another prefix$/],
  ['a card that is present in bypass', [0], networkOf({ eth0: HERE, eth1: ['10.1.0.4/8'], m0: [] }, { down: ['m0'] }), /^card 4 .* is still on eth1, though the mode is bypass$/],
  ['a missing interface of a card', [], networkOf({ eth0: HERE, m0: [] }), /^interface eth1 is missing: card 4/],
  ['a missing interface of a card, absent', [0], networkOf({ eth0: HERE, m0: [] }, { down: ['m0'] }), null],
  ['a link that is down', [], networkOf({ eth0: HERE, eth1: ['10.1.0.4/24'], m0: [] }, { down: ['m0'] }), /^interface m0 is down but is to be up$/],
  ['a link that is up', [0], networkOf({ eth0: HERE, eth1: [], m0: [] }), /^interface m0 is up but is to be down for global$/],
  ['a missing link, up', [], networkOf({ eth0: HERE, eth1: ['10.1.0.4/24'] }), /^interface m0 is missing: it cannot be brought up$/],
  ['a missing link, down', [0], networkOf({ eth0: HERE, eth1: [] }), null],
  ['a missing interface of a listener', [0], networkOf({ eth1: [], m0: [] }, { down: ['m0'] }), /^interface eth0 is missing: the address of listener 0/],
];
for (const [what, silent, network, says] of SENTENCES) {
  test(`what is unmet: ${what}`, (t) => {
    const told = unmet(decided(LISTED, silent), network);
    t.is(told.length, says === null ? 0 : 1, told.join('\n'));
    if (says !== null) t.regex(told.join('\n'), says);
  });
}

test('what the last configuration left behind', (t) => {
  const ledger: Ledger = {
    ...emptyLedger,
    removedCards: [{ interface: nameOf('eth1'), address: ip('10.1.0.9'), prefixes: [], taken: false }],
    leaving: [{ interface: nameOf('eth0'), index: indexOf('eth0'), address: ip('10.0.0.2'), prefix: 32 }],
    shut: [{ name: nameOf('x0'), index: indexOf('x0'), down: true, dropped: [] }],
  };
  const told = unmet(decided(LISTED, []), networkOf({ eth0: ['10.0.0.1/32', '10.0.0.2/32'], eth1: ['10.1.0.4/24', '10.1.0.9/24'], m0: [], x0: [] }, { down: ['x0'] }), ledger);
  t.is(told.length, 3);
  t.regex(told.join('\n'), /10\.0\.0\.2\/32 of a removed listener.*\n10\.1\.0\.9 of a removed card is still on eth1\ninterface x0, no longer managed, is still down/);
});

// -------------------------------------------------------------------------------------
// what an operator should know
// -------------------------------------------------------------------------------------

const OPERATED = networkOf({ eth0: HERE, eth1: ['10.1.0.4/24'], m0: [] });
const standing = (state: MonitorState, network = OPERATED): string => standingProblems(state, network, []).join('\n');

test('nothing to tell', (t) => t.is(standing(decided(LISTED, [])), ''));

test('not configured: it waits for a configuration', (t) => t.regex(standing(initialState(null, 0)), /waiting for a configuration/));

test('unsettled: it names whom it waits for', (t) => {
  t.regex(standing(steps(launchedAt0(configWith(3)), heartbeat(1, 5))), /^nothing is managed until .*listener 0 \(10\.0\.0\.1 port 3000\), listener 2 \(10\.0\.0\.1 port 3002\)$/m);
});

test('an unavailable listener, loudly', (t) => {
  const start = initialState(LISTED, 0);
  const state = listeners(start).reduce((it, { id }) => steps(it, { type: 'unavailable', at: 0, listener: id, reason: 'address in use' }), start);
  t.regex(standing(state), /no listener is active or failed\nlistener 0 .* is unavailable: address in use/);
});

test('an interface of ours that is down, one that stands on a managed one, a card that is left out', (t) => {
  const normal = decided(LISTED, []);
  t.regex(standing(normal, networkOf({ eth0: HERE, eth1: [], m0: [] }, { down: ['eth1'] })), /interface eth1 bears .* down: bring it up \(ip link set eth1 up\)/);
  const above: ObservedState = new Map([...OPERATED].map(([name, it]) => [name, name === 'eth1' ? { ...it, lower: [nameOf('m0')] } : it]));
  t.regex(standing(normal, above), /interface m0 is not managed/);
  t.regex(standingProblems(normal, OPERATED, [ip('10.9.9.9')]).join('\n'), /10\.9\.9\.9 is unwatched/);
});
