import { type Suite, EAST, WEST } from './suite.js';
import { add, addressesNow, apply, del, down, hostOf, prepare, tookOf, up, verdict, verdicts } from './words.js';

/** IPv6 addresses, and what becomes of both families when a link goes down and up. */
export function ipv6Contract({ test, testWith }: Suite): void {
  test('an IPv6 address is added once, and removed once', async (t, { driver }) => {
    t.deepEqual(await verdicts(driver, add(EAST, '2001:db8::211/128'), add(EAST, '2001:db8::211/128')), ['done', 'already']);
    t.deepEqual(await addressesNow(driver, EAST), ['2001:db8::211/128']);
    t.deepEqual(await verdicts(driver, del(EAST, '2001:db8::211/128'), del(EAST, '2001:db8::211/128')), ['done', 'already']);
    t.deepEqual(await addressesNow(driver, EAST), []);
  });

  test('IPv6 addresses are observed in the order in which they were added, none of them secondary', async (t, { driver }) => {
    const texts = ['2001:db8::3/64', '2001:db8::1/64', '2001:db8::2/64'];
    await prepare(driver, ...texts.map((text) => add(EAST, text)));
    t.deepEqual(await addressesNow(driver, EAST), texts);
  });

  testWith('an IPv6 address serves at once, without duplicate address detection', (harness) => harness.isUsable, async (t, bench, isUsable) => {
    await prepare(bench.driver, add(EAST, '2001:db8::211/64'));
    t.true(await isUsable(bench, EAST, hostOf('2001:db8::211')));
  });

  test('an IPv6 address under another prefix is refused, and removed under its own alone', async (t, { driver }) => {
    await prepare(driver, add(EAST, '2001:db8::211/64'));
    t.deepEqual(await verdicts(driver, add(EAST, '2001:db8::211/128'), del(EAST, '2001:db8::211/128')), ['refused', 'already']);
    t.deepEqual(await addressesNow(driver, EAST), ['2001:db8::211/64']);
  });

  test('a link goes down once, and up once', async (t, { driver }) => {
    t.deepEqual(await verdicts(driver, up(EAST), down(EAST), down(EAST), up(EAST), up(EAST)), ['already', 'done', 'already', 'done', 'already']);
  });

  test('a link that goes down keeps IPv4 and loses IPv6, which does not come back with it', async (t, { driver }) => {
    await prepare(driver, add(EAST, '10.0.0.1/24'), add(EAST, '10.0.0.2/24'), add(EAST, '2001:db8::1/64'), down(EAST));
    const kept = ['10.0.0.1/24', '10.0.0.2/24 secondary'];
    t.deepEqual(await addressesNow(driver, EAST), kept);
    await prepare(driver, up(EAST));
    t.deepEqual(await addressesNow(driver, EAST), kept);
  });

  test('a link-down tells which IPv6 addresses it dropped, whoever added them, in the order of their adding', async (t, { driver, outside }) => {
    await prepare(driver, add(EAST, '10.0.0.1/24'), add(EAST, '2001:db8::3/64'), add(EAST, '2001:db8::9/64'));
    await outside.run(add(EAST, '2001:db8::1/64'));
    await outside.run(add(EAST, '2001:db8::2/128'));
    const results = await apply(driver, del(EAST, '2001:db8::9/64'), down(EAST), down(EAST), up(EAST), down(WEST));
    t.deepEqual(results.map(verdict), ['done', 'done', 'already', 'done', 'done']);
    t.deepEqual(results.map(tookOf), [[], ['2001:db8::3/64', '2001:db8::1/64', '2001:db8::2/128'], null, null, []]);
  });

  test('addresses of both families are added to a link that is down, and stay when it goes up', async (t, { driver }) => {
    const texts = ['10.0.0.1/24', '2001:db8::1/64'];
    t.deepEqual(await verdicts(driver, down(EAST), ...texts.map((text) => add(EAST, text))), ['done', 'done', 'done']);
    t.deepEqual(await addressesNow(driver, EAST), texts);
    await prepare(driver, up(EAST));
    t.deepEqual(await addressesNow(driver, EAST), texts);
  });
}
