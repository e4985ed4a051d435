import test from 'ava';
import { type Bench, type DriverHarness, Namespace, driverContract, outsideOf, routesOf } from '@fastbypass/test-fixtures';
import { driverIn, flood, whyNotHere } from './bench.js';
import { powerlessDriver } from './powerless.js';

const namespaces = new WeakMap<Bench, Namespace>();

/** @throws for a bench of another harness */
function namespaceOf(bench: Bench): Namespace {
  const namespace = namespaces.get(bench);
  if (namespace === undefined) throw new Error('not a bench of netlink');
  return namespace;
}

const unavailable = await whyNotHere();

const harness: DriverHarness = {
  name: 'netlink',
  ...(unavailable !== null && { unavailable }),
  start: async (interfaces) => {
    const namespace = await Namespace.create();
    for (const name of interfaces) await namespace.addPair(name);
    const driver = driverIn(namespace, { watchBuffer: 128 * 1024 });
    const bench: Bench = {
      driver,
      outside: outsideOf(namespace),
      stop: async () => {
        await driver.close();
        await namespace.delete();
      },
    };
    namespaces.set(bench, namespace);
    return bench;
  },
  withoutPermission: async (bench) => powerlessDriver(namespaceOf(bench)),
  overflow: async (bench) => flood(namespaceOf(bench), 1000),
  // Not every kernel has VLANs; to the driver both are devices that are tied to another.
  createOnTop: async (bench, name, lower) => {
    const namespace = namespaceOf(bench);
    await namespace.ip('link', 'add', 'link', lower, 'name', name, 'type', 'macvlan');
    await namespace.ip('link', 'set', 'dev', name, 'up');
  },
  isUsable: async (bench, name, address) => {
    const shown = await namespaceOf(bench).ip('-o', 'address', 'show', 'dev', name, 'to', address);
    return shown.includes(address) && !/tentative|dadfailed/.test(shown);
  },
  routes: routesOf(namespaceOf),
};

driverContract(test, harness);
