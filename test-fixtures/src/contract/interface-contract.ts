import { type Suite, EAST, NORTH, WEST } from './suite.js';
import { add, addressesNow, apply, del, down, interfaceNow, observe, prepare, promote, up, verdicts } from './words.js';

/** Interfaces that are missing, come, go, and change their names. */
export function interfaceContract({ test }: Suite): void {
  test('every operation on a missing interface fails and names it', async (t, { driver }) => {
    const operations = [add(NORTH, '10.0.0.1/32'), del(NORTH, '10.0.0.1/32'), add(NORTH, '2001:db8::1/64'), up(NORTH), down(NORTH), promote(NORTH)];
    for (const result of await apply(driver, ...operations)) {
      t.like(result, { outcome: 'failed', error: { kind: 'no-such-interface', interface: NORTH } });
    }
    t.false((await observe(driver)).has(NORTH));
  });

  test('an interface that is created later is worked on at once', async (t, { driver, outside }) => {
    t.deepEqual(await verdicts(driver, add(NORTH, '10.0.0.1/32')), ['no-such-interface']);
    await outside.create(NORTH);
    t.deepEqual(await verdicts(driver, add(NORTH, '10.0.0.1/32'), down(NORTH)), ['done', 'done']);
    t.deepEqual(await addressesNow(driver, NORTH), ['10.0.0.1/32']);
    t.false((await interfaceNow(driver, NORTH)).up);
  });

  test('a name leads to the interface that bears it now, after a renaming', async (t, { driver, outside }) => {
    await prepare(driver, add(EAST, '10.0.0.1/32'));
    await outside.rename(EAST, NORTH);
    t.deepEqual(await verdicts(driver, add(EAST, '10.0.0.2/32'), add(NORTH, '10.0.0.2/32')), ['no-such-interface', 'done']);
    await outside.create(EAST);
    await prepare(driver, add(EAST, '10.0.0.3/32'), down(EAST));
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.3/32']);
    t.deepEqual(await addressesNow(driver, NORTH), ['10.0.0.1/32', '10.0.0.2/32']);
    t.true((await interfaceNow(driver, NORTH)).up);
  });

  test('the number of an interface stays over a renaming; another one of its name has another number', async (t, { driver, outside }) => {
    const { index } = await interfaceNow(driver, EAST);
    t.not((await interfaceNow(driver, WEST)).index, index);
    await outside.rename(EAST, NORTH);
    t.is((await interfaceNow(driver, NORTH)).index, index);
    await outside.rename(NORTH, EAST);
    await outside.remove(EAST);
    await outside.create(EAST);
    t.not((await interfaceNow(driver, EAST)).index, index);
  });

  test('two interfaces that exchange their names are told apart', async (t, { driver, outside }) => {
    await prepare(driver, add(EAST, '10.0.0.1/32'), add(WEST, '10.0.0.2/32'));
    await outside.rename(EAST, NORTH);
    await outside.rename(WEST, EAST);
    await outside.rename(NORTH, WEST);
    await prepare(driver, add(EAST, '10.0.0.3/32'));
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.2/32', '10.0.0.3/32']);
    t.deepEqual(await addressesNow(driver, WEST), ['10.0.0.1/32']);
  });

  test('a link is set down under the name that it bears now, and told as it was found, whatever the last look showed', async (t, { driver, outside }) => {
    await outside.run(down(WEST));
    await observe(driver);
    await outside.rename(EAST, NORTH);
    await outside.rename(WEST, EAST);
    await outside.rename(NORTH, WEST);
    t.deepEqual(await verdicts(driver, down(EAST), down(WEST), up(WEST)), ['already', 'done', 'done']);
    await outside.run(down(WEST));
    t.deepEqual(await verdicts(driver, down(WEST), up(EAST), down(NORTH)), ['already', 'done', 'no-such-interface']);
    t.true((await interfaceNow(driver, EAST)).up);
    t.false((await interfaceNow(driver, WEST)).up);
  });

  test('an interface that is deleted is missing, and one that comes under its name is worked on at once', async (t, { driver, outside }) => {
    await prepare(driver, add(EAST, '10.0.0.1/32'));
    await outside.remove(EAST);
    t.deepEqual(await verdicts(driver, add(EAST, '10.0.0.2/32'), del(EAST, '10.0.0.1/32')), ['no-such-interface', 'no-such-interface']);
    t.false((await observe(driver)).has(EAST));
    await outside.create(EAST);
    t.deepEqual(await addressesNow(driver, EAST), []);
    t.deepEqual(await verdicts(driver, add(EAST, '10.0.0.1/32')), ['done']);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.1/32']);
  });
}
