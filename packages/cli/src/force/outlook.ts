/** What a mode asks for that no heartbeat has decided, and what it takes to get there. */
import {
  type Config,
  type DesiredState,
  type InterfaceName,
  type Ledger,
  type Listener,
  type ModeName,
  type ObservedState,
  type Operation,
  type Plan,
  applyOperations,
  desiredFor,
  forgetRemoved,
  formatOperation,
  initialState,
  learn,
  newListener,
  operationsOf,
  planManaged,
  planRelease,
  sparingLowerDevices,
  unmetDesires,
} from '@fastbypass/core';
import { afterSuccess } from '@fastbypass/daemon';

export type ForcedMode = Exclude<ModeName, 'unknown'>;

export interface Outlook {
  /** With what the observation has taught. */
  readonly ledger: Ledger;
  readonly plan: Plan;
  /** What is not as the mode asks, in sentences. */
  readonly unmet: readonly string[];
  /** Listed interfaces that are left alone because something of ours stands on them. */
  readonly spared: readonly InterfaceName[];
}

/** Bypass with every listener failed, or normal with every listener active. */
export function outlook(mode: ForcedMode, config: Config, before: Ledger, observed: ObservedState): Outlook {
  const asked = desiredFor(config, mode, everyListener(mode, config));
  const desired = sparingLowerDevices(asked, config, observed);
  const ledger = learn(forgetRemoved(before, observed), config, desired, observed);
  const plan = planManaged(desired, ledger, observed);
  // Nobody renews the leases that a killed daemon has left: what then stays must not expire.
  const forEver = planRelease(config, mode, ledger, applyOperations(observed, operationsOf(plan)));
  return {
    ledger,
    plan: [...plan, ...forEver],
    unmet: unmetDesires(NO_LISTENERS, desired, ledger, observed),
    spared: sparedOf(asked, desired),
  };
}

/** What would still not be as the mode asks if all of the plan succeeded: an interface is missing, say. */
export function unmetAfter(mode: ForcedMode, config: Config, { ledger, plan }: Outlook, observed: ObservedState): readonly string[] {
  const then = applyOperations(observed, operationsOf(plan));
  return outlook(mode, config, afterSuccess(plan, ledger, observed), then).unmet;
}

/** Whether it lets a lease end. */
const isRelease = (operation: Operation): boolean => operation.op === 'address-add' && operation.attributes?.validLifetime === Infinity;

/** For a person. */
export const operationText = (operation: Operation): string => `${formatOperation(operation)}${isRelease(operation) ? ' without a lifetime' : ''}`;

/** Nobody listens here, so the addresses of listeners are nobody's desire. */
const NO_LISTENERS = initialState(null, 0);

function everyListener(mode: ForcedMode, config: Config): readonly Listener[] {
  const window = { ends: Infinity, missed: 0, graced: false };
  const phase: Listener['phase'] = mode === 'bypass' ? { status: 'failed', window, row: 0 } : { status: 'active', window };
  return config.listeners.map((listener) => ({ ...newListener(listener.index, listener), phase }));
}

const sparedOf = (asked: DesiredState, desired: DesiredState): readonly InterfaceName[] =>
  asked.interfaces.flatMap(({ name, link }, place) => (link === desired.interfaces[place]?.link ? [] : [name]));
