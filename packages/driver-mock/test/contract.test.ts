import test from 'ava';
import type { InterfaceName } from '@fastbypass/core';
import { type Bench, type DriverHarness, driverContract } from '@fastbypass/test-fixtures';
import { MockNetwork } from '../dist/mock-network.js';
import { mockDriver } from '../dist/mock-driver.js';

const networks = new WeakMap<Bench, MockNetwork>();

/** @throws for a bench of another harness */
function networkOf(bench: Bench): MockNetwork {
  const network = networks.get(bench);
  if (network === undefined) throw new Error('not a bench of the mock');
  return network;
}

function benchOn(network: MockNetwork): Bench {
  const driver = mockDriver(network);
  const bench: Bench = {
    driver,
    outside: {
      run: async (operation) => network.external(operation),
      create: async (name) => network.createInterface({ name }),
      remove: async (name) => network.deleteInterface(name),
      rename: async (from, to) => network.renameInterface(from, to),
      setPromotion: async (name, on) => network.setPromotion(name, on),
    },
    stop: driver.close,
  };
  networks.set(bench, network);
  return bench;
}

const harness: DriverHarness = {
  name: 'mock',
  start: async (interfaces) => benchOn(new MockNetwork(interfaces.map((name) => ({ name })))),
  withoutPermission: async (bench) => {
    const network = networkOf(bench);
    network.failOn({ error: { kind: 'not-permitted', message: 'The mock was told to refuse.' } });
    return mockDriver(network);
  },
  overflow: async (bench) => networkOf(bench).overflow(() => networkOf(bench).createInterface({ name: 'lost' as InterfaceName })),
  createOnTop: async (bench, name, lower) => networkOf(bench).createInterface({ name, lower: [lower] }),
  isUsable: async (bench, name, address) => networkOf(bench).state.get(name)?.addresses.some((it) => it.address === address) === true,
};

driverContract(test, harness);
