/** Random networks, and what a reconcile loop does with plans: apply, record, observe, learn. */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Config } from '../dist/config/config.js';
import { type DesiredState, desiredState } from '../dist/desired.js';
import type { InterfaceName } from '../dist/interface-name.js';
import { type Ledger, forgetRemoved, learn, record } from '../dist/ledger.js';
import { type MonitorState, listeners, transition } from '../dist/monitor.js';
import { type Refusal, applyOperations, applyToInterface } from '../dist/kernel-rules.js';
import type { ObservedState, Operation } from '../dist/network.js';
import { type Plan, planListenerAddresses, planManaged } from '../dist/plan.js';
import { close, configOf, heartbeat, launchedAt0, nameOf, withPrefix } from './arbitraries.js';

// -------------------------------------------------------------------------------------
// networks
// -------------------------------------------------------------------------------------

export const add = (name: string, address: string): Operation => ({ op: 'address-add', interface: nameOf(name), address: withPrefix(address) });
export const del = (name: string, address: string): Operation => ({ op: 'address-del', interface: nameOf(name), address: withPrefix(address) });

/** What the kernel makes of it; what it refuses has no effect. */
export const applied = (state: ObservedState, ...operations: readonly Operation[]): ObservedState =>
  applyOperations(state, operations);

/** What the kernel makes of one operation, or why it refuses it. */
export function applyOperation(state: ObservedState, operation: Operation): E.Either<Refusal, ObservedState> {
  const it = state.get(operation.interface);
  if (it === undefined) return E.left('no-such-interface');
  const changed = applyToInterface(it, operation);
  return E.isLeft(changed) ? changed : E.right(new Map(state).set(operation.interface, changed.right));
}

/** The same name is the same interface in all networks here. */
export const indexOf = (name: string): number => Array.from(name, (letter) => letter.charCodeAt(0)).reduce((sum, code) => sum * 128 + code, 0);

/** `{ eth0: ['10.0.0.1/24'] }`: up, without promotion, addresses added in this order. */
export function networkOf(interfaces: Readonly<Record<string, readonly string[]>>, more: { readonly down?: readonly string[]; readonly promoting?: readonly string[] } = {}): ObservedState {
  const bare = new Map(Object.keys(interfaces).map((name) => [nameOf(name), { name: nameOf(name), index: indexOf(name), up: more.down?.includes(name) !== true, promoteSecondaries: more.promoting?.includes(name) === true, addresses: [], lower: [] }]));
  return applied(bare, ...Object.entries(interfaces).flatMap(([name, addresses]) => addresses.map((address) => add(name, address))));
}

/** Cards' and the operator's addresses in common subnets, so that primaries and secondaries of both kinds are frequent. */
const HOSTS = ['10.0.0.100', '10.0.0.101', '10.0.0.102', '10.0.0.5', '10.0.0.6', '10.0.0.1'];
const ipv4 = fc.tuple(fc.constantFrom(...HOSTS), fc.constantFrom('24', '24', '24', '25', '32')).map(([host, prefix]) => `${host}/${prefix}`);
const ipv6 = fc.tuple(fc.constantFrom('fd00::100', 'fd00::7', 'fd00::8', 'fe80::1'), fc.constantFrom('64', '128')).map(([host, prefix]) => `${host}/${prefix}`);
const addresses = fc.array(fc.oneof({ weight: 4, arbitrary: ipv4 }, { weight: 2, arbitrary: ipv6 }), { maxLength: 10 });

export const networks: fc.Arbitrary<ObservedState> = fc
  .record({ interfaces: fc.record({ eth0: addresses, eth1: addresses, m0: addresses, m1: addresses }, { requiredKeys: ['eth0'] }), down: fc.subarray(['m0', 'm1', 'eth1']), promoting: fc.subarray(['eth0', 'eth1']) })
  .map(({ interfaces, ...more }) => networkOf(interfaces, more));

export const without = (state: ObservedState, name: InterfaceName): ObservedState => new Map([...state].filter(([it]) => it !== name));

// -------------------------------------------------------------------------------------
// what is wanted
// -------------------------------------------------------------------------------------

export const plants: fc.Arbitrary<Config> = fc
  .record({
    cards: fc.shuffledSubarray(['10.0.0.100', '10.0.0.101', '10.0.0.102', 'fd00::100'], { minLength: 1 }),
    places: fc.array(fc.constantFrom('eth0', 'eth0', 'eth1'), { minLength: 4, maxLength: 4 }),
    prefixes: fc.array(fc.constantFrom('', '', '/24', '/32'), { minLength: 4, maxLength: 4 }),
    lists: fc.array(fc.subarray(['m0', 'm1']), { minLength: 3, maxLength: 3 }),
  })
  .map(({ cards, places, prefixes, lists }) => {
    const card = (host: string, n: number): string => `BYPASS_CARD_HOST[${n}]=${host}${prefixes[n] ?? ''}\nBYPASS_CARD_IFS[${n}]=${places[n] ?? 'eth0'}\n`;
    const list = (names: readonly string[], n: number): string => `LISTEN_CUBRO_IFS${['', '[0]', '[1]'][n] ?? ''}=${names.join(' ')}\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS${['', '[0]', '[1]'][n] ?? ''}=1\n`;
    return configOf(`LISTEN_HEARTBEAT_IFS=eth0\nLISTEN_HB_HOST[0]=10.0.0.1\nLISTEN_HB_PORT[0]=1\nLISTEN_HB_HOST[1]=10.0.0.1/24\nLISTEN_HB_PORT[1]=2\nLISTEN_HEARTBEAT_TIMEOUT=100\n${cards.map(card).join('')}${lists.map(list).join('')}`);
  });

/** A decided state in which exactly `silent` have failed. */
export function decided(config: Config, silent: readonly number[]): MonitorState {
  const start = launchedAt0(config);
  const heard = listeners(start).filter((_, n) => !silent.includes(n));
  return close(heard.reduce((state, { id }) => transition(state, heartbeat(id, 50)), start), 100);
}

export const silences: fc.Arbitrary<readonly number[]> = fc.subarray([0, 1]);

// -------------------------------------------------------------------------------------
// reconciling
// -------------------------------------------------------------------------------------

export interface World {
  readonly ledger: Ledger;
  readonly network: ObservedState;
}

export interface Done extends World {
  readonly plan: Plan;
  /** The network after each step. */
  readonly stages: readonly ObservedState[];
}

/** Carries out a plan as a reconcile loop does; promotion is refused where `refusing` says so. */
export function carryOut(plan: Plan, world: World, refusing = false): Done {
  let { ledger, network } = world;
  const succeeded: boolean[] = [];
  const stages = plan.map(({ operation, purpose, needs }, position) => {
    const before = network;
    const after = applyOperation(network, operation);
    const possible = needs.every((need) => succeeded[need] === true) && !(refusing && operation.op === 'promote-secondaries');
    succeeded[position] = possible && E.isRight(after);
    if (!possible && operation.op !== 'promote-secondaries') return network;
    if (possible && E.isRight(after)) network = after.right;
    ledger = record(ledger, [{ operation, purpose, outcome: possible && E.isRight(after) ? 'done' : 'failed' }], before);
    return network;
  });
  return { plan, stages, network, ledger: forgetRemoved(ledger, network) };
}

export const learned = ({ ledger, network }: World, config: Config | null, desired: DesiredState): World => ({ network, ledger: learn(ledger, config, desired, network) });

/** One pass: listeners' addresses, then all that is managed. The stages and the plan are those of the latter. */
export function reconcile(state: MonitorState, world: World, refusing = false): Done {
  const desired = desiredState(state);
  const first = carryOut(planListenerAddresses(listeners(state).map(({ config }) => config), world.ledger, world.network), world, refusing);
  const ready = learned(first, state.config, desired);
  const done = carryOut(planManaged(desired, ready.ledger, ready.network), ready, refusing);
  return { ...done, ...learned(done, state.config, desired), stages: [ready.network, ...done.stages] };
}
