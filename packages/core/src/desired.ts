/** From what the monitor knows to what the network should be: of managed things alone, all else is never touched. */
import type { CardConfig, Config } from './config/config.js';
import type { InterfaceName } from './interface-name.js';
import { type Listener, isLaunched } from './listener.js';
import { type ModeName, type MonitorState, isSettled, listeners } from './monitor.js';
import type { ObservedState } from './network.js';

export type CardPresence = 'present' | 'absent' | 'unmanaged';
export type LinkState = 'up' | 'down' | 'unmanaged';

export interface DesiredCard {
  readonly card: CardConfig;
  readonly presence: CardPresence;
}

export interface DesiredInterface {
  readonly name: InterfaceName;
  readonly link: LinkState;
  /** Who claims it down: `global`, `listener 0`. */
  readonly downFor: readonly string[];
}

export interface DesiredState {
  /** False: while somebody is waited for, no card and no interface is touched. */
  readonly settled: boolean;
  /** By index. */
  readonly cards: readonly DesiredCard[];
  /** Those of lists with flag 1, in order of first mention. */
  readonly interfaces: readonly DesiredInterface[];
}

/** To be derived after a decision, not in the middle of an instant. */
export function desiredState(state: MonitorState): DesiredState {
  const settled = isSettled(state);
  return desiredFor(state.config, settled ? state.mode.name : 'unknown', listeners(state));
}

/** What `mode` asks for, with the claims that the listeners make; mode `unknown` asks for nothing. */
export function desiredFor(config: Config | null, mode: ModeName, heard: readonly Listener[]): DesiredState {
  const settled = mode !== 'unknown';
  const presence = mode === 'normal' ? 'present' : mode === 'bypass' ? 'absent' : 'unmanaged';
  return {
    settled,
    cards: (config?.cards ?? []).map((card) => ({ card, presence })),
    interfaces: config === null ? [] : desiredInterfaces(config, mode, heard, settled),
  };
}

/** Whether both ask the same of the same cards and interfaces, whoever claims it: then they lead to the same plan. */
export const asksTheSame = (a: DesiredState, b: DesiredState): boolean =>
  a.settled === b.settled &&
  a.cards.length === b.cards.length &&
  a.interfaces.length === b.interfaces.length &&
  a.cards.every(({ card, presence }, place) => card === b.cards[place]?.card && presence === b.cards[place].presence) &&
  a.interfaces.every(({ name, link }, place) => name === b.interfaces[place]?.name && link === b.interfaces[place].link);

interface Claims {
  up: boolean;
  readonly downFor: string[];
}

function desiredInterfaces(config: Config, mode: ModeName, heard: readonly Listener[], settled: boolean): readonly DesiredInterface[] {
  const claims = new Map<InterfaceName, Claims>();
  const claim = (names: readonly InterfaceName[], link: LinkState, claimant: string): void => {
    for (const name of names) {
      const made = claims.get(name) ?? { up: false, downFor: [] };
      claims.set(name, made);
      if (link === 'up') made.up = true;
      if (link === 'down') made.downFor.push(claimant);
    }
  };
  claim(config.managed, mode === 'normal' ? 'up' : mode === 'bypass' ? 'down' : 'unmanaged', 'global');
  for (const { config: listener, phase } of heard) {
    const link = phase.status === 'active' ? 'up' : phase.status === 'failed' ? 'down' : 'unmanaged';
    claim(listener.managed, settled ? link : 'unmanaged', `listener ${String(listener.index)}`);
  }
  return [...claims].map(([name, { up, downFor }]) => ({ name, downFor, link: downFor.length > 0 ? 'down' : up ? 'up' : 'unmanaged' }));
}

/** Interfaces on which something of ours stands: listeners' and cards'. */
export function bearersOf(config: Config): ReadonlySet<InterfaceName> {
  const names = new Set<InterfaceName>(config.cards.map((card) => card.interface));
  for (const listener of config.listeners) if (listener.interface !== null) names.add(listener.interface);
  return names;
}

/** All interfaces below `names`: VLAN parents, ports of bonds and bridges, and what is below them. */
export function lowerDevicesOf(names: Iterable<InterfaceName>, observed: ObservedState): ReadonlySet<InterfaceName> {
  const found = new Set<InterfaceName>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const lower of observed.get(name)?.lower ?? []) {
      if (!found.has(lower)) {
        found.add(lower);
        open.push(lower);
      }
    }
  }
  return found;
}

/** Without those that bear ours from below: shut down, they would take listeners or cards with them. */
export function sparingLowerDevices(desired: DesiredState, config: Config | null, observed: ObservedState): DesiredState {
  if (config === null || desired.interfaces.length === 0) return desired;
  const lower = lowerDevicesOf(bearersOf(config), observed);
  if (!desired.interfaces.some(({ name }) => lower.has(name))) return desired;
  return { ...desired, interfaces: desired.interfaces.map((it) => (lower.has(it.name) ? { ...it, link: 'unmanaged', downFor: [] } : it)) };
}

/** Listeners whose sockets listen: their addresses are to be there at all times. */
export const launchedListeners = (state: MonitorState): readonly Listener[] => listeners(state).filter(isLaunched);
