import { type Suite, EAST, WEST } from './suite.js';
import { add, addressesNow, apply, del, interfaceNow, prepare, promote, tookOf, verdicts } from './words.js';

/** IPv4 secondaries, and their promotion. */
export function secondaryContract({ test }: Suite): void {
  test('secondaries go with their primary, others stay', async (t, { driver }) => {
    await prepare(driver, ...['10.0.0.1/24', '10.0.0.2/24', '10.0.0.3/24', '10.0.0.4/25', '10.0.0.5/32'].map((text) => add(EAST, text)));
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.1/24', '10.0.0.4/25', '10.0.0.5/32', '10.0.0.2/24 secondary', '10.0.0.3/24 secondary']);
    t.deepEqual(await verdicts(driver, del(EAST, '10.0.0.1/24'), del(EAST, '10.0.0.2/24')), ['done', 'already']);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.4/25', '10.0.0.5/32']);
  });

  test('a removal tells which secondaries went with the primary, whoever added them, as they were and in their order', async (t, { driver, outside }) => {
    await prepare(driver, add(EAST, '10.0.0.1/24'), add(EAST, '10.0.1.1/24'), add(EAST, '10.0.0.4/25'));
    await prepare(driver, add(EAST, '10.0.0.3/24', { label: 'east:3', broadcast: '10.0.0.255' }));
    await outside.run(add(EAST, '10.0.0.2/24'));
    const [alone, primary] = await apply(driver, del(EAST, '10.0.1.1/24'), del(EAST, '10.0.0.1/24'));
    t.deepEqual(tookOf(alone), []);
    t.deepEqual(tookOf(primary), ['10.0.0.3/24', '10.0.0.2/24']);
    t.deepEqual(primary?.outcome === 'done' && primary.took?.[0]?.attributes, { label: 'east:3', broadcast: '10.0.0.255' });
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.4/25']);
  });

  test('with promotion a removal takes no other address along', async (t, { driver, outside }) => {
    await prepare(driver, promote(EAST), add(EAST, '10.0.0.1/24'));
    await outside.run(add(EAST, '10.0.0.2/24'));
    await outside.run(add(EAST, '10.0.0.3/24'));
    t.deepEqual((await apply(driver, del(EAST, '10.0.0.1/24'))).map(tookOf), [[]]);
  });

  test('what a removal took is put back as it was', async (t, { driver }) => {
    await prepare(driver, add(EAST, '10.0.0.1/24'), add(EAST, '10.0.0.3/24', { metric: 77, label: 'east:3' }), add(EAST, '10.0.0.2/24', { validLifetime: 3000 }));
    const [removed] = await apply(driver, del(EAST, '10.0.0.1/24'));
    const took = removed?.outcome === 'done' ? (removed.took ?? []) : [];
    await prepare(driver, ...took.map(({ address, prefix, attributes }) => add(EAST, `${address}/${prefix}`, attributes)));
    const [three, two] = (await interfaceNow(driver, EAST)).addresses;
    t.deepEqual(three?.attributes, { metric: 77, label: 'east:3' });
    t.true((two?.attributes.validLifetime ?? 0) > 2900);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.3/24', '10.0.0.2/24 secondary']);
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
