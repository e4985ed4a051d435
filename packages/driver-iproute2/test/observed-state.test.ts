import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { type InterfaceName, type ObservedInterface, type ObservedState, formatInterfaceAddress } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { readJsonOutput } from '../dist/json-output.js';
import { type SeenLink, observedState } from '../dist/observed-state.js';
import { readTextOutput } from '../dist/text-output.js';

const recorded = (name: string): string => readFileSync(new URL(`../../../test-fixtures/ip-output/${name}`, import.meta.url), 'utf8');

function seen(t: ExecutionContext, links: E.Either<string, readonly SeenLink[]>): ObservedState {
  t.is(E.isLeft(links) ? links.left : null, null);
  return observedState(E.isRight(links) ? links.right : [], (name) => name === 'east');
}

const ofJson = (t: ExecutionContext, text: string): ObservedState => seen(t, readJsonOutput(text));
const ofText = (t: ExecutionContext, links: string, addresses: string): ObservedState => seen(t, readTextOutput(links, addresses));

const recordedJson = (t: ExecutionContext): ObservedState => ofJson(t, recorded('6.1/address.json'));
const recordedText = (t: ExecutionContext, version: string): ObservedState =>
  ofText(t, recorded(`${version}/link.txt`), recorded(`${version}/address.txt`));

/** What is left when there are no metrics, which iproute2 4.9 does not show. */
const withoutMetrics = (state: ObservedState): ObservedState =>
  new Map(
    [...state].map(([name, it]): [InterfaceName, ObservedInterface] => [
      name,
      { ...it, addresses: it.addresses.map(({ attributes: { metric: _, ...attributes }, ...rest }) => ({ ...rest, attributes })) },
    ]),
  );

const get = (state: ObservedState, name: string): ObservedInterface | undefined => state.get(name as InterfaceName);

test('JSON and text of one network lead to one state', (t) => {
  t.deepEqual(recordedText(t, '6.1'), recordedJson(t));
});

test('text of iproute2 4.9 leads to the same state but for metrics', (t) => {
  t.deepEqual(recordedText(t, '4.9'), withoutMetrics(recordedJson(t)));
});

test('addresses are observed with all that they carry, IPv4 in the order of the kernel, IPv6 with the oldest first', (t) => {
  const shown = get(recordedJson(t), 'east')?.addresses.map(({ secondary, attributes, ...it }) => [
    `${formatInterfaceAddress(it)}${secondary ? ' secondary' : ''}`,
    attributes,
  ]);
  t.deepEqual(shown?.filter(([text]) => typeof text === 'string' && !text.startsWith('fe80')), [
    ['10.1.0.3/24', { scope: 'link' }],
    ['10.6.0.1/16', { scope: '42' }],
    ['10.0.0.1/24', { label: 'east:a', broadcast: '10.0.0.255' }],
    ['10.0.0.1/32', {}],
    ['10.9.0.1/32', { peer: { address: '10.9.0.2', prefix: 32 } }],
    ['10.9.1.1/24', { peer: { address: '10.9.2.1', prefix: 24 }, broadcast: '10.9.2.255' }],
    ['10.8.0.1/24', { metric: 55, validLifetime: 100000, preferredLifetime: 50000, noPrefixRoute: true }],
    ['10.7.0.1/16', { validLifetime: 100000, preferredLifetime: 0 }],
    ['10.0.0.2/24 secondary', {}],
    ['fd00::1/64', {}],
    ['fd00::2/64', { metric: 77 }],
    ['fd00::3/64', { validLifetime: 100000, preferredLifetime: 50000, noPrefixRoute: true }],
    ['fd00:1::1/128', { peer: { address: 'fd00:1::2', prefix: 128 } }],
    ['fd00:3::1/64', {}],
  ]);
});

test('names with odd characters, and names spelt like flags, are names', (t) => {
  for (const state of [recordedJson(t), recordedText(t, '6.1'), recordedText(t, '4.9')]) {
    const names = ['b@c', 'a\\', '"q"', "#it's", 'dynamic', 'secondary'];
    t.deepEqual(names.filter((name) => get(state, name) === undefined), []);
    t.deepEqual(get(state, 'dynamic')?.addresses.map(({ prefix, secondary, attributes }) => ({ prefix, secondary, attributes })), [
      { prefix: 24, secondary: false, attributes: {} },
      { prefix: 24, secondary: true, attributes: {} },
    ]);
    t.deepEqual(get(state, 'secondary')?.addresses.map(({ secondary }) => secondary), [false]);
  }
});

test('up is the administrative state, without a carrier too', (t) => {
  const state = recordedJson(t);
  t.deepEqual(['east', 'west', 'port0', 'br0'].map((name) => get(state, name)?.up), [true, false, true, false]);
});

test('promotion is what it is told', (t) => {
  const state = recordedJson(t);
  t.deepEqual([...state.values()].filter(({ promoteSecondaries }) => promoteSecondaries).map(({ name }) => name), ['east' as InterfaceName]);
});

test('a device stands on its parent and on its ports, not on its peer, and on nothing in another namespace', (t) => {
  const lower = [...recordedJson(t).values()].filter((it) => it.lower.length > 0).map((it) => [it.name, ...it.lower]);
  t.deepEqual(lower as string[][], [['br0', 'port0'], ['mv0', 'east'], ['vx0', 'east']]);
});

const VLAN_AND_BOND = `\
2: eth0: <BROADCAST,MULTICAST,SLAVE,UP,LOWER_UP> mtu 1500 qdisc mq master bond0 state UP mode DEFAULT group default qlen 1000\\    link/ether 52:54:00:00:00:02 brd ff:ff:ff:ff:ff:ff promiscuity 0 \\    bond_slave state ACTIVE mii_status UP link_failure_count 0 perm_hwaddr 52:54:00:00:00:02 queue_id 0 numtxqueues 1 numrxqueues 1
3: eth1: <BROADCAST,MULTICAST,SLAVE,UP,LOWER_UP> mtu 1500 qdisc mq master bond0 state UP mode DEFAULT group default qlen 1000\\    link/ether 52:54:00:00:00:02 brd ff:ff:ff:ff:ff:ff promiscuity 0 \\    bond_slave state BACKUP mii_status UP link_failure_count 0 perm_hwaddr 52:54:00:00:00:03 queue_id 0 numtxqueues 1 numrxqueues 1 \\    alias veth dev eth9
4: bond0: <BROADCAST,MULTICAST,MASTER,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000\\    link/ether 52:54:00:00:00:02 brd ff:ff:ff:ff:ff:ff promiscuity 0 \\    bond mode active-backup active_slave eth0 miimon 100
5: bond0.7@bond0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000\\    link/ether 52:54:00:00:00:02 brd ff:ff:ff:ff:ff:ff promiscuity 0 \\    vlan protocol 802.1Q id 7 <REORDER_HDR> addrgenmode eui64
6: tunl0@NONE: <NOARP> mtu 1480 qdisc noop state DOWN mode DEFAULT group default qlen 1\\    link/ipip 0.0.0.0 brd 0.0.0.0 promiscuity 0 \\    ipip remote any local any ttl inherit nopmtudisc addrgenmode eui64
`;

test('a VLAN stands on its bond, a bond on its ports: text', (t) => {
  const state = ofText(t, VLAN_AND_BOND, '5: bond0.7    inet 10.0.0.1/24 scope global bond0.7\\       valid_lft forever preferred_lft forever\n');
  t.deepEqual([...state.values()].map(({ name, lower }) => [name, ...lower]) as string[][], [
    ['eth0'],
    ['eth1'],
    ['bond0', 'eth0', 'eth1'],
    ['bond0.7', 'bond0'],
    ['tunl0'],
  ]);
  t.is(get(state, 'bond0.7')?.addresses.length, 1);
});

test('a VLAN stands on its bond, a bond on its ports: JSON', (t) => {
  const records = [
    { ifindex: 2, ifname: 'eth0', flags: ['UP'], master: 'bond0', linkinfo: { info_slave_kind: 'bond' }, addr_info: [] },
    { ifindex: 4, ifname: 'bond0', flags: ['UP'], linkinfo: { info_kind: 'bond' }, addr_info: [] },
    { ifindex: 5, link: 'bond0', ifname: 'bond0.7', flags: ['UP'], linkinfo: { info_kind: 'vlan' }, addr_info: [] },
    { ifindex: 6, link: null, ifname: 'tunl0', flags: ['NOARP'], linkinfo: { info_kind: 'ipip' } },
  ];
  const state = ofJson(t, JSON.stringify(records));
  t.deepEqual([...state.values()].map(({ name, lower }) => [name, ...lower]) as string[][], [['eth0'], ['bond0', 'eth0'], ['bond0.7', 'bond0'], ['tunl0']]);
});

test('what early versions leave among the JSON is passed over', (t) => {
  const text = '[{},{"ifindex":1,"ifname":"lo","flags":["UP"],"addr_info":[{},{"family":"inet","local":"127.0.0.1","prefixlen":8}]}]';
  t.is(get(ofJson(t, text), 'lo')?.addresses.length, 1);
  t.is(ofJson(t, '').size, 0);
});

test('interfaces with names that no configuration can hold are left out', (t) => {
  const state = ofJson(t, '[{"ifindex":1,"ifname":"a,b","flags":[]},{"ifindex":2,"ifname":"eth0","flags":[],"link":"a,b"}]');
  t.deepEqual([...state.keys()] as string[], ['eth0']);
  t.deepEqual(get(state, 'eth0')?.lower, []);
});

for (const [text, words] of [
  ['rubbish', /no JSON/],
  ['{}', /expected form/],
  ['[{"ifindex":1}]', /"ifname" is not as expected/],
  ['[{"ifindex":"1","ifname":"lo","flags":[]}]', /"ifindex" is not as expected/],
  ['[{"ifindex":1,"ifname":"lo","flags":[],"addr_info":[{"family":"inet","local":"10.0.0.300","prefixlen":8}]}]', /"local" is not as expected of lo/],
] as const) {
  test(`JSON that is not as expected is refused: ${text}`, (t) => {
    const read = readJsonOutput(text);
    t.regex(E.isLeft(read) ? read.left : 'accepted', words);
  });
}

test('text that is not as expected is refused with the line', (t) => {
  for (const [links, addresses, words] of [
    ['rubbish\n', '', /"rubbish"/],
    ['', 'rubbish\n', /"rubbish"/],
    ['', '1: lo    inet 10.0.0.300/8 scope host lo\n', /10\.0\.0\.300/],
  ] as const) {
    const read = readTextOutput(links, addresses);
    t.regex(E.isLeft(read) ? read.left : 'accepted', words);
  }
});
