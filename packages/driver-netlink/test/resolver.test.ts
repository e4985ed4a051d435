/** What the kernel is asked about links before a plan is carried out: a thousand questions would take longer than to take a thousand addresses away. */
import test, { type ExecutionContext } from 'ava';
import type { InterfaceName, NetworkDriver, Operation } from '@fastbypass/core';
import { Namespace, words } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';
import { loadAddon } from '../dist/index.js';
import { socketsOf } from '../dist/netlink-socket.js';
import { Resolver } from '../dist/resolver.js';
import { Transactor } from '../dist/transactor.js';
import { driverIn, pathOf, whyNotHere } from './bench.js';

const { add, down, up, promote, observe } = words;

const EAST = 'east' as InterfaceName;
const WEST = 'west' as InterfaceName;
const NORTH = 'north' as InterfaceName;

const reason = await whyNotHere();
const loaded = loadAddon();

interface Resolving {
  readonly namespace: Namespace;
  /** Learns from a look. */
  readonly look: () => Promise<void>;
  /** Of each interface whether it is up, null where there is none, and how many questions it took. */
  readonly resolve: (...operations: readonly Operation[]) => readonly [Readonly<Record<string, boolean | null>>, number];
}

function inNamespace(title: string, body: (t: ExecutionContext, resolving: Resolving) => Promise<void>): void {
  if (reason !== null || E.isLeft(loaded)) {
    test.serial.skip(`${title} (${reason ?? ''})`, () => undefined);
    return;
  }
  test.serial(title, async (t) => {
    const namespace = await Namespace.create();
    const driver: NetworkDriver = driverIn(namespace);
    let sent = 0;
    const send: typeof loaded.right.send = (...args) => {
      sent++;
      loaded.right.send(...args);
    };
    const transactor = new Transactor(socketsOf({ ...loaded.right, send }, pathOf(namespace)));
    const resolver = new Resolver(transactor);
    try {
      for (const name of [EAST, WEST]) await namespace.addPair(name);
      await body(t, {
        namespace,
        look: async () => {
          resolver.learn([...(await observe(driver)).values()].map(({ name, index, up: isUp, promoteSecondaries }) => ({ name, index, up: isUp, promoteSecondaries, kind: undefined, tied: undefined, master: undefined })));
        },
        resolve: (...operations) => {
          sent = 0;
          const found = resolver.resolve(operations);
          return [Object.fromEntries([...found].map(([name, it]) => [name, E.isRight(it) ? (it.right?.up ?? null) : null])), sent];
        },
      });
    } finally {
      transactor.close();
      await driver.close();
      await namespace.delete();
    }
  });
}

inNamespace('of links that were seen nothing is asked but whether they promote secondaries', async (t, { namespace, look, resolve }) => {
  const plan = [down(EAST), up(EAST), add(EAST, '10.0.0.1/32'), down(WEST)];
  t.deepEqual(resolve(...plan), [{ east: true, west: true }, 1]);
  await look();
  await namespace.ip('link', 'set', 'dev', WEST, 'down');
  t.deepEqual(resolve(...plan), [{ east: true, west: false }, 0]);
  t.deepEqual(resolve(promote(EAST), ...plan, promote(EAST)), [{ east: true, west: false }, 1]);
});

inNamespace('a link that does not bear its name any more is asked for', async (t, { namespace, look, resolve }) => {
  await look();
  await namespace.ip('link', 'set', 'dev', EAST, 'down');
  await namespace.ip('link', 'set', 'dev', EAST, 'name', NORTH);
  t.deepEqual(resolve(down(EAST), down(WEST)), [{ east: null, west: true }, 1]);
  await namespace.ip('link', 'set', 'dev', WEST, 'name', EAST);
  t.deepEqual(resolve(down(EAST), down(NORTH)), [{ east: true, north: false }, 1]);
  t.deepEqual(resolve(down(EAST), down(NORTH)), [{ east: true, north: false }, 0]);
});
