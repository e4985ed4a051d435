import type { Cancellation, Operation } from '@fastbypass/core';
import { type Suite, EAST, NORTH, WEST } from './suite.js';
import { add, addressesNow, apply, del, down, interfaceNow, observe, prepare, promote, verdict, verdicts } from './words.js';

const range = (length: number): readonly number[] => Array.from({ length }, (_, n) => n);

const nth = (n: number): string => `10.7.${n >> 8}.${n & 255}/32`;

/** Whole plans: results in order, failures on the way, permission, cancellation. */
export function planContract({ test, testWith }: Suite): void {
  test('an empty plan has no results', async (t, { driver }) => {
    t.deepEqual(await verdicts(driver), []);
  });

  test('operations are carried out in their order', async (t, { driver }) => {
    const plan = [add(EAST, '10.0.0.1/24'), del(EAST, '10.0.0.1/24'), add(EAST, '10.0.0.1/24'), add(WEST, '10.0.0.2/24'), down(WEST), del(EAST, '10.0.0.1/24')];
    t.deepEqual(await verdicts(driver, ...plan), plan.map(() => 'done'));
    t.deepEqual(await addressesNow(driver, EAST), []);
    t.deepEqual(await addressesNow(driver, WEST), ['10.0.0.2/24']);
  });

  test('a failing operation has its own result and stops no other', async (t, { driver }) => {
    await prepare(driver, add(EAST, '2001:db8::1/64'));
    const plan = [add(EAST, '10.0.0.1/32'), add(NORTH, '10.0.0.2/32'), add(EAST, '10.0.0.3/32'), add(EAST, '2001:db8::1/128'), add(EAST, '10.0.0.3/32'), del(EAST, '10.0.0.9/32'), down(EAST)];
    t.deepEqual(await verdicts(driver, ...plan), ['done', 'no-such-interface', 'done', 'refused', 'already', 'already', 'done']);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.1/32', '10.0.0.3/32']);
  });

  test('a failure has words for a person', async (t, { driver }) => {
    for (const result of await apply(driver, add(NORTH, '10.0.0.1/32'))) {
      t.true(result.outcome === 'failed' && result.error.message.includes(NORTH));
    }
  });

  test('a plan of 1000 operations has 1000 results in order', async (t, { driver }) => {
    const plan = range(250).flatMap((n): readonly Operation[] => [add(EAST, nth(n)), add(EAST, nth(n)), n % 2 === 0 ? del(EAST, nth(n)) : del(WEST, nth(n)), add(NORTH, nth(n))]);
    const expected = range(250).flatMap((n) => ['done', 'already', n % 2 === 0 ? 'done' : 'already', 'no-such-interface']);
    t.deepEqual(await verdicts(driver, ...plan), expected);
    t.deepEqual(await addressesNow(driver, EAST), range(250).filter((n) => n % 2 === 1).map(nth));
  });

  test('plans that are applied one right after the other do not mix', async (t, { driver }) => {
    const [first, second] = await Promise.all([verdicts(driver, ...range(50).map((n) => add(EAST, nth(n)))), verdicts(driver, ...range(50).map((n) => add(WEST, nth(n))))]);
    t.deepEqual([...first, ...second], range(100).map(() => 'done'));
    t.deepEqual(await addressesNow(driver, EAST), range(50).map(nth));
    t.deepEqual(await addressesNow(driver, WEST), range(50).map(nth));
  });

  test('what was told ahead changes nothing until it is asked for, and then it is judged by what is there', async (t, { driver, outside }) => {
    await prepare(driver, add(EAST, '10.0.0.1/24'), add(EAST, '2001:db8::1/64'));
    const plan = [del(EAST, '10.0.0.1/24'), del(EAST, '2001:db8::1/64'), add(EAST, '10.0.0.2/24'), down(WEST)];
    driver.prepare?.(plan);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.1/24', '2001:db8::1/64']);
    t.true((await interfaceNow(driver, WEST)).up);
    t.deepEqual((await driver.apply(plan)()).map(verdict), ['done', 'done', 'done', 'done']);
    t.deepEqual((await driver.apply(plan)()).map(verdict), ['already', 'already', 'already', 'already']);
    // Others bear the names now.
    const turned = [del(EAST, '10.0.0.2/24'), del(WEST, '10.0.0.3/24')];
    await outside.run(add(WEST, '10.0.0.3/24'));
    driver.prepare?.(turned);
    await outside.rename(EAST, NORTH);
    await outside.rename(WEST, EAST);
    t.deepEqual((await driver.apply(turned)()).map(verdict), ['already', 'no-such-interface']);
    t.deepEqual(await addressesNow(driver, NORTH), ['10.0.0.2/24']);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.3/24']);
  });

  testWith('without permission nothing is changed, and observing works', (harness) => harness.withoutPermission, async (t, bench, withoutPermission) => {
    await prepare(bench.driver, add(EAST, '10.0.0.1/32'));
    const powerless = await withoutPermission(bench);
    try {
      const plan = [add(EAST, '10.0.0.2/32'), del(EAST, '10.0.0.1/32'), down(EAST), promote(EAST)];
      t.deepEqual(await verdicts(powerless, ...plan), plan.map(() => 'not-permitted'));
      t.deepEqual(await addressesNow(powerless, EAST), ['10.0.0.1/32']);
      t.like(await interfaceNow(bench.driver, EAST), { up: true, promoteSecondaries: false });
    } finally {
      await powerless.close();
    }
  });

  test('a plan that is cancelled before it begins changes nothing', async (t, { driver }) => {
    const results = await driver.apply([add(EAST, '10.0.0.1/32'), down(EAST)], AbortSignal.abort())();
    t.deepEqual(results.map(verdict), ['cancelled', 'cancelled']);
    t.deepEqual(await addressesNow(driver, EAST), []);
    t.true((await interfaceNow(driver, EAST)).up);
  });

  test('of a plan that is cancelled on its way the rest is not begun, and the results are true', async (t, { driver }) => {
    const plan = range(1000).map((n) => add(EAST, nth(n)));
    const controller = new AbortController();
    const applied = driver.apply(plan, controller.signal)();
    controller.abort();
    const verdicts = (await applied).map(verdict);
    const done = verdicts.findLastIndex((it) => it === 'done') + 1;
    t.deepEqual(verdicts, plan.map((_, position) => (position < done ? 'done' : 'cancelled')));
    t.deepEqual(await addressesNow(driver, EAST), range(done).map(nth));
  });

  test('a plan that has ended listens for no cancellation', async (t, { driver }) => {
    const listeners: (() => void)[] = [];
    const cancellation: Cancellation = {
      aborted: false,
      addEventListener: (_, listener) => void listeners.push(listener),
      removeEventListener: (_, listener) => void listeners.splice(listeners.indexOf(listener), 1),
    };
    await driver.apply([add(EAST, '10.0.0.1/32')], cancellation)();
    t.deepEqual(listeners, []);
    t.true((await observe(driver)).has(EAST));
  });
}
