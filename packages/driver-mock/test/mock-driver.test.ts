import test from 'ava';
import type { DriverError, InterfaceName, WatchEvent } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { until, words } from '@fastbypass/test-fixtures';
import { mockDriver } from '../dist/mock-driver.js';
import { MockNetwork } from '../dist/mock-network.js';

const { add, del, down, verdict, verdicts } = words;

const E0 = 'e0' as InterfaceName;
const LATE: DriverError = { kind: 'timed-out', message: 'told to be late' };

test('an operation takes its effect after its delay, one after the other', async (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const log: string[] = [];
  const pause = async (ms: number): Promise<void> => {
    log.push(`${ms} ms, ${network.state.get(E0)?.addresses.length ?? 0} there`);
  };
  const driver = mockDriver(network, { delayMs: ({ op }) => (op === 'address-add' ? 40 : 0), pause });
  t.deepEqual(await verdicts(driver, add(E0, '10.0.0.1/32'), add(E0, '10.0.0.2/32'), del(E0, '10.0.0.1/32')), ['done', 'done', 'done']);
  t.deepEqual(log, ['40 ms, 0 there', '40 ms, 1 there', '0 ms, 2 there']);
});

test('without a pause of its own the driver waits for the clock', async (t) => {
  const driver = mockDriver(new MockNetwork([{ name: E0 }]), { delayMs: () => 20 });
  const begin = performance.now();
  await verdicts(driver, down(E0));
  // A timer of Node may be early by a fraction of a millisecond.
  t.true(performance.now() - begin > 18);
});

test('the event loop turns between operations', async (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  let turns = 0;
  let running: NodeJS.Immediate;
  const turn = (): void => {
    turns++;
    running = setImmediate(turn);
  };
  turn();
  t.teardown(() => clearImmediate(running));
  const turnsAtChanges: number[] = [];
  network.subscribe(() => turnsAtChanges.push(turns));
  const applied = verdicts(mockDriver(network), add(E0, '10.0.0.1/32'), add(E0, '10.0.0.2/32'));
  t.deepEqual(network.state.get(E0)?.addresses, []);
  t.deepEqual(await applied, ['done', 'done']);
  const [first = 0, second = 0] = turnsAtChanges;
  t.true(first < second, turnsAtChanges.join());
});

test('a plan that is cancelled on its way ends with the running operation', async (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const controller = new AbortController();
  network.subscribe(() => controller.abort());
  const results = await mockDriver(network).apply([add(E0, '10.0.0.1/32'), add(E0, '10.0.0.2/32'), down(E0)], controller.signal)();
  t.deepEqual(results.map(verdict), ['done', 'cancelled', 'cancelled']);
});

test('observing and watching fail as told, so many times', async (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const driver = mockDriver(network);
  network.failCalls({ call: 'observe', times: 1, error: LATE });
  const lift = network.failCalls({ call: 'watch', error: LATE });
  t.deepEqual(await driver.observe(), E.left(LATE));
  t.true(E.isRight(await driver.observe()));
  t.deepEqual(await driver.watch(() => undefined)(), E.left(LATE));
  lift();
  t.true(E.isRight(await driver.watch(() => undefined)()));
  await driver.close();
});

test('nothing is told before the watch has begun', async (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const driver = mockDriver(network);
  const events: WatchEvent[] = [];
  const begun = driver.watch((event) => events.push(event))();
  network.external(down(E0));
  await begun;
  network.external(add(E0, '10.0.0.1/32'));
  await until('the second change is told', () => events.length > 0);
  t.deepEqual(events, [{ type: 'changed', interface: E0 }]);
  await driver.close();
});

test('a watch that ends by itself says why, after all that it has seen', async (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const driver = mockDriver(network);
  const events: WatchEvent[] = [];
  await driver.watch((event) => events.push(event))();
  network.external(down(E0));
  network.endWatches(LATE);
  network.external(add(E0, '10.0.0.1/32'));
  await until('the end is told', () => events.length === 2);
  await driver.close();
  t.deepEqual(events, [{ type: 'changed', interface: E0 }, { type: 'ended', error: LATE }]);
});

test('a watch that begins while the driver is closed does not outlive it', async (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const driver = mockDriver(network);
  const begun = driver.watch(() => t.fail())();
  await driver.close();
  t.true(E.isLeft(await begun));
  network.external(down(E0));
});

test('two drivers work on one network', async (t) => {
  const network = new MockNetwork([{ name: E0 }]);
  const [first, second] = [mockDriver(network), mockDriver(network)];
  await first.close();
  t.deepEqual(await verdicts(second, down(E0)), ['done']);
});
