/**
 * The addresses of an interface by what is asked of them: an address under any prefix, the neighbours in a subnet.
 *
 * Observations do not change, so an index of one is true as long as that lives. What a rule makes of an interface
 * differs by an address or two: there the index is handed on and brought up to date instead of being made anew, so
 * that a plan of a thousand operations looks at some thousands of addresses and not at a million.
 */
import { type InterfaceAddress, type IpAddress, familyOf, ipv4Network } from './address.js';
import type { InterfaceName } from './interface-name.js';
import type { ObservedAddress, ObservedInterface, ObservedState } from './network.js';

const NONE: readonly ObservedAddress[] = [];

export class AddressIndex {
  private readonly byAddress = new Map<IpAddress, readonly ObservedAddress[]>();
  private readonly bySubnet = new Map<number, ObservedAddress[]>();

  /** @param spare of an interface that a rule has made: the next rule may take it over */
  constructor(
    addresses: readonly ObservedAddress[],
    readonly spare: boolean,
  ) {
    for (const address of addresses) this.add(address);
  }

  /** By ascending prefix. */
  instances(address: IpAddress): readonly ObservedAddress[] {
    return this.byAddress.get(address) ?? NONE;
  }

  /** IPv4: itself, if it is there, and all others of the same mask and network (`inet_ifa_match`), in the kernel's order. */
  neighbours(address: ObservedAddress): readonly ObservedAddress[] {
    return this.bySubnet.get(subnetKey(address)) ?? NONE;
  }

  /** @param first whether it stands before its neighbours, as a primary that was promoted does */
  add(added: ObservedAddress, first = false): void {
    const instances = this.instances(added.address);
    this.byAddress.set(added.address, instances.length === 0 ? [added] : [...instances, added].sort((a, b) => a.prefix - b.prefix));
    if (familyOf(added.address) === 6) return;
    const neighbours = this.bySubnet.get(subnetKey(added));
    if (neighbours === undefined) this.bySubnet.set(subnetKey(added), [added]);
    else if (first) neighbours.unshift(added);
    else neighbours.push(added);
  }

  delete(deleted: ObservedAddress): void {
    const rest = this.instances(deleted.address).filter((other) => other !== deleted);
    if (rest.length > 0) this.byAddress.set(deleted.address, rest);
    else this.byAddress.delete(deleted.address);
    const neighbours = this.bySubnet.get(subnetKey(deleted));
    if (neighbours !== undefined) neighbours.splice(neighbours.indexOf(deleted), 1);
  }
}

const subnetKey = ({ address, prefix, attributes: { peer } }: ObservedAddress): number => ipv4Network(peer?.address ?? address, prefix);

const indices = new WeakMap<ObservedInterface, AddressIndex>();

function indexOf(it: ObservedInterface): AddressIndex {
  const known = indices.get(it);
  if (known !== undefined) return known;
  const index = new AddressIndex(it.addresses, false);
  indices.set(it, index);
  return index;
}

/** The index of what a rule is about to change, for {@link handOn}. */
export function indexToHandOn(it: ObservedInterface): AddressIndex {
  const known = indices.get(it);
  return known?.spare === true ? known : new AddressIndex(it.addresses, true);
}

/** `after`, made of `before`, whose index has been brought up to date. */
export function handOn(index: AddressIndex, before: ObservedInterface, after: ObservedInterface): ObservedInterface {
  if (indices.get(before) === index) indices.delete(before);
  indices.set(after, index);
  return after;
}

// -------------------------------------------------------------------------------------
// questions
// -------------------------------------------------------------------------------------

/** Every instance of an address, by ascending prefix. */
export function instancesOf(state: ObservedState, name: InterfaceName, address: IpAddress): readonly ObservedAddress[] {
  const it = state.get(name);
  return it === undefined ? NONE : indexOf(it).instances(address);
}

/** Exactly this address with this prefix; undefined where it is not on the interface. */
export const instanceOf = (it: ObservedInterface, { address, prefix }: InterfaceAddress): ObservedAddress | undefined =>
  indexOf(it)
    .instances(address)
    .find((other) => other.prefix === prefix);

/** Secondaries that the kernel would delete with `address` were it not for promotion, in its order. */
export function secondariesOf(it: ObservedInterface, address: ObservedAddress): readonly ObservedAddress[] {
  return address.secondary || familyOf(address.address) === 6
    ? NONE
    : indexOf(it)
        .neighbours(address)
        .filter(({ secondary }) => secondary);
}
