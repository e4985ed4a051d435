/** The network as netlink shows it is the network as iproute2 shows it, and can be put back from what was shown. */
import test, { type ExecutionContext } from 'ava';
import type { InterfaceName, NetworkDriver, ObservedInterface, Operation } from '@fastbypass/core';
import { iproute2Driver } from '@fastbypass/driver-iproute2';
import { Namespace, until, words } from '@fastbypass/test-fixtures';
import { driverIn, whyNotHere } from './bench.js';

const EAST = 'east' as InterfaceName;

const reason = await whyNotHere();

/** Lines for `ip -batch`; what this kernel does not know is left out. */
const LINKS: readonly (readonly string[])[] = [
  ['link add name east type veth peer name west', 'link set dev east up', 'link set dev west up'],
  ['link add name north type veth peer name south', 'link set dev north up'],
  ['link add name br type bridge', 'link set dev south master br', 'link set dev br up'],
  ['link add link east name mac type macvlan', 'link set dev mac up'],
  ['link add link east name east.5 type vlan id 5', 'link set dev east.5 up'],
  ['link add name bond type bond', 'link add name b1 type veth peer name b2', 'link set dev b1 master bond'],
  ['link add name vx type vxlan id 7 dev east dstport 4789', 'link set dev vx up'],
  ['link add name vx0 type vxlan id 8 dstport 4790'],
  ['link add name gre1 type gre local 10.0.0.1 remote 10.0.0.9 dev east'],
  ['link add name dum type dummy', 'link set dev dum up'],
  ['link add name vrf1 type vrf table 10', 'link set dev north master vrf1'],
  ['link add name i@f type veth peer name peer7', 'link set dev i@f up'],
  ['link property add dev west altname occident'],
];

const ADDRESSES = [
  'address add 10.0.0.1/24 broadcast + dev east',
  'address add 10.0.0.2/24 dev east label east:two',
  'address add 10.0.1.1/24 dev east scope link metric 77',
  'address add 10.0.2.1 peer 10.0.3.1/32 dev east',
  'address add 10.0.4.1/24 dev east noprefixroute valid_lft 5000 preferred_lft 4000',
  'address add 10.0.5.1/24 dev east scope 42 valid_lft 5000 preferred_lft 0',
  'address add 127.9.9.9/8 dev lo',
  'address add 2001:db8::1/64 dev east nodad',
  'address add 2001:db8::2/64 dev east nodad valid_lft 5000 preferred_lft 4000',
  'address add 2001:db8::3 peer 2001:db8::4/128 dev east nodad',
  'address add 2001:db8:0:1::1/64 dev east nodad metric 99 noprefixroute',
  'address add ::ffff:1.2.3.4/128 dev east nodad',
  'address add fe80::77/64 dev east nodad',
  'address add 2001:db8:7::1/64 dev west',
  'address add 10.0.6.1/32 dev west',
];

async function allOf(driver: NetworkDriver): Promise<readonly ObservedInterface[]> {
  const state = await words.observe(driver);
  return [...state.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Without what passes by itself. */
const timeless = (interfaces: readonly ObservedInterface[]): unknown =>
  interfaces.map((it) => ({
    ...it,
    addresses: it.addresses.map(({ attributes: { validLifetime, preferredLifetime, ...others }, ...address }) => ({
      ...address,
      others,
      mortal: validLifetime !== undefined,
      deprecated: preferredLifetime === 0,
    })),
  }));

async function look(t: ExecutionContext, namespace: Namespace, netlink: NetworkDriver, iproute2: NetworkDriver): Promise<void> {
  for (const lines of LINKS) await namespace.batch(lines).catch(() => t.log(`not on this kernel: ${lines.join(', ')}`));
  await namespace.batch(ADDRESSES);
  await namespace.setPromotion('west', true);
  const before = await allOf(netlink);
  t.deepEqual(timeless(before), timeless(await allOf(iproute2)));
  t.like(before.find(({ name }) => name === 'west'), { promoteSecondaries: true });
  t.deepEqual(before.find(({ name }) => name === 'br')?.lower, ['south']);

  // Lifetimes are the same too, unless a second passes between the two looks.
  await until('lifetimes are the same', async () => {
    const [mine, other] = [await allOf(netlink), await allOf(iproute2)];
    const lifetimes = (all: readonly ObservedInterface[]): string =>
      JSON.stringify(all.flatMap(({ addresses }) => addresses.map(({ attributes }) => [attributes.validLifetime, attributes.preferredLifetime])));
    return lifetimes(mine) === lifetimes(other);
  });

  const { addresses } = await words.interfaceNow(netlink, EAST);
  t.true(addresses.length >= 12);
  const away = addresses.toReversed().map((address): Operation => ({ op: 'address-del', interface: EAST, address }));
  const back = addresses.map(({ attributes, ...address }): Operation => ({ op: 'address-add', interface: EAST, address, attributes }));
  await words.prepare(netlink, ...away);
  t.deepEqual((await words.interfaceNow(netlink, EAST)).addresses, []);
  await words.prepare(netlink, ...back);
  t.deepEqual(timeless(await allOf(iproute2)), timeless(before));
}

const title = 'a rich network looks the same through netlink and through iproute2, and is put back as it was';

if (reason !== null) {
  test.skip(`${title} (${reason})`, () => undefined);
} else {
  test(title, async (t) => {
    const namespace = await Namespace.create();
    const [netlink, iproute2] = [driverIn(namespace), iproute2Driver({ prefix: namespace.prefix })];
    try {
      await look(t, namespace, netlink, iproute2);
    } finally {
      await Promise.all([netlink.close(), iproute2.close()]);
      await namespace.delete();
    }
  });
}
