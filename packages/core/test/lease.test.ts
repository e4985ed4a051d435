import test from 'ava';
import { planLease, planRelease, recordLeases } from '../dist/lease.js';
import { type Ledger, emptyLedger } from '../dist/ledger.js';
import type { ModeName } from '../dist/monitor.js';
import type { ObservedState } from '../dist/network.js';
import { type Plan, operationsOf } from '../dist/plan.js';
import { planRecord } from '../dist/records.js';
import { configOf } from './arbitraries.js';
import { networkOf } from './networks.js';

const TEXT = 'LISTEN_HEARTBEAT_IFS=eth0\nLISTEN_HB_HOST[0]=10.0.0.1\nLISTEN_HB_PORT[0]=1\nBYPASS_CARD_IFS=eth0\nBYPASS_CARD_HOST[0]=10.0.0.100\nBYPASS_CARD_HOST[1]=fd00::100\n';
const LEASED = configOf(`${TEXT}BYPASS_CARD_LEASE=6\n`);
const NONE = configOf(TEXT);
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

/** The network and the ledger after a plan of leases. */
function leased(plan: Plan): { readonly ledger: Ledger; readonly observed: ObservedState } {
  const it = STANDING.get('eth0' as never);
  const addresses = (it?.addresses ?? []).map((address) => ({ ...address, attributes: { metric: 7, ...(address.address === '10.0.0.5' ? {} : { validLifetime: 5, preferredLifetime: 5 }) } }));
  const observed: ObservedState = it === undefined ? STANDING : new Map(STANDING).set(it.name, { ...it, promoteSecondaries: true, addresses });
  return { ledger: recordLeases(emptyLedger, operationsOf(plan)), observed };
}

test('a renewal says again all that an address carries', (t) => {
  const { observed } = leased([]);
  const [first] = operationsOf(planLease(LEASED, 'normal', emptyLedger, observed));
  t.deepEqual(first?.op === 'address-add' ? first.attributes : null, { metric: 7, validLifetime: 6, preferredLifetime: 6 });
});

test('a stop, and a configuration without a lease, make permanent what we leased, and that alone', (t) => {
  const { ledger, observed } = leased(planLease(LEASED, 'normal', emptyLedger, STANDING));
  const permanent = ['address-add 10.0.0.100/24 Infinity', 'address-add fd00::100/64 Infinity'];
  t.deepEqual(told(planRelease(ledger, observed)), permanent);
  t.deepEqual(lease('normal', NONE, ledger, observed), permanent);
  t.deepEqual(lease('normal', NONE, emptyLedger, observed), [], 'a lifetime that somebody else gave stays');
  t.deepEqual([...recordLeases(ledger, operationsOf(planRelease(ledger, observed))).leased], []);
});
