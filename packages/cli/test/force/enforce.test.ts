/** The rounds of `force_on` and `force_off` on a mock network that fails, or that somebody else works on. */
import assert from 'node:assert/strict';
import { type Config, type InterfaceName, type Ledger, type NetworkDriver, emptyLedger, formatInterfaceAddress, parseInterfaceAddress, readConfig } from '@fastbypass/core';
import { MockNetwork, mockDriver } from '@fastbypass/driver-mock';
import test from 'ava';
import { type Enforced, enforce } from '../../dist/force/enforce.js';
import { type ForcedMode, outlook, unmetAfter } from '../../dist/force/outlook.js';
import { Teller } from '../../dist/force/teller.js';
import { FORCIBLE } from '../support/config.js';
import { MemoryTerminal } from '../support/memory-terminal.js';

const [eth0, e1, e2] = ['eth0', 'e1', 'e2'] as InterfaceName[] as [InterfaceName, InterfaceName, InterfaceName];

function configOf(text: string): Config {
  const reading = readConfig(text, 'test.env');
  assert(reading.outcome === 'configured');
  return reading.config;
}

const CONFIG = configOf(FORCIBLE);

function address(text: string): NonNullable<ReturnType<typeof parseInterfaceAddress>> {
  const read = parseInterfaceAddress(text);
  assert(read);
  return read;
}

const broker = (): MockNetwork =>
  new MockNetwork([{ name: eth0, addresses: ['192.168.1.211/24', '192.168.1.5/24', '192.168.1.212/32'].map(address) }, { name: e1 }, { name: e2 }]);

const addressesOn = (network: MockNetwork): readonly string[] => (network.state.get(eth0)?.addresses ?? []).map(formatInterfaceAddress);

interface Told extends Enforced {
  readonly stdout: string;
  readonly stderr: string;
  /** What was put on record, in its order. */
  readonly saved: readonly Ledger[];
}

async function forced(mode: ForcedMode, driver: NetworkDriver, ledger: Ledger = emptyLedger, limit = 20_000): Promise<Told> {
  const terminal = new MemoryTerminal();
  const saved: Ledger[] = [];
  const save = (it: Ledger): void => void saved.push(it);
  const enforced = await enforce({ mode, config: CONFIG, driver, ledger, persistence: { beforeRemoval: save, save }, teller: new Teller(terminal, false), limit });
  return { ...enforced, stdout: terminal.stdout, stderr: terminal.stderr, saved };
}

const denied = { kind: 'not-permitted', message: 'Operation not permitted' } as const;
const refused = { kind: 'refused', message: 'out of buffers' } as const;

test('bypass and back: a stranger survives, prefixes return', async (check) => {
  const network = broker();
  const on = await forced('bypass', mockDriver(network));
  check.deepEqual(on.unmet, []);
  check.is(on.changes, 5);
  check.deepEqual(addressesOn(network), ['192.168.1.5/24']);
  check.false(network.state.get(e1)?.up);
  const memory = on.saved.at(-1);
  assert(memory);
  const off = await forced('normal', mockDriver(network), memory);
  check.deepEqual(off.unmet, []);
  check.deepEqual([...addressesOn(network)].sort(), ['192.168.1.211/24', '192.168.1.212/32', '192.168.1.5/24']);
  check.true(network.state.get(e1)?.up);
});

test('what it takes to undo it is on record before anything is taken away', async (check) => {
  const network = broker();
  const driver = mockDriver(network);
  const before: string[] = [];
  let record: Ledger | null = null;
  await enforce({
    mode: 'bypass',
    config: CONFIG,
    driver,
    ledger: emptyLedger,
    persistence: {
      beforeRemoval: (ledger) => {
        before.push(...addressesOn(network));
        record = ledger;
      },
      save: () => undefined,
    },
    teller: new Teller(new MemoryTerminal(), true),
    limit: 700,
  });
  check.true(before.includes('192.168.1.211/24'));
  assert(record);
  const { cards, shut } = record as Ledger;
  check.deepEqual([...cards.values()].map(({ prefixes }) => prefixes), [[24], [32]]);
  check.deepEqual(shut.map(({ name, down }) => [name, down]), [[e1, true], [e2, true]]);
});

test('an operation that fails is tried again, told once, and stops no other', async (check) => {
  const network = broker();
  network.failOn({ op: 'link-down', interface: e1, times: 3, error: refused });
  const { unmet, stdout } = await forced('bypass', mockDriver(network));
  check.deepEqual(unmet, []);
  check.is(stdout.split('link-down e1: FAILED: out of buffers\n').length, 2);
  check.true(stdout.includes('link-down e2: done\n'));
  check.true(stdout.endsWith('link-down e1: done\n'));
});

test('what never succeeds is named when the time is over', async (check) => {
  const network = broker();
  network.failOn({ op: 'link-down', interface: e1, error: refused });
  const { unmet, notPermitted } = await forced('bypass', mockDriver(network), emptyLedger, 500);
  check.false(notPermitted);
  check.deepEqual(unmet, ['interface e1 is up but is to be down for global']);
  check.deepEqual(addressesOn(network), ['192.168.1.5/24']);
});

test('without permission it gives up at once', async (check) => {
  const network = broker();
  network.failOn({ error: denied });
  const { unmet, notPermitted, changes } = await forced('bypass', mockDriver(network), emptyLedger);
  check.true(notPermitted);
  check.is(changes, 0);
  check.true(unmet.length > 0);
});

test('where only promotion is forbidden, what is lost is put back', async (check) => {
  const network = broker();
  network.failOn({ op: 'promote-secondaries', error: denied });
  const { unmet, stdout } = await forced('bypass', mockDriver(network));
  check.deepEqual(unmet, []);
  check.regex(stdout, /promote-secondaries eth0: FAILED/);
  check.regex(stdout, /address-del eth0 192\.168\.1\.211\/24: not begun: it needs an operation that failed/);
  check.deepEqual(addressesOn(network), ['192.168.1.5/24']);
});

test('a network that cannot be seen is looked at again', async (check) => {
  const network = broker();
  network.failCalls({ call: 'observe', times: 2, error: refused });
  check.deepEqual((await forced('bypass', mockDriver(network))).unmet, []);
  network.failCalls({ call: 'observe', error: refused });
  check.deepEqual((await forced('bypass', mockDriver(network), emptyLedger, 500)).unmet, ['the network cannot be seen: out of buffers']);
});

test('somebody who undoes it again and again: the time ends it', async (check) => {
  const network = broker();
  const driver = mockDriver(network);
  const add = { op: 'address-add', interface: eth0, address: address('192.168.1.212/32') } as const;
  const apply: NetworkDriver['apply'] = (operations, cancellation) => async () => {
    const results = await driver.apply(operations, cancellation)();
    network.external(add);
    return results;
  };
  const { unmet } = await forced('bypass', { ...driver, apply }, emptyLedger, 500);
  check.deepEqual(unmet, ['card 1 (192.168.1.212) is still on eth0, though the mode is bypass']);
});

test('an interface on which ours stands is spared, and named', (check) => {
  const network = new MockNetwork([{ name: eth0, lower: [e1] }, { name: e1 }, { name: e2 }]);
  const { spared, plan } = outlook('bypass', CONFIG, emptyLedger, network.state);
  check.deepEqual(spared, [e1]);
  check.deepEqual(plan.map(({ operation }) => operation), [{ op: 'link-down', interface: e2 }]);
});

test('what a plan cannot reach is known beforehand', (check) => {
  const network = new MockNetwork([{ name: eth0 }, { name: e2 }]);
  const found = outlook('normal', CONFIG, emptyLedger, network.state);
  check.deepEqual(unmetAfter('normal', CONFIG, found, network.state), ['interface e1 is missing: it cannot be brought up']);
});
