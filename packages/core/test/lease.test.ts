import test from 'ava';
import fc from 'fast-check';
import type { Config } from '../dist/config/config.js';
import { planLease, planRelease, withoutLease } from '../dist/lease.js';
import { type CardMemory, type Ledger, emptyLedger, forgetRemoved, placeKey, record, reloadLedger, restoreLedger } from '../dist/ledger.js';
import type { ModeName } from '../dist/monitor.js';
import { type ObservedState, sameAddress } from '../dist/network.js';
import { type Plan, operationsOf } from '../dist/plan.js';
import { planRecord } from '../dist/records.js';
import { configOf, nameOf, withPrefix } from './arbitraries.js';
import { del, indexOf, networkOf, networks, plants } from './networks.js';

const TEXT = 'LISTEN_HEARTBEAT_IFS=eth0\nLISTEN_HB_HOST[0]=10.0.0.1\nLISTEN_HB_PORT[0]=1\nBYPASS_CARD_IFS=eth0\nBYPASS_CARD_HOST[0]=10.0.0.100\nBYPASS_CARD_HOST[1]=fd00::100\n';
const LEASED = configOf(`${TEXT}BYPASS_CARD_LEASE=6\n`);
const NONE = configOf(TEXT);
/** The first card's address is a listener's, the second card has gone. */
const CARDLESS = configOf('LISTEN_HEARTBEAT_IFS=eth0\nLISTEN_HB_HOST[0]=10.0.0.100\nLISTEN_HB_PORT[0]=1\nBYPASS_CARD_IFS=eth0\nBYPASS_CARD_HOST[0]=10.0.0.102\nBYPASS_CARD_LEASE=6\n');
const cardsOf = ({ cards }: Config): readonly CardMemory[] => cards.map((card) => ({ interface: card.interface, address: card.address, prefixes: [], taken: false }));
const STANDING = networkOf({ eth0: ['10.0.0.100/24', '10.0.0.5/24', 'fd00::100/64'] });

const told = (plan: Plan): readonly string[] =>
  operationsOf(plan).map((operation, place) => {
    const { op, address = operation.interface } = planRecord(plan).plan[place] ?? { op: 'none' };
    return `${op} ${address}${operation.op === 'address-add' ? ` ${String(operation.attributes?.validLifetime)}` : ''}`;
  });
const lease = (mode: ModeName, config = LEASED, ledger: Ledger = emptyLedger, observed: ObservedState = STANDING): readonly string[] =>
  told(planLease(config, mode, ledger, observed));

test('what stands of cards gets the lease in every state but bypass, after promotion is on', (t) => {
  const all = ['promote-secondaries eth0', 'address-add 10.0.0.100/24 6', 'address-add fd00::100/64 6'];
  t.deepEqual(lease('unknown'), all);
  t.deepEqual(lease('normal'), all);
  t.deepEqual(lease('bypass'), []);
  t.deepEqual(planLease(LEASED, 'normal', emptyLedger, STANDING).map(({ needs }) => needs), [[], [0], []]);
});

test('without a lease, and of what does not stand, nothing is said', (t) => {
  t.deepEqual(lease('normal', NONE), []);
  t.deepEqual(lease('normal', LEASED, emptyLedger, networkOf({ eth0: ['10.0.0.5/24'] })), []);
});

test('where promotion is refused an IPv4 address gets no lease: what expires would take its secondaries along', (t) => {
  t.deepEqual(lease('normal', LEASED, { ...emptyLedger, promotionRefused: new Set(['eth0' as never]) }), ['address-add fd00::100/64 6']);
});

/** The network with lifetimes, of somebody else's address too, and the ledger after a plan of leases. */
function leased(plan: Plan): { readonly ledger: Ledger; readonly observed: ObservedState } {
  return { ledger: carriedOut(emptyLedger, plan), observed: withLifetimes(STANDING, 5) };
}

const carriedOut = (ledger: Ledger, plan: Plan, observed = STANDING): Ledger =>
  record(ledger, plan.map(({ operation, purpose }) => ({ operation, purpose, outcome: 'done' })), observed);

/** Promoting, so that a lease asks for nothing else. */
const withLifetimes = (network: ObservedState, seconds: number): ObservedState =>
  new Map([...network].map(([name, it]) => [name, { ...it, promoteSecondaries: true, addresses: it.addresses.map((address) => ({ ...address, attributes: { metric: 7, validLifetime: seconds, preferredLifetime: seconds } })) }]));

const PERMANENT = ['address-add 10.0.0.100/24 Infinity', 'address-add fd00::100/64 Infinity'];

test('a renewal says again all that an address carries', (t) => {
  const { observed } = leased([]);
  const [first] = operationsOf(planLease(LEASED, 'normal', emptyLedger, observed));
  t.deepEqual(first?.op === 'address-add' ? first.attributes : null, { metric: 7, validLifetime: 6, preferredLifetime: 6 });
});

test("a stop, and a configuration without a lease, make cards' addresses permanent, remembered or not, and those alone", (t) => {
  const { ledger, observed } = leased(planLease(LEASED, 'normal', emptyLedger, STANDING));
  for (const memory of [ledger, emptyLedger]) {
    for (const mode of ['unknown', 'normal'] as const) {
      t.deepEqual(told(planRelease(LEASED, mode, memory, observed)), PERMANENT);
      t.deepEqual(lease(mode, NONE, memory, observed), PERMANENT);
    }
  }
  t.deepEqual([...carriedOut(ledger, planRelease(LEASED, 'normal', ledger, observed)).leased], []);
});

test('in bypass the addresses of cards are to go: they are left to expire', (t) => {
  const { ledger, observed } = leased(planLease(LEASED, 'normal', emptyLedger, STANDING));
  const removed = { ...ledger, removedCards: [...cardsOf(LEASED)] };
  for (const config of [LEASED, NONE]) t.deepEqual(lease('bypass', config, ledger, observed), []);
  t.deepEqual(told(planRelease(LEASED, 'bypass', ledger, observed)), []);
  t.deepEqual(told(planRelease(CARDLESS, 'bypass', removed, observed)), []);
});

test('who is not configured yet touches nothing that the last process has leased', (t) => {
  const { ledger, observed } = leased(planLease(LEASED, 'normal', emptyLedger, STANDING));
  const restored = restoreLedger({ cards: cardsOf(LEASED), shut: [], lost: [], leased: [...ledger.leased.values()] }, null);
  t.deepEqual(told(planLease(null, 'unknown', restored, observed)), []);
  t.deepEqual(told(planRelease(null, 'unknown', restored, observed)), []);
  t.is(restored.leased.size, 2, 'and remembers it for a configuration that comes');
});

test('where promotion is refused a lease that stands already ends', (t) => {
  const [[name, it] = []] = withLifetimes(STANDING, 5);
  t.truthy(name && it);
  if (name === undefined || it === undefined) return;
  const observed: ObservedState = new Map([[name, { ...it, promoteSecondaries: false }]]);
  const refused = { ...emptyLedger, promotionRefused: new Set([name]) };
  t.deepEqual([...withoutLease(LEASED, refused, observed)], ['eth0']);
  t.deepEqual([...withoutLease(NONE, refused, observed), ...withoutLease(LEASED, emptyLedger, observed), ...withoutLease(LEASED, refused, withLifetimes(STANDING, 5))], []);
  t.deepEqual(lease('normal', LEASED, refused, observed), ['address-add fd00::100/64 6', 'address-add 10.0.0.100/24 Infinity']);
});

test("a leased card's address that becomes a listener's is made permanent; one that is nobody's any more expires", (t) => {
  const { ledger, observed } = leased(planLease(LEASED, 'normal', emptyLedger, STANDING));
  const handed = reloadLedger(ledger, LEASED, CARDLESS);
  // The other card is still to go, and keeps its lease until it does.
  t.deepEqual(lease('unknown', CARDLESS, handed, observed), ['address-add fd00::100/64 6', 'address-add 10.0.0.100/24 Infinity']);
  t.deepEqual(lease('bypass', CARDLESS, handed, observed), ['address-add 10.0.0.100/24 Infinity']);
  const restarted = restoreLedger({ cards: [], shut: [], lost: [], leased: [...ledger.leased.values()] }, CARDLESS);
  t.deepEqual(told(planRelease(CARDLESS, 'unknown', restarted, observed)), ['address-add 10.0.0.100/24 Infinity']);
});

test("what was leased and has gone is forgotten: who adds it again has his own address, whatever it is on", (t) => {
  const { ledger, observed } = leased(planLease(LEASED, 'normal', emptyLedger, STANDING));
  const anothers = new Map([...observed].map(([name, it]) => [name, { ...it, index: it.index + 1 }]));
  const away = networkOf({ eth0: ['10.0.0.5/24'] });
  for (const without of [away, anothers, new Map() as ObservedState]) t.deepEqual([...forgetRemoved(ledger, without).leased], []);
  t.is(forgetRemoved(ledger, observed), ledger);
  const removed = record(ledger, [{ operation: del('eth0', '10.0.0.100/24'), purpose: 'ours', outcome: 'done' }], observed);
  t.deepEqual([...removed.leased.keys()], ['eth0 fd00::100/64'], 'even where the next look finds it there again');
  // An interface that is renamed bears what it bore, but is not touched under the other name.
  const renamed = new Map([...observed.values()].map((it) => [nameOf('other'), { ...it, name: nameOf('other') }]));
  t.is(forgetRemoved(ledger, renamed).leased.size, 2);
  t.deepEqual(told(planRelease(CARDLESS, 'normal', ledger, renamed)), []);
});

/** What is carried out on a network by leases: the rest of it stays as it is. */
function afterLease(network: ObservedState, plan: Plan): ObservedState {
  return operationsOf(plan).reduce<ObservedState>((state, operation) => {
    const it = state.get(operation.interface);
    if (it === undefined) return state;
    if (operation.op !== 'address-add') return new Map(state).set(it.name, { ...it, promoteSecondaries: true });
    const { validLifetime = Infinity, preferredLifetime: _, ...rest } = operation.attributes ?? {};
    const attributes = isFinite(validLifetime) ? { ...rest, validLifetime } : rest;
    const addresses = it.addresses.map((other) => (sameAddress(other, operation.address) ? { ...other, attributes } : other));
    return new Map(state).set(it.name, { ...it, addresses });
  }, network);
}

const lifetimes = (network: ObservedState): readonly (readonly [string, number | undefined])[] =>
  [...network.values()].flatMap(({ name, addresses }) => addresses.map((it) => [`${name} ${it.address}`, it.attributes.validLifetime] as const));

test('whatever the network, the memory and the mode: no stranger is touched, leases are renewed, a release is complete and done once', (t) => {
  const memories = fc.array(fc.tuple(fc.constantFrom('eth0', 'eth1'), fc.constantFrom('10.0.0.100/24', '10.0.0.5/24', '10.0.0.6/32', 'fd00::7/64'), fc.boolean()));
  fc.assert(
    fc.property(networks, plants, memories, fc.constantFrom<ModeName>('unknown', 'normal', 'bypass'), fc.constantFrom(0, 6), (bare, plant, held, mode, cardLease) => {
      const config = { ...plant, cardLease };
      const observed = withLifetimes(bare, 5);
      const mine = held.map(([name, address, isSame]) => ({ interface: nameOf(name), index: indexOf(name) + (isSame ? 0 : 1), ...withPrefix(address) }));
      const started = forgetRemoved(restoreLedger({ cards: [], shut: [], lost: [], leased: mine }, config), observed);
      const places = new Set(config.cards.map(placeKey));
      const listenerPlace = 'eth0 10.0.0.1';
      const expected = (key: string, term: number | undefined): number | undefined => (places.has(key) && mode !== 'bypass' ? term : 5);
      const kept = afterLease(observed, planLease(config, mode, started, observed));
      const released = afterLease(observed, planRelease(config, mode, started, observed));
      for (const [key, seconds] of lifetimes(kept)) if (key !== listenerPlace) t.is(seconds, expected(key, cardLease || undefined), key);
      for (const [key, seconds] of lifetimes(released)) if (key !== listenerPlace) t.is(seconds, expected(key, undefined), key);
      const after = carriedOut(started, planRelease(config, mode, started, observed), observed);
      t.deepEqual(planRelease(config, mode, after, released), []);
    }),
  );
});
