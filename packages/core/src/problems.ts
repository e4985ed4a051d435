/** What is not as it should be, in sentences for a person. */
import { instancesOf } from './address-index.js';
import { type IpAddress, formatInterfaceAddress } from './address.js';
import { isWildcard } from './config/config.js';
import { type DesiredState, bearersOf, lowerDevicesOf } from './desired.js';
import type { InterfaceName } from './interface-name.js';
import { type Ledger, instanceKey, shutInterfaceOf } from './ledger.js';
import { type Listener, isLaunched, isWaitedFor } from './listener.js';
import { type MonitorState, isSettled, listeners } from './monitor.js';
import type { ObservedState } from './network.js';

const nameOf = ({ config }: Listener): string => `listener ${String(config.index)} (${config.host} port ${String(config.port)})`;

/**
 * What is desired and not so; empty exactly when the network has converged. While nothing is managed only the
 * listeners' addresses count.
 */
export function unmetDesires(state: MonitorState, desired: DesiredState, ledger: Ledger, observed: ObservedState): readonly string[] {
  const unmet: string[] = [];
  const absent = (name: InterfaceName, what: string): void => {
    unmet.push(observed.has(name) ? `${what} is not on ${name}` : `interface ${name} is missing: ${what} cannot be there`);
  };
  for (const listener of listeners(state)) {
    const { interface: name, host } = listener.config;
    if (!isLaunched(listener) || name === null || isWildcard(listener.config)) continue;
    if (instancesOf(observed, name, host).length === 0) absent(name, `the address of ${nameOf(listener)}`);
  }
  for (const lost of ledger.lost.values()) unmet.push(`${instanceKey(lost)}, which went with an address that was removed, is not back yet`);
  for (const own of ledger.leaving) unmet.push(`${instanceKey(own)} of a removed listener is still there`);
  if (!desired.settled) return unmet;
  for (const { card, presence } of desired.cards) {
    const { address, prefix, interface: name } = card;
    const standing = instancesOf(observed, name, address);
    const what = `card ${String(card.index)} (${prefix === null ? address : formatInterfaceAddress({ address, prefix })})`;
    if (presence === 'absent' && standing.length > 0) unmet.push(`${what} is still on ${name}, though the mode is bypass`);
    if (presence !== 'present') continue;
    if (standing.length === 0) absent(name, what);
    else if (prefix !== null && standing.some((it) => it.prefix !== prefix)) unmet.push(`${what} stands on ${name} with another prefix`);
  }
  for (const { interface: name, address } of ledger.removedCards) {
    if (instancesOf(observed, name, address).length > 0) unmet.push(`${address} of a removed card is still on ${name}`);
  }
  for (const { name, link, downFor } of desired.interfaces) {
    const it = observed.get(name);
    if (link === 'up' && it === undefined) unmet.push(`interface ${name} is missing: it cannot be brought up`);
    if (link === 'up' && it?.up === false) unmet.push(`interface ${name} is down but is to be up`);
    if (link === 'down' && it?.up === true) unmet.push(`interface ${name} is up but is to be down for ${downFor.join(', ')}`);
  }
  const listed = new Set(desired.interfaces.map(({ name }) => name));
  for (const it of ledger.shut) {
    const { name, down, dropped } = it;
    // Another one bears its name meanwhile.
    if (observed.has(name) && shutInterfaceOf(observed, it) === undefined) continue;
    if (!listed.has(name) && down) unmet.push(`interface ${name}, no longer managed, is still down`);
    else if (observed.get(name)?.up === true && dropped.length > 0 && !desired.interfaces.some((it) => it.name === name && it.link !== 'up')) {
      unmet.push(`${dropped.map(formatInterfaceAddress).join(', ')} of ${name} is not back yet`);
    }
  }
  return unmet;
}

/** What an operator should know though nothing desired is unmet. */
export function standingProblems(state: MonitorState, observed: ObservedState, unwatched: readonly IpAddress[]): readonly string[] {
  const { config } = state;
  if (config === null) return ['waiting for a configuration: no listener and no card is named'];
  const problems: string[] = [];
  const all = listeners(state);
  const waitedFor = all.filter(isWaitedFor);
  if (waitedFor.length > 0) problems.push(`nothing is managed until these have reported: ${waitedFor.map(nameOf).join(', ')}`);
  else if (!isSettled(state)) problems.push('nothing is managed: no listener is active or failed');
  for (const listener of all) {
    if (listener.phase.status === 'unavailable') problems.push(`${nameOf(listener)} is unavailable: ${listener.phase.reason}`);
  }
  for (const address of unwatched) problems.push(`${address} is unwatched: its card is left out of the configuration, bypass will not take it away`);
  const bearers = bearersOf(config);
  const managed = new Set([config.managed, ...config.listeners.map((listener) => listener.managed)].flat());
  for (const name of bearers) {
    if (observed.get(name)?.up === false) problems.push(`interface ${name} bears listeners or cards and is down: bring it up (ip link set ${name} up), nobody else will`);
  }
  for (const name of lowerDevicesOf(bearers, observed)) {
    if (managed.has(name)) problems.push(`interface ${name} is not managed: an interface that bears listeners or cards stands on it`);
  }
  return problems;
}
