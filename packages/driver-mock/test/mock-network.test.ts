import test from 'ava';
import type { DriverError, InterfaceName, WatchEvent } from '@fastbypass/core';
import { words } from '@fastbypass/test-fixtures';
import { MockNetwork } from '../dist/mock-network.js';

const { add, addressOf, del, down, hostOf, promote, up, verdict } = words;

const E0 = 'e0' as InterfaceName;
const E1 = 'e1' as InterfaceName;

const addressesOf = (network: MockNetwork, name = E0): readonly string[] =>
  (network.state.get(name)?.addresses ?? []).map(({ address, prefix, secondary }) => `${address}/${prefix}${secondary ? ' secondary' : ''}`);

const eventsOf = (network: MockNetwork): readonly WatchEvent[] => {
  const events: WatchEvent[] = [];
  network.subscribe((event) => events.push(event));
  return events;
};

const changed = (name: InterfaceName): WatchEvent => ({ type: 'changed', interface: name });

const REFUSED: DriverError = { kind: 'refused', message: 'told to refuse' };
const LATE: DriverError = { kind: 'timed-out', message: 'told to be late' };

// -------------------------------------------------------------------------------------
// construction
// -------------------------------------------------------------------------------------

test('an interface needs a name alone', (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  t.deepEqual(network.state.get(E0), { name: E0, index: 1, up: true, promoteSecondaries: false, addresses: [], lower: [] });
});

test('addresses are added in their order, under the rules of the kernel', (t) => {
  const addresses = ['10.0.0.1/24', '10.0.0.2/24', '10.0.0.1/24', '10.1.0.1/16', '2001:db8::1/64', '2001:db8::1/128'].map(addressOf);
  const network = new MockNetwork([{ name: E0, up: false, addresses, promoteSecondaries: true }]);
  t.deepEqual(addressesOf(network), ['10.0.0.1/24', '10.1.0.1/16', '10.0.0.2/24 secondary', '2001:db8::1/64']);
  t.like(network.state.get(E0), { up: false, promoteSecondaries: true });
});

test('a snapshot stays as it was', (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const before = network.state;
  network.apply(add(E0, '10.0.0.1/24'));
  network.createInterface({ name: E1 });
  t.deepEqual(before.get(E0)?.addresses, []);
  t.false(before.has(E1));
});

// -------------------------------------------------------------------------------------
// somebody else
// -------------------------------------------------------------------------------------

test('what the kernel would refuse to somebody else has no effect, and is told to nobody', (t) => {
  const network = new MockNetwork([{ name: E0, addresses: [addressOf('10.0.0.1/24')] }]);
  const events = eventsOf(network);
  const before = network.state;
  for (const operation of [add(E0, '10.0.0.1/24'), del(E0, '10.0.0.2/24'), add(E1, '10.0.0.1/24'), up(E0)]) network.external(operation);
  t.is(network.state, before);
  t.deepEqual(events, []);
});

test('no fault strikes somebody else', (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  network.failOn({ error: REFUSED });
  network.external(add(E0, '10.0.0.1/24'));
  t.deepEqual(addressesOf(network), ['10.0.0.1/24']);
});

test('a flap loses IPv6 and leaves the link up', (t) => {
  const network = new MockNetwork([{ name: E0, addresses: [addressOf('10.0.0.1/24'), addressOf('2001:db8::1/64')] }]);
  const events = eventsOf(network);
  network.flap(E0);
  t.deepEqual(addressesOf(network), ['10.0.0.1/24']);
  t.true(network.state.get(E0)?.up);
  t.deepEqual(events, [changed(E0), changed(E0)]);
});

test('interfaces come, go and change their names', (t) => {
  const network = new MockNetwork([{ name: E0, addresses: [addressOf('10.0.0.1/24')] }, { name: 'vlan' as InterfaceName, lower: [E0] }]);
  const events = eventsOf(network);
  network.renameInterface(E0, E1);
  t.deepEqual(addressesOf(network, E1), ['10.0.0.1/24']);
  t.deepEqual(network.state.get('vlan' as InterfaceName)?.lower, [E1]);
  network.deleteInterface(E1);
  t.deepEqual(network.state.get('vlan' as InterfaceName)?.lower, []);
  network.createInterface({ name: E1 });
  t.deepEqual(addressesOf(network, E1), []);
  t.deepEqual(events, [changed(E0), changed(E1), changed(E1), changed(E1)]);
});

test('an interface is neither created twice, nor renamed over another, nor missed', (t) => {
  const network = new MockNetwork([{ name: E0 }, { name: E1, up: false }]);
  const before = network.state;
  network.createInterface({ name: E1 });
  network.renameInterface(E0, E1);
  network.renameInterface('none' as InterfaceName, 'other' as InterfaceName);
  network.deleteInterface('none' as InterfaceName);
  network.setPromotion('none' as InterfaceName, true);
  t.is(network.state, before);
});

// -------------------------------------------------------------------------------------
// faults
// -------------------------------------------------------------------------------------

test('a fault strikes what it names, and nothing else', (t) => {
  const network = new MockNetwork([{ name: E0 }, { name: E1 }]);
  network.failOn({ op: 'address-add', interface: E0, address: hostOf('10.0.0.1'), error: REFUSED });
  t.deepEqual(network.apply(add(E0, '10.0.0.1/24')), { outcome: 'failed', error: REFUSED });
  t.deepEqual(network.apply(add(E0, '10.0.0.1/32')), { outcome: 'failed', error: REFUSED });
  for (const operation of [add(E0, '10.0.0.2/24'), add(E1, '10.0.0.1/24'), down(E0)]) t.is(verdict(network.apply(operation)), 'done');
  t.is(verdict(network.apply(del(E0, '10.0.0.1/24'))), 'already');
  t.deepEqual(addressesOf(network), ['10.0.0.2/24']);
});

test('a fault strikes so many times, then the next one does', (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  network.failOn({ times: 2, error: REFUSED });
  network.failOn({ times: 1, error: LATE });
  const attempts = [1, 2, 3, 4, 5].map(() => verdict(network.apply(add(E0, '10.0.0.1/24'))));
  t.deepEqual(attempts, ['refused', 'refused', 'timed-out', 'done', 'already']);
});

test('a fault is lifted', (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const lift = network.failOn({ op: 'promote-secondaries', error: REFUSED });
  t.is(verdict(network.apply(promote(E0))), 'refused');
  lift();
  t.is(verdict(network.apply(promote(E0))), 'done');
});

test('an operation may be carried out and its answer lost', (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  network.failOn({ times: 1, error: LATE, carriedOut: true });
  t.is(verdict(network.apply(add(E0, '10.0.0.1/24'))), 'timed-out');
  t.is(verdict(network.apply(add(E0, '10.0.0.1/24'))), 'already');
});

// -------------------------------------------------------------------------------------
// notices
// -------------------------------------------------------------------------------------

test('every change is told at once, whoever makes it', (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const events = eventsOf(network);
  network.apply(add(E0, '10.0.0.1/24'));
  network.external(del(E0, '10.0.0.1/24'));
  network.setPromotion(E0, true);
  network.setPromotion(E0, true);
  t.deepEqual(events, [changed(E0), changed(E0), changed(E0)]);
});

test('an overflow loses what happens meanwhile', (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const events = eventsOf(network);
  network.overflow(() => network.external(add(E0, '10.0.0.1/24')));
  network.external(add(E0, '10.0.0.2/24'));
  t.deepEqual(events, [{ type: 'overflow' }, changed(E0)]);
  t.deepEqual(addressesOf(network), ['10.0.0.1/24', '10.0.0.2/24 secondary']);
});

test('subscriptions end, one by one or all at once', (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const first: WatchEvent[] = [];
  const unsubscribe = network.subscribe((event) => first.push(event));
  const second = eventsOf(network);
  unsubscribe();
  network.external(down(E0));
  network.endWatches(LATE);
  network.external(up(E0));
  t.deepEqual(first, []);
  t.deepEqual(second, [changed(E0), { type: 'ended', error: LATE }]);
});
