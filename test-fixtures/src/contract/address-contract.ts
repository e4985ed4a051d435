import { type Suite, EAST, NORTH, WEST } from './suite.js';
import { add, addressesNow, del, interfaceNow, observe, prepare, promote, verdicts } from './words.js';

/** Observing, and IPv4 addresses that come and go. */
export function addressContract({ test, testWith }: Suite): void {
  test('observe shows the interfaces by name, with their state', async (t, { driver, outside }) => {
    await outside.run({ op: 'link-down', interface: WEST });
    const state = await observe(driver);
    t.like(state.get(EAST), { name: EAST, up: true, promoteSecondaries: false, lower: [] });
    t.like(state.get(WEST), { name: WEST, up: false, promoteSecondaries: false, lower: [] });
    t.deepEqual(await addressesNow(driver, EAST), []);
  });

  test('observe shows addresses that somebody else has added, in the order of the kernel', async (t, { driver, outside }) => {
    for (const text of ['10.0.1.1/24', '10.0.1.2/24', '10.0.2.1/25', '2001:db8::1/64']) await outside.run(add(EAST, text));
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.1.1/24', '10.0.2.1/25', '10.0.1.2/24 secondary', '2001:db8::1/64']);
    t.deepEqual(await addressesNow(driver, WEST), []);
  });

  test('what was observed once does not change later', async (t, { driver }) => {
    const before = await observe(driver);
    await prepare(driver, add(EAST, '10.0.0.1/24'));
    t.deepEqual(before.get(EAST)?.addresses.filter(({ prefix }) => prefix === 24), []);
  });

  testWith('observe shows on what an interface stands', (harness) => harness.createOnTop, async (t, bench, createOnTop) => {
    await createOnTop(bench, NORTH, EAST);
    t.deepEqual((await interfaceNow(bench.driver, NORTH)).lower, [EAST]);
    t.deepEqual((await interfaceNow(bench.driver, EAST)).lower, []);
  });

  test('an address is added once, and removed once', async (t, { driver }) => {
    t.deepEqual(await verdicts(driver, add(EAST, '192.168.1.211/32')), ['done']);
    t.deepEqual(await addressesNow(driver, EAST), ['192.168.1.211/32']);
    t.deepEqual(await verdicts(driver, add(EAST, '192.168.1.211/32')), ['already']);
    t.deepEqual(await addressesNow(driver, EAST), ['192.168.1.211/32']);
    t.deepEqual(await verdicts(driver, del(EAST, '192.168.1.211/32')), ['done']);
    t.deepEqual(await addressesNow(driver, EAST), []);
    t.deepEqual(await verdicts(driver, del(EAST, '192.168.1.211/32')), ['already']);
  });

  test('an address may stand on two interfaces, and goes from the one that is named', async (t, { driver }) => {
    await prepare(driver, add(EAST, '10.0.0.1/32'), add(WEST, '10.0.0.1/32'), del(EAST, '10.0.0.1/32'));
    t.deepEqual(await addressesNow(driver, EAST), []);
    t.deepEqual(await addressesNow(driver, WEST), ['10.0.0.1/32']);
  });

  test('an IPv4 address may stand under two prefixes, and goes under the one that is named', async (t, { driver }) => {
    t.deepEqual(await verdicts(driver, add(EAST, '10.0.0.1/24'), add(EAST, '10.0.0.1/32'), add(EAST, '10.0.0.1/24')), ['done', 'done', 'already']);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.1/24', '10.0.0.1/32']);
    t.deepEqual(await verdicts(driver, del(EAST, '10.0.0.1/25'), del(EAST, '10.0.0.1/32'), del(EAST, '10.0.0.1/32')), ['already', 'done', 'already']);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.1/24']);
  });

  testWith('a default route survives the removal of the address that it went through, once secondaries are promoted', (harness) => harness.routes, async (t, bench, routes) => {
    await prepare(bench.driver, add(EAST, '10.0.0.1/24'), add(EAST, '10.0.0.2/24'));
    await routes.addDefault(bench, EAST, '10.0.0.254');
    await prepare(bench.driver, promote(EAST), del(EAST, '10.0.0.1/24'));
    t.is(await routes.defaultGateway(bench), '10.0.0.254');
  });
}
