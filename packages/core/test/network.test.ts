import test from 'ava';
import { instancesOf } from '../dist/address-index.js';
import { type IpAddress, formatInterfaceAddress } from '../dist/address.js';
import { type AddressAttributes, type ObservedInterface, type ObservedState, type Operation, formatOperation, sameNetwork } from '../dist/network.js';
import { nameOf, withPrefix } from './arbitraries.js';
import { del, networkOf, without } from './networks.js';

test('instances of an address come by ascending prefix', (t) => {
  const state = networkOf({ e0: ['10.0.0.1/32', '10.0.0.2/24', '10.0.0.1/24', '10.0.0.1/8'] });
  const found = instancesOf(state, nameOf('e0'), withPrefix('10.0.0.1').address);
  t.deepEqual(found.map(formatInterfaceAddress), ['10.0.0.1/8', '10.0.0.1/24', '10.0.0.1/32']);
  t.deepEqual(instancesOf(state, nameOf('none'), withPrefix('10.0.0.1').address), []);
});

test('an operation is written as a person reads it', (t) => {
  t.is(formatOperation(del('e0', '192.168.1.211/32')), 'address-del e0 192.168.1.211/32');
  t.is(formatOperation({ op: 'link-down', interface: nameOf('e0') }), 'link-down e0');
});

test('bare text is neither an interface nor an address', (t) => {
  // @ts-expect-error an InterfaceName has been read as one
  const wrongName: Operation = { op: 'link-up', interface: 'e0' };
  // @ts-expect-error an IpAddress has been read as one
  const wrongAddress: IpAddress = '10.0.0.1';
  t.truthy([wrongName, wrongAddress]);
});

test('the very same network is told from one that differs in anything', (t) => {
  const network = (): ObservedState => networkOf({ e0: ['10.0.0.1/24', '10.0.0.2/24', 'fd00::1/64'], e1: [] });
  const e0 = nameOf('e0');
  const changed = (change: (it: ObservedInterface) => Partial<ObservedInterface>): ObservedState => {
    const state = network();
    const it = state.get(e0);
    return it === undefined ? state : new Map(state).set(e0, { ...it, ...change(it) });
  };
  const withAttributes = (attributes: AddressAttributes): ObservedState =>
    changed(({ addresses }) => ({ addresses: addresses.map((it) => ({ ...it, attributes })) }));
  t.true(sameNetwork(network(), network()));
  const peer = { address: withPrefix('10.0.0.9/32').address, prefix: 32 };
  t.true(sameNetwork(withAttributes({ label: 'a', metric: 3, peer }), withAttributes({ metric: 3, peer: { ...peer }, label: 'a' })));
  for (const other of [
    without(network(), nameOf('e1')),
    networkOf({ e0: ['10.0.0.1/24', '10.0.0.2/24', 'fd00::1/64'], e2: [] }),
    changed(({ index }) => ({ index: index + 1 })),
    changed(({ up }) => ({ up: !up })),
    changed(({ promoteSecondaries }) => ({ promoteSecondaries: !promoteSecondaries })),
    changed(() => ({ lower: [nameOf('e1')] })),
    changed(({ addresses }) => ({ addresses: addresses.slice(1) })),
    changed(({ addresses }) => ({ addresses: [...addresses].reverse() })),
    changed(({ addresses }) => ({ addresses: addresses.map((it) => ({ ...it, prefix: 32 })) })),
    changed(({ addresses }) => ({ addresses: addresses.map((it) => ({ ...it, secondary: !it.secondary })) })),
    withAttributes({ label: 'a' }),
    withAttributes({ peer }),
  ]) {
    t.false(sameNetwork(network(), other));
    t.false(sameNetwork(other, network()));
  }
  t.false(sameNetwork(withAttributes({ peer }), withAttributes({ peer: { ...peer, prefix: 24 } })));
  t.false(sameNetwork(withAttributes({ metric: 1 }), withAttributes({ metric: 2 })));
});
