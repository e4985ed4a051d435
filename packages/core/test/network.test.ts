import test from 'ava';
import { instancesOf } from '../dist/address-index.js';
import { type IpAddress, formatInterfaceAddress } from '../dist/address.js';
import { type Operation, formatOperation } from '../dist/network.js';
import { nameOf, withPrefix } from './arbitraries.js';
import { del, networkOf } from './networks.js';

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
