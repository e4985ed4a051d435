import type { InterfaceName, NetworkDriver, Watch, WatchEvent } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import type { Bench } from './harness.js';
import { type Suite, EAST, NORTH, WEST, until } from './suite.js';
import { add, del, down, observe, prepare, up } from './words.js';

interface Seen extends Watch {
  readonly events: readonly WatchEvent[];
}

/** @throws where the driver cannot watch */
async function watching(driver: NetworkDriver): Promise<Seen> {
  const events: WatchEvent[] = [];
  const watch = await driver.watch((event) => void events.push(event))();
  if (E.isLeft(watch)) throw new Error(`watch: ${watch.left.message}`);
  return { events, stop: watch.right.stop };
}

const names = (events: readonly WatchEvent[], name: InterfaceName): boolean => events.some((event) => event.type === 'changed' && event.interface === name);

const told = (seen: Seen, name: InterfaceName): Promise<void> => until(`a change of ${name} is told`, () => names(seen.events, name));

interface Change {
  readonly title: string;
  readonly before?: (bench: Bench) => Promise<void>;
  readonly make: (bench: Bench) => Promise<void>;
  readonly tells: InterfaceName;
}

const CHANGES: readonly Change[] = [
  { title: 'an IPv4 address that the driver adds', make: ({ driver }) => prepare(driver, add(EAST, '10.0.0.1/32')), tells: EAST },
  { title: 'an IPv6 address that the driver adds', make: ({ driver }) => prepare(driver, add(EAST, '2001:db8::1/64')), tells: EAST },
  {
    title: 'an address that the driver removes',
    before: ({ driver }) => prepare(driver, add(EAST, '10.0.0.1/32')),
    make: ({ driver }) => prepare(driver, del(EAST, '10.0.0.1/32')),
    tells: EAST,
  },
  { title: 'a link that the driver sets down', make: ({ driver }) => prepare(driver, down(EAST)), tells: EAST },
  { title: 'an IPv4 address that somebody else adds', make: ({ outside }) => outside.run(add(EAST, '10.0.0.1/32')), tells: EAST },
  { title: 'an IPv6 address that somebody else adds', make: ({ outside }) => outside.run(add(EAST, '2001:db8::1/64')), tells: EAST },
  {
    title: 'an IPv4 address that somebody else removes',
    before: ({ outside }) => outside.run(add(EAST, '10.0.0.1/32')),
    make: ({ outside }) => outside.run(del(EAST, '10.0.0.1/32')),
    tells: EAST,
  },
  {
    title: 'an IPv6 address that somebody else removes',
    before: ({ outside }) => outside.run(add(EAST, '2001:db8::1/64')),
    make: ({ outside }) => outside.run(del(EAST, '2001:db8::1/64')),
    tells: EAST,
  },
  { title: 'a link that somebody else sets down', make: ({ outside }) => outside.run(down(EAST)), tells: EAST },
  {
    title: 'a link that somebody else sets up',
    before: ({ outside }) => outside.run(down(EAST)),
    make: ({ outside }) => outside.run(up(EAST)),
    tells: EAST,
  },
  { title: 'an interface that is created', make: ({ outside }) => outside.create(NORTH), tells: NORTH },
  { title: 'an interface that is deleted', make: ({ outside }) => outside.remove(EAST), tells: EAST },
  // That the old name is gone is for `observe` to say: a watch need not know it.
  { title: 'an interface that is renamed, by its new name', make: ({ outside }) => outside.rename(EAST, NORTH), tells: NORTH },
  {
    title: 'an address on an interface that was created while it watched',
    make: async ({ outside }) => {
      await outside.create(NORTH);
      await outside.rename(NORTH, 'south' as InterfaceName);
      await outside.run(add('south' as InterfaceName, '10.0.0.1/32'));
    },
    tells: 'south' as InterfaceName,
  },
];

/** The watch: what it tells, that it survives, that it stops. */
export function watchContract({ test, testWith }: Suite): void {
  for (const { title, before, make, tells } of CHANGES) {
    test(`the watch tells of ${title}`, async (t, bench) => {
      await before?.(bench);
      const seen = await watching(bench.driver);
      await make(bench);
      await told(seen, tells);
      seen.stop();
      t.pass();
    });
  }

  test('what the watch has told of is seen by the observation after it', async (t, { driver, outside }) => {
    const seen = await watching(driver);
    for (const n of [1, 2, 3, 4, 5]) {
      const before = seen.events.length;
      await outside.run(add(WEST, `10.0.0.${n}/32`));
      await until('the change is told', () => seen.events.length > before);
      t.is((await observe(driver)).get(WEST)?.addresses.filter(({ prefix }) => prefix === 32).length, n);
    }
    seen.stop();
  });

  testWith('the watch survives an overflow and says so', (harness) => harness.overflow, async (t, bench, overflow) => {
    const seen = await watching(bench.driver);
    await overflow(bench);
    await until('the overflow is told', () => seen.events.some(({ type }) => type === 'overflow'));
    t.false(seen.events.some(({ type }) => type === 'ended'));
    await bench.outside.create(NORTH);
    await told(seen, NORTH);
    seen.stop();
  });

  test('a watch that was stopped tells nothing more, another goes on', async (t, { driver, outside }) => {
    const [stopped, other] = [await watching(driver), await watching(driver)];
    stopped.stop();
    const before = stopped.events.length;
    await outside.run(add(EAST, '10.0.0.1/32'));
    await told(other, EAST);
    t.is(stopped.events.length, before);
    stopped.stop();
    other.stop();
  });
}
