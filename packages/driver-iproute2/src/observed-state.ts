import {
  type AddressAttributes,
  type InterfaceName,
  type IpAddress,
  type ObservedAddress,
  type ObservedInterface,
  type ObservedState,
  familyOf,
  isInterfaceName,
} from '@fastbypass/core';

/** A link as either form of output tells of it. */
export interface SeenLink {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  /** `veth`, `vlan`, … */
  readonly kind?: string | undefined;
  /** The link it is tied to, if that is in the same namespace: the parent, or the peer of a pair. */
  readonly tied?: string | undefined;
  /** The bridge, bond or VRF whose port it is. */
  readonly master?: string | undefined;
  /** In the kernel's order, which for IPv6 is the newest first. */
  readonly addresses: readonly SeenAddress[];
}

export interface SeenAddress {
  readonly address: IpAddress;
  readonly prefix: number;
  readonly peer?: IpAddress | undefined;
  readonly secondary: boolean;
  readonly scope?: string | undefined;
  readonly label?: string | undefined;
  readonly broadcast?: string | undefined;
  readonly metric?: number | undefined;
  /** Seconds; absent: for ever. */
  readonly validLifetime?: number | undefined;
  readonly preferredLifetime?: number | undefined;
  readonly noPrefixRoute: boolean;
}

/** What is tied to a link of these kinds is its peer, and nothing stands on a peer. */
const PAIRS = new Set(['veth', 'vxcan', 'netkit']);

/** The network that `links` show. Interfaces with names that no configuration can hold are left out. */
export function observedState(links: readonly SeenLink[], promoted: (name: InterfaceName) => boolean): ObservedState {
  const state = new Map<InterfaceName, ObservedInterface>();
  const lower = lowerDevices(links);
  for (const { name, index, up, addresses } of links) {
    if (!isInterfaceName(name)) continue;
    state.set(name, {
      name,
      index,
      up,
      promoteSecondaries: promoted(name),
      addresses: [
        ...addresses.filter(({ address }) => familyOf(address) === 4),
        ...addresses.filter(({ address }) => familyOf(address) === 6).reverse(),
      ].map((seen) => observedAddress(name, seen)),
      lower: [...(lower.get(name) ?? [])].sort(),
    });
  }
  return state;
}

function lowerDevices(links: readonly SeenLink[]): ReadonlyMap<string, ReadonlySet<InterfaceName>> {
  const known = new Set(links.map(({ name }) => name));
  const lower = new Map<string, Set<InterfaceName>>();
  const standsOn = (upper: string, on: string | undefined): void => {
    if (on === undefined || on === upper || !known.has(on) || !isInterfaceName(on)) return;
    const already = lower.get(upper);
    if (already === undefined) lower.set(upper, new Set([on]));
    else already.add(on);
  };
  for (const { name, kind, tied, master } of links) {
    if (kind === undefined || !PAIRS.has(kind)) standsOn(name, tied);
    if (master !== undefined && isInterfaceName(name)) standsOn(master, name);
  }
  return lower;
}

function observedAddress(name: InterfaceName, seen: SeenAddress): ObservedAddress {
  const { address, prefix, peer, scope, label, broadcast, metric, validLifetime, preferredLifetime } = seen;
  const four = familyOf(address) === 4;
  const attributes: AddressAttributes = {
    // The kernel derives the scope of an IPv6 address from the address.
    ...(four && scope !== undefined && scope !== 'global' && { scope }),
    ...(four && label !== undefined && label !== name && { label }),
    ...(broadcast !== undefined && { broadcast }),
    ...(peer !== undefined && { peer: { address: peer, prefix } }),
    ...(metric !== undefined && { metric }),
    ...(validLifetime !== undefined && { validLifetime }),
    ...(preferredLifetime !== undefined && { preferredLifetime }),
    ...(seen.noPrefixRoute && { noPrefixRoute: true }),
  };
  // IPv6 uses the same flag for temporary addresses.
  return { address, prefix, secondary: four && seen.secondary, attributes };
}
