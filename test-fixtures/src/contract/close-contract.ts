import { readdirSync } from 'node:fs';
import type { WatchEvent } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { EAST, type Suite, until } from './suite.js';
import { add, addressesNow, apply, del, observe, prepare, verdicts } from './words.js';

/** What keeps the process busy: handles and requests of the event loop, open files. */
const held = (): number => process.getActiveResourcesInfo().length + readdirSync('/proc/self/fd').length;

/** The end of a driver. */
export function closeContract({ test, harness }: Suite): void {
  test('after close every call fails', async (t, bench) => {
    const { driver } = bench;
    await prepare(driver, add(EAST, '10.0.0.1/32'));
    await driver.close();
    t.like(await driver.observe(), { _tag: 'Left', left: { kind: 'driver-unavailable' } });
    t.like(await driver.watch(() => undefined)(), { _tag: 'Left', left: { kind: 'driver-unavailable' } });
    t.deepEqual(await verdicts(driver, del(EAST, '10.0.0.1/32'), add(EAST, '10.0.0.2/32')), ['driver-unavailable', 'driver-unavailable']);
  });

  test('close may be called twice, at the same time too', async (t, { driver }) => {
    await observe(driver);
    await Promise.all([driver.close(), driver.close()]);
    await driver.close();
    t.pass();
  });

  test('close ends a watch without a word', async (t, { driver, outside }) => {
    const events: WatchEvent[] = [];
    const watch = await driver.watch((event) => void events.push(event))();
    await driver.close();
    const before = events.length;
    await outside.run(add(EAST, '10.0.0.1/32'));
    t.is(events.length, before);
    t.false(events.some(({ type }) => type === 'ended'));
    if (E.isRight(watch)) watch.right.stop();
  });

  test('close during a plan resolves when the plan has ended, with a result for each operation', async (t, { driver }) => {
    const plan = Array.from({ length: 300 }, (_, n) => add(EAST, `10.7.${n >> 8}.${n & 255}/32`));
    let ended = false;
    const applied = apply(driver, ...plan).then((results) => {
      ended = true;
      return results;
    });
    await driver.close();
    t.true(ended);
    t.is((await applied).length, plan.length);
  });

  test('a driver that is closed leaves nothing behind', async (t) => {
    const before = held();
    const bench = await harness.start([EAST]);
    try {
      await bench.driver.watch(() => undefined)();
      await prepare(bench.driver, add(EAST, '10.0.0.1/32'));
      t.deepEqual(await addressesNow(bench.driver, EAST), ['10.0.0.1/32']);
    } finally {
      await bench.driver.close();
      await bench.stop();
    }
    await until('nothing is held that was not held before', () => held() <= before);
  });
}
