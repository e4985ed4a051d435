import test from 'ava';
import { type AddressAttributes, type InterfaceName } from '@fastbypass/core';
import { words } from '@fastbypass/test-fixtures';
import { type IpOperation, fitsBatch, mayBeIndex, wordsOf } from '../dist/operation-words.js';

const ETH0 = 'eth0' as InterfaceName;

const said = (operation: unknown): string => wordsOf(operation as IpOperation).join(' ');
const added = (text: string, attributes?: AddressAttributes): string => said(words.add(ETH0, text, attributes));

test('an address is removed under its prefix alone, /32 too', (t) => {
  t.is(said(words.del(ETH0, '10.0.0.1/32')), 'address del 10.0.0.1/32 dev eth0');
});

test('links', (t) => {
  t.is(said(words.up(ETH0)), 'link set dev eth0 up');
  t.is(said(words.down(ETH0)), 'link set dev eth0 down');
});

test('a bare address is added with the scope of the kernel, IPv6 without duplicate address detection', (t) => {
  t.is(added('10.0.0.1/32'), 'address add 10.0.0.1/32 scope global dev eth0');
  t.is(added('127.0.0.9/8'), 'address add 127.0.0.9/8 scope global dev eth0');
  t.is(added('2001:db8::1/64'), 'address add 2001:db8::1/64 nodad dev eth0');
});

test('what an address carries is said', (t) => {
  const all = { scope: 'site', label: 'eth0:1', broadcast: '10.0.0.255', metric: 7, noPrefixRoute: true, peer: words.addressOf('10.0.1.1/24') };
  t.is(
    added('10.0.0.1/24', all),
    'address add 10.0.0.1 peer 10.0.1.1/24 broadcast 10.0.0.255 metric 7 scope site label eth0:1 noprefixroute dev eth0',
  );
});

test('a label that ip would refuse is left out: the address matters more', (t) => {
  t.is(added('10.0.0.1/24', { label: 'mgmt' }), 'address add 10.0.0.1/24 scope global dev eth0');
});

test('with a lifetime what is there is renewed; a preferred lifetime is never longer', (t) => {
  t.is(added('10.0.0.1/24', { validLifetime: 9 }), 'address replace 10.0.0.1/24 scope global valid_lft 9 preferred_lft 9 dev eth0');
  t.is(added('10.0.0.1/24', { validLifetime: 0.2, preferredLifetime: 0 }), 'address replace 10.0.0.1/24 scope global valid_lft 1 preferred_lft 0 dev eth0');
  t.is(added('10.0.0.1/24', { preferredLifetime: 0 }), 'address add 10.0.0.1/24 scope global preferred_lft 0 dev eth0');
});

test('what the batch reader of ip would take apart does not fit', (t) => {
  for (const name of ['eth0', '-eth0', 'e@0', 'e.5', 'é']) t.true(fitsBatch(['dev', name]), name);
  for (const name of ['e#0', '"e', "it's", 'e\\', '']) t.false(fitsBatch(['dev', name]), name);
});

test('names that ip may take for an index', (t) => {
  t.true(mayBeIndex('if12'));
  for (const name of ['ifb0', 'if', 'xif1', 'if1x']) t.false(mayBeIndex(name), name);
});
