import type { DriverError } from '@fastbypass/core';
import { MockNetwork, mockDriver } from '@fastbypass/driver-mock';
import { until } from '@fastbypass/test-fixtures';
import test, { type ExecutionContext } from 'ava';
import { setImmediate as turn } from 'node:timers/promises';
import { Lookout } from '../dist/lookout.js';

const ENDED: DriverError = { kind: 'driver-unavailable', message: 'it ended' };

function lookoutOn(t: ExecutionContext, network: MockNetwork) {
  const told: (string | null)[] = [];
  const doubts = { count: 0 };
  const resyncs = { count: 0 };
  const lookout = new Lookout(mockDriver(network), { onDoubt: () => doubts.count++, onResync: () => resyncs.count++, onWatch: (trouble) => told.push(trouble) });
  t.teardown(() => {
    lookout.stop();
  });
  return { lookout, told, doubts, resyncs };
}

test('a watch that ends is told of and begun anew, and then everything is doubted', async (t) => {
  const network = new MockNetwork();
  const { lookout, told, doubts } = lookoutOn(t, network);
  await lookout.begin();
  network.failCalls({ call: 'watch', times: 1, error: { ...ENDED, message: 'it does not begin' } });
  network.endWatches(ENDED);
  await until('it is watched again', () => told.includes(null));
  t.deepEqual(told.map((text) => text?.replace(/^.*: /, '') ?? null), ['it ended', 'it does not begin', null]);
  t.true(doubts.count > 0);
});

test('a look is asked for now and then without a doubt', async (t) => {
  const { lookout, doubts, resyncs } = lookoutOn(t, new MockNetwork());
  await lookout.begin();
  await until('it is time for a look', () => resyncs.count > 0);
  t.is(doubts.count, 0);
});

test('what is stopped while it begins neither watches nor tells', async (t) => {
  const network = new MockNetwork();
  const { lookout, told, doubts } = lookoutOn(t, network);
  const begun = lookout.begin();
  lookout.stop();
  await begun;
  network.overflow();
  network.endWatches(ENDED);
  await turn();
  await turn();
  t.deepEqual([told, doubts.count], [[], 0]);
});

/** A notice in each turn of the loop, until the signal. */
async function storm(network: MockNetwork, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    network.overflow();
    await turn();
  }
}

test('there is no lull while notices come in', async (t) => {
  const network = new MockNetwork();
  const { lookout } = lookoutOn(t, network);
  await lookout.begin();
  const begun = performance.now();
  let stillAt = NaN;
  const lull = lookout.lull().then(() => (stillAt = performance.now()));
  await storm(network, () => performance.now() - begun > 20);
  const ended = performance.now();
  await lull;
  // A machine that stands still for so long has reached the end of all waiting.
  t.true(stillAt > ended || stillAt - begun > 50);
});

test('where notices do not end, a look is put off no longer', async (t) => {
  const network = new MockNetwork();
  const { lookout } = lookoutOn(t, network);
  await lookout.begin();
  let isOver = false;
  const begun = performance.now();
  const raging = storm(network, () => isOver || performance.now() - begun > 5000);
  await lookout.lull();
  const took = performance.now() - begun;
  isOver = true;
  await raging;
  t.true(took >= 50 && took < 4000, `${String(took)} ms`);
});
