import test, { type ExecutionContext } from 'ava';
import { type AddressAttributes, type InterfaceName, type NetworkDriver, type Operation, formatInterfaceAddress } from '@fastbypass/core';
import { Namespace, words } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';
import { netlinkDriver } from '../dist/index.js';
import { driverIn, whyNotHere } from './bench.js';

const { add, del, down, up, promote, apply, verdict, verdicts, prepare, addressesNow, interfaceNow, observe } = words;

const EAST = 'east' as InterfaceName;
const SOUTH = 'south' as InterfaceName;

const reason = await whyNotHere();

/** A test in a namespace of its own with the interface `east`. */
function inNamespace(title: string, body: (t: ExecutionContext, driver: NetworkDriver, namespace: Namespace) => Promise<void>): void {
  if (reason !== null) {
    test.serial.skip(`${title} (${reason})`, () => undefined);
    return;
  }
  test.serial(title, async (t) => {
    const namespace = await Namespace.create();
    const driver = driverIn(namespace);
    try {
      await namespace.addPair(EAST);
      await body(t, driver, namespace);
    } finally {
      await driver.close();
      await namespace.delete();
    }
  });
}

const messageOf = async (driver: NetworkDriver, operation: Operation): Promise<string> => {
  const [result] = await apply(driver, operation);
  return result?.outcome === 'failed' ? result.error.message : (result?.outcome ?? '');
};

// -------------------------------------------------------------------------------------
// plans
// -------------------------------------------------------------------------------------

inNamespace('an address with a peer is removed in the middle of a plan, one that the plan adds after it stays', async (t, driver, namespace) => {
  await namespace.ip('address', 'add', '10.9.0.1', 'peer', '10.9.0.2/32', 'dev', EAST);
  const peer = words.addressOf('10.9.0.3/32');
  t.deepEqual(
    await verdicts(driver, add(EAST, '10.0.0.1/32'), del(EAST, '10.9.0.1/32'), add(EAST, '10.9.0.1/32', { peer }), add(EAST, '10.0.0.2/32')),
    ['done', 'done', 'done', 'done'],
  );
  t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.1/32', '10.9.0.1/32', '10.0.0.2/32']);
  t.deepEqual((await interfaceNow(driver, EAST)).addresses.find(({ address }) => address === '10.9.0.1')?.attributes, { peer });
});

inNamespace('an IPv4 address that a plan removes before it adds it was not there', async (t, driver) => {
  t.deepEqual(await verdicts(driver, del(EAST, '10.0.0.1/32'), add(EAST, '10.0.0.1/32')), ['already', 'done']);
});

inNamespace('under which prefix IPv6 was there is found out for the moment, not for the end of the plan', async (t, driver) => {
  const [wide, narrow] = ['2001:db8::1/64', '2001:db8::1/128'] as const;
  await prepare(driver, add(EAST, wide));
  t.deepEqual(await verdicts(driver, add(EAST, narrow), add(EAST, wide), del(EAST, wide), add(EAST, narrow)), ['refused', 'already', 'done', 'done']);
  t.deepEqual(await addressesNow(driver, EAST), [narrow]);
});

inNamespace('the states of links are told for the moment', async (t, driver) => {
  t.deepEqual(
    await verdicts(driver, up(EAST), down(EAST), add(EAST, '10.0.0.1/32'), down(EAST), up(EAST), promote(EAST), promote(EAST)),
    ['already', 'done', 'done', 'already', 'done', 'done', 'already'],
  );
});

for (const [family, text] of [
  ['IPv4', '10.0.0.1/32'],
  ['IPv6', '2001:db8::1/64'],
] as const) {
  inNamespace(`a lifetime of ${family} is renewed, and ended`, async (t, driver) => {
    const attributesNow = async (): Promise<AddressAttributes | undefined> => (await interfaceNow(driver, EAST)).addresses.find((it) => formatInterfaceAddress(it) === text)?.attributes;
    const lifetime = async (): Promise<number> => (await attributesNow())?.validLifetime ?? Infinity;
    const lease = (validLifetime: number): Operation => add(EAST, text, { validLifetime });
    t.deepEqual(await verdicts(driver, del(EAST, text), lease(50)), ['already', 'done']);
    t.true((await lifetime()) <= 50);
    t.deepEqual(await verdicts(driver, lease(900)), ['done']);
    t.true((await lifetime()) > 800 && (await lifetime()) <= 900);
    t.deepEqual(await verdicts(driver, add(EAST, text)), ['already']);
    t.true((await lifetime()) <= 900);
    t.deepEqual(await verdicts(driver, lease(Infinity)), ['done']);
    t.deepEqual(await attributesNow(), {});
  });
}

inNamespace('a lifetime of IPv6 is not given to the same address under another prefix', async (t, driver) => {
  await prepare(driver, add(EAST, '2001:db8::1/64'));
  t.deepEqual(await verdicts(driver, add(EAST, '2001:db8::1/128', { validLifetime: 50 })), ['refused']);
  const [there] = (await interfaceNow(driver, EAST)).addresses.filter(({ address }) => address === '2001:db8::1');
  t.deepEqual(there?.attributes, {});
});

inNamespace('what the kernel refuses is told in its words', async (t, driver, namespace) => {
  await prepare(driver, add(EAST, '10.0.0.1/24'));
  t.regex(await messageOf(driver, add(EAST, '10.0.0.2/24', { scope: 'link' })), /^address-add east 10\.0\.0\.2\/24: .*scope.* \(EINVAL\)\.$/i);
  await namespace.run('sh', '-c', `echo 1 > /proc/sys/net/ipv6/conf/${EAST}/disable_ipv6`);
  t.regex(await messageOf(driver, add(EAST, '2001:db8::1/64')), /^address-add east 2001:db8::1\/64: .*(denied|disabled).* \(EACCES\)\.$/i);
  t.is(verdict((await apply(driver, del(EAST, '2001:db8::1/64')))[0] ?? { outcome: 'done' }), 'already');
});

inNamespace('an alternative name is no name of an interface', async (t, driver, namespace) => {
  await namespace.ip('link', 'property', 'add', 'dev', EAST, 'altname', SOUTH);
  t.deepEqual(await verdicts(driver, down(SOUTH), add(SOUTH, '10.0.0.1/32')), ['no-such-interface', 'no-such-interface']);
  t.true((await interfaceNow(driver, EAST)).up);
});

inNamespace('1000 operations on 1000 interfaces', async (t, driver, namespace) => {
  const names = Array.from({ length: 500 }, (_, n) => [`n${n}`, `m${n}`]).flat() as InterfaceName[];
  await namespace.batch(Array.from({ length: 500 }, (_, n) => `link add name n${n} type veth peer name m${n}`));
  t.deepEqual(new Set(await verdicts(driver, ...names.map(up))), new Set(['done']));
  t.deepEqual(new Set(await verdicts(driver, ...names.map((name, n) => add(name, `10.8.${n >> 8}.${n & 255}/32`)))), new Set(['done']));
  const state = await observe(driver);
  t.true(names.every((name) => state.get(name)?.up === true && state.get(name)?.addresses.some(({ prefix }) => prefix === 32) === true));
});

// -------------------------------------------------------------------------------------
// looks
// -------------------------------------------------------------------------------------

inNamespace('2000 interfaces are observed while the event loop has its turns', async (t, driver, namespace) => {
  await namespace.batch(Array.from({ length: 1000 }, (_, n) => `link add name n${n} type veth peer name m${n}`));
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  const state = await observe(driver);
  clearInterval(ticking);
  t.is([...state.keys()].filter((name) => /^[nm]\d+$/.test(name)).length, 2000);
  t.true(turns >= 3, `${turns} turns`);
});

inNamespace('a look is whole while the network changes all the time', async (t, driver, namespace) => {
  await namespace.batch(Array.from({ length: 300 }, (_, n) => `link add name n${n} type veth peer name m${n}`));
  const expected = ['10.0.0.1/32', '10.0.0.2/32'];
  await prepare(driver, ...expected.map((text) => add(EAST, text)));
  let changing = true;
  const change = async (): Promise<void> => {
    const lines = Array.from({ length: 20 }, (_, n) => [`link add name x${n} type veth peer name y${n}`, `link delete dev x${n}`]).flat();
    while (changing) await namespace.batch(lines);
  };
  const running = change();
  try {
    for (let n = 0; n < 30; n++) {
      const state = await observe(driver);
      t.is([...state.keys()].filter((name) => /^[nm]\d+$/.test(name)).length, 600);
      t.deepEqual(state.get(EAST)?.addresses.filter(({ prefix }) => prefix === 32).map(({ address }) => `${address}/32`), expected);
    }
  } finally {
    changing = false;
    await running;
  }
});

inNamespace('plans are carried out at once while looks are under way', async (t, driver, namespace) => {
  await namespace.batch(Array.from({ length: 300 }, (_, n) => `link add name n${n} type veth peer name m${n}`));
  const looks = Promise.all([observe(driver), observe(driver), observe(driver)]);
  t.deepEqual(await verdicts(driver, add(EAST, '10.0.0.1/32'), del(EAST, '10.0.0.9/32'), del(EAST, '10.0.0.1/32')), ['done', 'already', 'done']);
  for (const state of await looks) t.true(state.has('n299' as InterfaceName));
});

inNamespace('promotion through all counts for each', async (t, driver, namespace) => {
  await namespace.setPromotion('all', true);
  t.true((await interfaceNow(driver, EAST)).promoteSecondaries);
  // It is the interface's own that the operation turns on.
  t.deepEqual(await verdicts(driver, promote(EAST)), ['done']);
});

if (reason === null) {
  test.serial('a namespace that is not there is told in one line', (t) => {
    const driver = netlinkDriver({ netns: '/run/netns/there-is-none' });
    t.true(E.isLeft(driver));
    if (E.isLeft(driver)) t.regex(driver.left.message, /^The netlink driver cannot work: open: .*\(ENOENT\)\.$/);
  });
}
