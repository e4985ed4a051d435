import { type InterfaceName, type ObservedAddress, type ObservedInterface, type ObservedState, familyOf, isInterfaceName } from '@fastbypass/core';
import type { SeenAddress } from './address.js';
import type { Link } from './link.js';

/** What is tied to a link of these kinds is its peer, and nothing stands on a peer. */
const PAIRS = new Set(['veth', 'vxcan', 'netkit']);

/**
 * The network that these dumps show. Interfaces with names that no configuration can hold are left out, and addresses of
 * an interface that came after the links had been dumped.
 *
 * @param addresses in the kernel's order, which for IPv6 is the newest first
 * @param promotedEverywhere what `all` says of promotion
 */
export function observedState(links: readonly Link[], addresses: readonly SeenAddress[], promotedEverywhere: boolean): ObservedState {
  const lower = lowerDevices(links);
  const byIndex = groupByIndex(addresses);
  const state = new Map<InterfaceName, ObservedInterface>();
  for (const { index, name, up, promoteSecondaries } of links) {
    if (!isInterfaceName(name)) continue;
    const seen = byIndex.get(index) ?? [];
    state.set(name, {
      name,
      index,
      up,
      promoteSecondaries: promoteSecondaries === true || promotedEverywhere,
      addresses: [...seen.filter(isIpv4), ...seen.filter((it) => !isIpv4(it)).reverse()].map((it) => observedAddress(name, it)),
      lower: [...(lower.get(index) ?? [])].sort(),
    });
  }
  return state;
}

function groupByIndex(addresses: readonly SeenAddress[]): ReadonlyMap<number, readonly SeenAddress[]> {
  const groups = new Map<number, SeenAddress[]>();
  for (const it of addresses) {
    const group = groups.get(it.index);
    if (group === undefined) groups.set(it.index, [it]);
    else group.push(it);
  }
  return groups;
}

const isIpv4 = ({ address }: SeenAddress): boolean => familyOf(address.address) === 4;

export function observedAddress(name: InterfaceName, { address, label }: SeenAddress): ObservedAddress {
  if (label === undefined || label === name) return address;
  return { ...address, attributes: { ...address.attributes, label } };
}

/** By the index of what stands on them. */
function lowerDevices(links: readonly Link[]): ReadonlyMap<number, ReadonlySet<InterfaceName>> {
  const names = new Map(links.map(({ index, name }) => [index, name]));
  const lower = new Map<number, Set<InterfaceName>>();
  const standsOn = (upper: number, on: number): void => {
    const name = names.get(on);
    if (on === upper || name === undefined || !isInterfaceName(name)) return;
    const already = lower.get(upper);
    if (already === undefined) lower.set(upper, new Set([name]));
    else already.add(name);
  };
  for (const { index, kind, tied, master } of links) {
    if (tied !== undefined && !(kind !== undefined && PAIRS.has(kind))) standsOn(index, tied);
    if (master !== undefined) standsOn(master, index);
  }
  return lower;
}
