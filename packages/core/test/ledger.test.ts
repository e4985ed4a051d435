import test from 'ava';
import { desiredState } from '../dist/desired.js';
import { type Deed, type Ledger, emptyLedger, forgetRemoved, instanceKey, learn, record, reloadLedger, restoreLedger } from '../dist/ledger.js';
import { type ObservedState, formatOperation } from '../dist/network.js';
import { operationsOf, planListenerAddresses, planManaged } from '../dist/plan.js';
import { unmetDesires } from '../dist/problems.js';
import { configOf, nameOf, withPrefix } from './arbitraries.js';
import { add, applied, decided, del, indexOf, networkOf, reconcile } from './networks.js';

const LISTENER = 'LISTEN_HEARTBEAT_IFS=eth0\nLISTEN_HEARTBEAT_TIMEOUT=100\nLISTEN_HB_HOST[0]=10.0.0.1\nLISTEN_HB_PORT[0]=1\nBYPASS_CARD_IFS=eth0\n';
const card = (n: number, host = '10.0.0.100'): string => `BYPASS_CARD_HOST[${n}]=${host}\n`;
const managing = (names: string): string => `LISTEN_CUBRO_IFS=${names}\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1\n`;
const ONE = configOf(LISTENER + card(0));
const NORMAL = decided(ONE, []);
const BYPASS = decided(ONE, [0]);

const deed = (ledger: Ledger, operation: Deed['operation'], purpose: Deed['purpose'], outcome: Deed['outcome'], network: ObservedState): Ledger =>
  record(ledger, [{ operation, purpose, outcome }], network);
const prefixesOf = ({ cards }: Ledger): readonly (readonly number[])[] => [...cards.values()].map(({ prefixes }) => prefixes);
const seen = (ledger: Ledger, state: typeof NORMAL, ...addresses: readonly string[]): Ledger => learn(ledger, state.config, desiredState(state), networkOf({ eth0: addresses }));

// -------------------------------------------------------------------------------------
// prefixes of cards
// -------------------------------------------------------------------------------------

test('while wanted, the prefixes that stand are remembered, ascending; gone ones are not forgotten', (t) => {
  const both = seen(emptyLedger, NORMAL, '10.0.0.100/32', '10.0.0.100/24', '10.0.0.5/24');
  t.deepEqual(prefixesOf(both), [[24, 32]]);
  t.deepEqual(prefixesOf(seen(both, NORMAL)), [[24, 32]]);
  t.deepEqual(prefixesOf(seen(both, NORMAL, '10.0.0.100/16')), [[16]]);
});

test('when it is first taken away what stands is remembered; what comes while it is to be absent is not', (t) => {
  const first = seen(emptyLedger, BYPASS, '10.0.0.100/24');
  t.deepEqual(prefixesOf(first), [[24]]);
  t.deepEqual(prefixesOf(seen(first, BYPASS, '10.0.0.100/16')), [[24]]);
  t.deepEqual(prefixesOf(seen(seen(emptyLedger, BYPASS), BYPASS, '10.0.0.100/16')), [[]]);
  t.deepEqual(prefixesOf(seen(seen(first, BYPASS, '10.0.0.100/16'), NORMAL, '10.0.0.100/8')), [[8]]);
});

test('while nothing is managed nothing is remembered', (t) => {
  const unsettled = { ...NORMAL, config: null };
  t.deepEqual(learn(emptyLedger, null, { ...desiredState(unsettled), settled: false }, networkOf({ eth0: ['10.0.0.100/24'] })).cards, new Map());
});

// -------------------------------------------------------------------------------------
// what is ours
// -------------------------------------------------------------------------------------

const observed = networkOf({ eth0: ['10.0.0.5/24'] });
const ownOf = (ledger: Ledger): readonly string[] => [...ledger.own.values()].map(instanceKey);

test('what we add is ours; what was there or is put back is not', (t) => {
  const ours = add('eth0', '10.0.0.1/32');
  t.deepEqual(ownOf(deed(emptyLedger, ours, 'ours', 'done', observed)), ['eth0 10.0.0.1/32']);
  for (const outcome of ['already', 'failed'] as const) t.deepEqual(deed(emptyLedger, ours, 'ours', outcome, observed), emptyLedger);
  t.deepEqual(ownOf(deed(emptyLedger, ours, 'put-back', 'done', observed)), []);
});

test('what somebody removed is ours no more, even if it is put there again', (t) => {
  const mine = deed(emptyLedger, add('eth0', '10.0.0.1/32'), 'ours', 'done', observed);
  const there = applied(observed, add('eth0', '10.0.0.1/32'));
  t.deepEqual(ownOf(forgetRemoved(mine, there)), ['eth0 10.0.0.1/32']);
  const gone = forgetRemoved(mine, applied(there, del('eth0', '10.0.0.1/32')));
  t.deepEqual(ownOf(forgetRemoved(gone, there)), []);
});

// -------------------------------------------------------------------------------------
// links
// -------------------------------------------------------------------------------------

const MANAGED = configOf(LISTENER + card(0) + managing('m0 m1'));
const M = networkOf({ eth0: [], m0: ['fd01::7/64', '10.7.0.1/24'], m1: [] });
const shutOf = ({ shut }: Ledger): readonly string[] => shut.map(({ name, down, dropped }) => `${name}${down ? ' down' : ''} ${dropped.map(({ address }) => address).join(' ')}`.trim());

test('a link that we put down is remembered in that order, with the IPv6 addresses that this drops', (t) => {
  const downs = (['m1', 'm0'] as const).map((name) => ({ op: 'link-down', interface: nameOf(name) }) as const);
  const ledger = downs.reduce<Ledger>((it, operation) => deed(it, operation, 'ours', 'done', M), emptyLedger);
  t.deepEqual(shutOf(ledger), ['m1 down', 'm0 down fd01::7']);
  for (const outcome of ['already', 'failed'] as const) for (const operation of downs) t.deepEqual(deed(emptyLedger, operation, 'ours', outcome, M), emptyLedger);
  t.deepEqual(shutOf(deed(ledger, { op: 'link-up', interface: nameOf('m0') }, 'ours', 'failed', M)), ['m1 down', 'm0 down fd01::7']);
  t.deepEqual(shutOf(deed(ledger, { op: 'link-up', interface: nameOf('m0') }, 'ours', 'done', M)), ['m1 down', 'm0 fd01::7']);
});

test('an address that the same plan took away before is not dropped by the link-down', (t) => {
  const plan = [del('m0', 'fd01::7/64'), { op: 'link-down', interface: nameOf('m0') }] as const;
  const deeds = plan.map((operation) => ({ operation, purpose: 'ours', outcome: 'done' }) as const);
  t.deepEqual(shutOf(record(emptyLedger, deeds, M)), ['m0 down']);
});

test('it counts as put down until it is found up when it is to be up, or no longer managed', (t) => {
  const bypass = decided(MANAGED, [0]);
  const down = reconcile(bypass, { ledger: emptyLedger, network: M });
  t.deepEqual(shutOf(down.ledger), ['m0 down fd01::7', 'm1 down']);
  const up: ObservedState = applied(down.network, { op: 'link-up', interface: nameOf('m0') });
  const after = (state: typeof bypass): readonly string[] => shutOf(learn(down.ledger, state.config, desiredState(state), up));
  t.deepEqual(after(bypass), ['m0 down fd01::7', 'm1 down'], 'up while it is to be down is drift');
  t.deepEqual(after(decided(MANAGED, [])), ['m0 fd01::7', 'm1 down'], 'its IPv6 address is still owed');
  t.deepEqual(after(decided(ONE, [0])), ['m0 fd01::7', 'm1 down']);
});

test('a refused promotion is remembered, for that interface', (t) => {
  const refused = deed(emptyLedger, { op: 'promote-secondaries', interface: nameOf('eth0') }, 'ours', 'failed', M);
  t.deepEqual([...refused.promotionRefused].map(String), ['eth0']);
  t.deepEqual(deed(emptyLedger, { op: 'promote-secondaries', interface: nameOf('eth0') }, 'ours', 'done', M), emptyLedger);
});

// -------------------------------------------------------------------------------------
// reloads and restarts
// -------------------------------------------------------------------------------------

const removed = ({ removedCards }: Ledger): readonly string[] => removedCards.map(({ address }) => address);

test('removed cards stand in the order of their last index, those of an earlier reload first', (t) => {
  const [first, second, third] = ['4:a 2:b 7:c', '2:b', ''].map((text) => configOf(`${LISTENER}${card(0)}${text.split(' ').filter(Boolean).map((it) => card(Number(it[0]), { a: '10.0.0.3', b: '10.0.0.4', c: '10.0.0.5' }[it.slice(2)])).join('')}`));
  if (first === undefined || second === undefined || third === undefined) return t.fail();
  const once = reloadLedger(emptyLedger, first, second);
  t.deepEqual(removed(once), ['10.0.0.3', '10.0.0.5']);
  t.deepEqual(removed(reloadLedger(once, second, third)), ['10.0.0.3', '10.0.0.5', '10.0.0.4']);
  t.deepEqual(removed(reloadLedger(once, second, first)), [], 'back before it was taken away: never removed');
});

test('a removed card is forgotten with its prefixes where a listener on the same interface needs the address', (t) => {
  const known = seen(emptyLedger, NORMAL, '10.0.0.100/24');
  const needed = configOf(`${LISTENER}LISTEN_HB_HOST[1]=10.0.0.100\nLISTEN_HB_PORT[1]=1\n${card(0, '10.0.0.9')}`);
  const after = reloadLedger(known, ONE, needed);
  t.deepEqual([removed(after), [...after.cards.keys()]], [[], []]);
  const elsewhere = configOf(`${LISTENER}LISTEN_HB_HOST[1]=10.0.0.100\nLISTEN_HB_PORT[1]=1\nLISTEN_HEARTBEAT_IFS[1]=eth1\n${card(0, '10.0.0.9')}`);
  t.deepEqual(removed(reloadLedger(known, ONE, elsewhere)), ['10.0.0.100']);
});

test('of removed listeners only own instances go that nothing needs, by index and prefix', (t) => {
  const more = configOf(`${LISTENER}LISTEN_HB_HOST[2]=10.0.0.2\nLISTEN_HB_PORT[2]=1\nLISTEN_HB_HOST[1]=10.0.0.3\nLISTEN_HB_PORT[1]=1\nLISTEN_HB_HOST[3]=10.0.0.9\nLISTEN_HB_PORT[3]=1\n${card(0)}`);
  const mine = ['10.0.0.2/32', '10.0.0.3/32', '10.0.0.3/16', '10.0.0.1/32', '10.0.0.100/32'].reduce<Ledger>((it, address) => deed(it, add('eth0', address), 'ours', 'done', M), emptyLedger);
  t.deepEqual(reloadLedger(mine, more, ONE).leaving.map(instanceKey), ['eth0 10.0.0.3/16', 'eth0 10.0.0.3/32', 'eth0 10.0.0.2/32']);
  t.deepEqual(reloadLedger(reloadLedger(mine, more, ONE), ONE, more).leaving, [], 'needed again');
});

test('a reload of the same configuration changes nothing', (t) => {
  const { ledger } = reconcile(decided(MANAGED, [0]), { ledger: emptyLedger, network: M });
  t.deepEqual(reloadLedger(ledger, MANAGED, MANAGED), ledger);
});

test('what the last process left on record is treated as if a reload had removed it', (t) => {
  const left = withPrefix('10.0.0.77/24');
  const cards = ['10.0.0.100', left.address].map((address) => ({ interface: nameOf('eth0'), address: withPrefix(address).address, prefixes: [24], taken: true }));
  const shut = [{ name: nameOf('m0'), index: indexOf('m0'), down: true, dropped: [] }];
  const started = restoreLedger({ cards, shut, leased: [], lost: [] }, ONE);
  t.deepEqual([removed(started), prefixesOf(started), started.shut], [['10.0.0.77'], [[24]], shut]);
  const waiting = restoreLedger({ cards, shut, leased: [], lost: [] }, null);
  t.deepEqual(removed(reloadLedger(waiting, null, ONE)), ['10.0.0.77'], 'while not configured it waits');
});

// -------------------------------------------------------------------------------------
// what removals took along
// -------------------------------------------------------------------------------------

const removing = (ledger: Ledger, ...took: readonly string[]): Ledger =>
  record(ledger, [{ operation: del('eth0', '10.0.0.9/24'), purpose: 'ours', outcome: 'done', took: took.map((text) => ({ ...withPrefix(text), secondary: true, attributes: {} })) }], observed);
const lostOf = ({ lost }: Ledger): readonly string[] => [...lost.keys()];
const planned = (ledger: Ledger, network: ObservedState): readonly string[] => operationsOf(planListenerAddresses([], ledger, network)).map(formatOperation);

test('what a removal took along comes back first, in its order, whatever is decided', (t) => {
  const ledger = removing(emptyLedger, '10.0.0.6/24', '10.0.0.5/24');
  const bare = networkOf({ eth0: ['10.0.0.1/32'] });
  t.deepEqual(planned(ledger, bare), ['address-add eth0 10.0.0.6/24', 'address-add eth0 10.0.0.5/24']);
  t.deepEqual(operationsOf(planManaged(desiredState(BYPASS), ledger, bare)).map(formatOperation).slice(0, 2), planned(ledger, bare));
  t.true(unmetDesires(NORMAL, desiredState(NORMAL), ledger, bare).some((text) => text.includes('10.0.0.6/24')));
});

test('what is back, or was on an interface that is gone, is lost no more', (t) => {
  const ledger = removing(emptyLedger, '10.0.0.6/24', '10.0.0.5/24');
  t.deepEqual(lostOf(deed(ledger, add('eth0', '10.0.0.6/24'), 'put-back', 'done', observed)), ['eth0 10.0.0.5/24']);
  t.deepEqual(lostOf(seen(ledger, NORMAL, '10.0.0.5/24')), ['eth0 10.0.0.6/24']);
  t.deepEqual(lostOf(learn(ledger, ONE, desiredState(NORMAL), networkOf({ eth1: [] }))), []);
});

test("a card's address that went with another is a matter of the mode", (t) => {
  t.deepEqual(lostOf(removing(seen(emptyLedger, BYPASS, '10.0.0.100/24'), '10.0.0.100/24', '10.0.0.5/24')), ['eth0 10.0.0.5/24']);
});

test('of a link-down counts what the driver says that it dropped', (t) => {
  const took = [{ ...withPrefix('fd01::8/64'), secondary: false, attributes: {} }];
  t.deepEqual(shutOf(record(emptyLedger, [{ operation: { op: 'link-down', interface: nameOf('m0') }, purpose: 'ours', outcome: 'done', took }], M)), ['m0 down fd01::8']);
});

// -------------------------------------------------------------------------------------
// renamed, and created anew
// -------------------------------------------------------------------------------------

const renamed = (network: ObservedState, from: string, to: string): ObservedState =>
  new Map([...network].map(([name, it]) => (name === nameOf(from) ? [nameOf(to), { ...it, name: nameOf(to) }] : [name, it])));
const anew = (network: ObservedState, name: string): ObservedState =>
  new Map([...network].map(([it, seen]) => (it === nameOf(name) ? [it, { ...seen, index: seen.index + 1 }] : [it, seen])));

test('what we added stays ours while its interface has another name; on another interface of that name it is not', (t) => {
  const there = networkOf({ eth0: ['10.0.0.1/32'] });
  const more = configOf(`${LISTENER.replace('10.0.0.1', '10.0.0.2')}${card(0)}`);
  const mine = deed(emptyLedger, add('eth0', '10.0.0.1/32'), 'ours', 'done', there);
  const away = forgetRemoved(mine, renamed(there, 'eth0', 'x'));
  t.deepEqual(ownOf(forgetRemoved(away, there)), ['eth0 10.0.0.1/32']);
  t.deepEqual(ownOf(forgetRemoved(away, anew(there, 'eth0'))), [], 'it came with an interface that somebody made');
  t.deepEqual(ownOf(forgetRemoved(mine, networkOf({ eth1: [] }))), [], 'it went with its interface');
  t.deepEqual(ownOf(forgetRemoved(mine, renamed(networkOf({ eth0: [] }), 'eth0', 'x'))), [], 'removed there');

  const leaving = forgetRemoved(reloadLedger(away, ONE, more), renamed(there, 'eth0', 'x'));
  t.deepEqual(planned(leaving, renamed(there, 'eth0', 'x')), []);
  t.deepEqual(planned(leaving, anew(there, 'eth0')), [], 'not taken from an interface that only has the name');
  t.deepEqual(planned(forgetRemoved(leaving, there), there), ['address-del eth0 10.0.0.1/32']);
});

test('an interface that we put down is known by its number: another one of that name was not put down by us', (t) => {
  const ledger = deed(emptyLedger, { op: 'link-down', interface: nameOf('m0') }, 'ours', 'done', M);
  const down = applied(M, { op: 'link-down', interface: nameOf('m0') });
  const over = (network: ObservedState): Ledger => learn(ledger, ONE, desiredState(NORMAL), network);
  const managed = (it: Ledger, network: ObservedState): readonly string[] => operationsOf(planManaged(desiredState(NORMAL), it, network)).map(formatOperation).filter((text) => text.includes('m0') || text.includes('fd01'));
  const away = over(renamed(down, 'm0', 'x'));
  t.deepEqual([shutOf(away), managed(away, renamed(down, 'm0', 'x'))], [['m0 down fd01::7'], []]);
  t.deepEqual(managed(away, down), ['link-up m0', 'address-add m0 fd01::7/64']);
  t.deepEqual([shutOf(over(anew(down, 'm0'))), managed(over(anew(down, 'm0')), anew(down, 'm0'))], [[], []]);
  t.deepEqual(shutOf(over(networkOf({ eth0: [] }))), [], 'deleted');
});
