/** The rules of core's network.ts, as the mock applies them, against the kernel of this machine in a namespace of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'ava';
import fc from 'fast-check';
import {
  type AddressAttributes,
  type InterfaceAddress,
  type InterfaceName,
  type IpAddress,
  type ObservedInterface,
  type Operation,
  familyOf,
  networkOf,
  parseIpAddress,
} from '@fastbypass/core';
import { MockNetwork } from '../dist/mock-network.js';

const NAMESPACE = `fbk${String(process.pid)}`;
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const runs = Number(process.env['RUNS'] ?? 100);

// -------------------------------------------------------------------------------------
// the kernel
// -------------------------------------------------------------------------------------

const ip = (args: readonly string[], input = ''): string => {
  const { status, stdout, stderr, error } = spawnSync('ip', args, { input, encoding: 'utf8' });
  if (error !== undefined) throw error;
  // With -force a refusal in the batch gives status 1, which is what the model is to foresee.
  if (status !== 0 && !args.includes('-force')) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
  return stdout;
};

const available = process.getuid?.() === 0 && spawnSync('ip', ['-V']).status === 0;
const kernelTest = available ? test.serial : test.serial.skip;

const KEEPING = 'promoting' as InterfaceName;
const LOSING = 'losing' as InterfaceName;

if (available) {
  test.before(() => {
    ip(['netns', 'add', NAMESPACE]);
    for (const name of [KEEPING, LOSING]) ip(['-n', NAMESPACE, 'link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}-peer`]);
    ip(['netns', 'exec', NAMESPACE, 'sh', '-c', `echo 1 > /proc/sys/net/ipv4/conf/${KEEPING}/promote_secondaries`]);
  });
  test.after.always(() => void ip(['netns', 'del', NAMESPACE]));
}

const commandOf = (operation: Operation): string => {
  if (operation.op === 'link-up' || operation.op === 'link-down') return `link set dev ${operation.interface} ${operation.op.slice('link-'.length)}`;
  if (operation.op === 'promote-secondaries') throw new Error('stands for the whole run');
  const { address, prefix } = operation.address;
  if (operation.op === 'address-del') return `addr del ${address}/${String(prefix)} dev ${operation.interface}`;
  const scope = operation.attributes?.scope;
  return `addr add ${address}/${String(prefix)} dev ${operation.interface}${scope === undefined ? '' : ` scope ${scope}`}${familyOf(address) === 6 ? ' nodad' : ''}`;
};

interface Shown {
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number; readonly secondary?: boolean }[];
}

/** What the kernel has on `name` after each operation. */
function addressesOfKernel(name: InterfaceName, operations: readonly Operation[]): readonly (readonly string[])[] {
  const show = `addr show dev ${name}`;
  const batch = [`addr flush dev ${name}`, `link set dev ${name} up`, ...operations.flatMap((it) => [commandOf(it), show])];
  const shown = ip(['-n', NAMESPACE, '-json', '-force', '-batch', '-'], `${batch.join('\n')}\n`);
  return shown
    .split('\n')
    .filter((line) => line.startsWith('['))
    .map((line) => {
      const [it] = JSON.parse(line) as readonly Shown[];
      return (it?.addr_info ?? []).map(({ local, prefixlen, secondary }) => written(local, prefixlen, secondary === true));
    });
}

// -------------------------------------------------------------------------------------
// the model
// -------------------------------------------------------------------------------------

const written = (address: string, prefix: number, secondary: boolean): string => `${address}/${String(prefix)}${secondary ? ' secondary' : ''}`;

/** As the kernel shows them: IPv4 in its order, then IPv6, the newest first. */
function shownOf({ addresses }: ObservedInterface): readonly string[] {
  const text = addresses.map(({ address, prefix, secondary }) => ({ text: written(address, prefix, secondary), family: familyOf(address) }));
  const of = (family: number): readonly string[] => text.filter((it) => it.family === family).map((it) => it.text);
  return [...of(4), ...of(6).toReversed()];
}

function addressesOfModel(name: InterfaceName, operations: readonly Operation[]): readonly (readonly string[])[] {
  const network = new MockNetwork([{ name, promoteSecondaries: name === KEEPING }]);
  return operations.map((operation) => {
    network.external(operation);
    const it = network.state.get(name);
    return it === undefined ? [] : shownOf(it);
  });
}

// -------------------------------------------------------------------------------------
// sequences
// -------------------------------------------------------------------------------------

const addressFrom = (...texts: readonly string[]): fc.Arbitrary<IpAddress> => fc.constantFrom(...texts.flatMap((text) => parseIpAddress(text) ?? []));

// Few hosts in subnets that overlap, so that primaries, secondaries and collisions are frequent.
const ipv4 = fc.record({
  address: addressFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.129', '10.0.1.1', '10.0.1.2', '10.0.1.3'),
  prefix: fc.constantFrom(24, 24, 24, 25, 16, 32),
});
const ipv6 = fc.record({ address: addressFrom('2001:db8::1', '2001:db8::2', '2001:db8:1::1'), prefix: fc.constantFrom(64, 128) });

const operationsOn = (name: InterfaceName, addresses: fc.Arbitrary<InterfaceAddress>, attributes: (address: InterfaceAddress) => AddressAttributes): fc.Arbitrary<Operation[]> => {
  const add = addresses.map((address): Operation => ({ op: 'address-add', interface: name, address, attributes: attributes(address) }));
  const del = addresses.map((address): Operation => ({ op: 'address-del', interface: name, address }));
  const link = fc.constantFrom<Operation>({ op: 'link-down', interface: name }, { op: 'link-up', interface: name });
  const operation = fc.oneof({ weight: 12, arbitrary: add }, { weight: 8, arbitrary: del }, { weight: 1, arbitrary: link });
  return fc.array(operation, { minLength: 1, maxLength: 60, size: 'max' });
};

const SCOPES = ['global', 'site', 'link', 'host'] as const;

/** One scope for each subnet: the kernel takes no second one. */
const scopeOfSubnet = ({ address, prefix }: InterfaceAddress): AddressAttributes => ({
  scope: SCOPES[Number(networkOf(address, prefix) % 7n + BigInt(prefix)) % SCOPES.length] ?? 'global',
});

const cases = [
  { title: 'IPv4', addresses: ipv4, attributes: () => ({}) },
  { title: 'IPv4 of several scopes', addresses: ipv4, attributes: scopeOfSubnet },
  { title: 'both families', addresses: fc.oneof(ipv4, ipv6), attributes: () => ({}) },
] as const;

for (const name of [LOSING, KEEPING]) {
  for (const { title, addresses, attributes } of cases) {
    kernelTest(`${title} on the interface that is ${name}: the model has what the kernel has after each operation`, (t) => {
      t.log(`SEED=${String(seed)}`);
      fc.assert(
        fc.property(operationsOn(name, addresses, attributes), (operations) => {
          // Not ava's: it would report the first counterexample, not the smallest.
          assert.deepEqual(addressesOfModel(name, operations), addressesOfKernel(name, operations));
        }),
        { seed, numRuns: runs },
      );
      t.pass();
    });
  }
}


kernelTest('another scope in a subnet is refused, by the model too', (t) => {
  const [first, second] = ['10.0.0.1', '10.0.0.2'].map((text) => ({ address: text as IpAddress, prefix: 24 }));
  const operations: readonly Operation[] = [
    { op: 'address-add', interface: LOSING, address: first as InterfaceAddress },
    { op: 'address-add', interface: LOSING, address: second as InterfaceAddress, attributes: { scope: 'link' } },
  ];
  t.deepEqual(addressesOfModel(LOSING, operations), addressesOfKernel(LOSING, operations));
});
