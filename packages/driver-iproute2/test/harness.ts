import { type Bench, type DriverHarness, Namespace, outsideOf, routesOf, whyNoNamespaces } from '@fastbypass/test-fixtures';
import { type Iproute2Options, iproute2Driver } from '../dist/index.js';
import { theMonitor } from './monitor-process.js';

const namespaces = new WeakMap<Bench, Namespace>();

/** @throws for a bench of another harness */
function namespaceOf(bench: Bench): Namespace {
  const namespace = namespaces.get(bench);
  if (namespace === undefined) throw new Error('not a bench of iproute2');
  return namespace;
}

/** More notices than the buffer of a sleeping monitor holds. */
const FLOOD = Array.from({ length: 6000 }, (_, n) => `10.99.${n >> 8}.${n & 255}/32 dev lo`);

const unavailable = await whyNoNamespaces();

/** The driver in a fresh namespace for each test. */
export const harnessOf = (name: string, options: Iproute2Options = {}): DriverHarness => ({
  name,
  ...(unavailable !== null && { unavailable }),
  start: async (interfaces) => {
    const namespace = await Namespace.create();
    for (const name of interfaces) await namespace.addPair(name);
    const driver = iproute2Driver({ ...options, prefix: namespace.prefix });
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
  withoutPermission: async (bench) =>
    iproute2Driver({ ...options, prefix: [...namespaceOf(bench).prefix, 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] }),
  overflow: async (bench) => {
    const namespace = namespaceOf(bench);
    const monitor = await theMonitor();
    process.kill(monitor, 'SIGSTOP');
    try {
      await namespace.batch(FLOOD.flatMap((words) => [`address add ${words}`, `address delete ${words}`]));
    } finally {
      process.kill(monitor, 'SIGCONT');
    }
  },
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
});
