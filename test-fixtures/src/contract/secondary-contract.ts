import { type Suite, EAST, WEST } from './suite.js';
import { add, addressesNow, del, interfaceNow, prepare, promote, verdicts } from './words.js';

/** IPv4 secondaries, and their promotion. */
export function secondaryContract({ test }: Suite): void {
  test('secondaries go with their primary, others stay', async (t, { driver }) => {
    await prepare(driver, ...['10.0.0.1/24', '10.0.0.2/24', '10.0.0.3/24', '10.0.0.4/25', '10.0.0.5/32'].map((text) => add(EAST, text)));
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.1/24', '10.0.0.4/25', '10.0.0.5/32', '10.0.0.2/24 secondary', '10.0.0.3/24 secondary']);
    t.deepEqual(await verdicts(driver, del(EAST, '10.0.0.1/24'), del(EAST, '10.0.0.2/24')), ['done', 'already']);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.4/25', '10.0.0.5/32']);
  });

  test('a secondary goes alone', async (t, { driver }) => {
    await prepare(driver, add(EAST, '10.0.0.1/24'), add(EAST, '10.0.0.2/24'), add(EAST, '10.0.0.3/24'), del(EAST, '10.0.0.2/24'));
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.1/24', '10.0.0.3/24 secondary']);
  });

  test('promotion is turned on once, on the interface that is named, and observed', async (t, { driver }) => {
    t.deepEqual(await verdicts(driver, promote(EAST), promote(EAST)), ['done', 'already']);
    t.true((await interfaceNow(driver, EAST)).promoteSecondaries);
    t.false((await interfaceNow(driver, WEST)).promoteSecondaries);
  });

  test('promotion that somebody else turns on and off is observed', async (t, { driver, outside }) => {
    await outside.setPromotion(EAST, true);
    t.true((await interfaceNow(driver, EAST)).promoteSecondaries);
    t.deepEqual(await verdicts(driver, promote(EAST)), ['already']);
    await outside.setPromotion(EAST, false);
    t.false((await interfaceNow(driver, EAST)).promoteSecondaries);
    t.deepEqual(await verdicts(driver, promote(EAST)), ['done']);
  });

  test('with promotion secondaries stay, in the same plan too', async (t, { driver }) => {
    await prepare(driver, ...['10.0.0.1/24', '10.0.1.1/24', '10.0.0.2/24', '10.0.0.3/24'].map((text) => add(EAST, text)));
    t.deepEqual(await verdicts(driver, promote(EAST), del(EAST, '10.0.0.1/24')), ['done', 'done']);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.1.1/24', '10.0.0.2/24', '10.0.0.3/24 secondary']);
    t.deepEqual(await verdicts(driver, del(EAST, '10.0.0.2/24'), del(EAST, '10.0.0.3/24')), ['done', 'done']);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.1.1/24']);
  });
}
