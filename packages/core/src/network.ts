/** What the kernel has, and what can be asked of it: plans are made of these words, and all drivers report in them. */
import { type InterfaceAddress, type IpAddress, formatInterfaceAddress } from './address.js';
import type { InterfaceName } from './interface-name.js';

/** What an address carries besides itself; absent: the kernel's default. */
export interface AddressAttributes {
  /** `global`, `site`, `link`, `host` or a number, as `ip` writes it. */
  readonly scope?: string;
  readonly label?: string;
  readonly broadcast?: string;
  /** The other end of a point-to-point address. */
  readonly peer?: InterfaceAddress;
  /** Of the route that the address brings. */
  readonly metric?: number;
  /** Seconds that the kernel keeps it; absent: for ever. */
  readonly validLifetime?: number;
  /** Seconds until it is deprecated; absent: for ever. */
  readonly preferredLifetime?: number;
  readonly noPrefixRoute?: boolean;
}

export interface ObservedAddress extends InterfaceAddress {
  /** IPv4: goes with its primary unless secondaries are promoted. */
  readonly secondary: boolean;
  readonly attributes: AddressAttributes;
}

export interface ObservedInterface {
  readonly name: InterfaceName;
  /** The kernel's number for it: a rename leaves it, another interface of the same name has another one. */
  readonly index: number;
  /** Administrative state; the carrier is not looked at. */
  readonly up: boolean;
  /** Whether secondaries outlive their primary: the interface or `all` says so. */
  readonly promoteSecondaries: boolean;
  /** IPv4 in the kernel's order; IPv6 in an order of adding that leads to the kernel's. */
  readonly addresses: readonly ObservedAddress[];
  /** Interfaces that this one stands on: VLAN parent; ports of a bond or bridge. */
  readonly lower: readonly InterfaceName[];
}

export type ObservedState = ReadonlyMap<InterfaceName, ObservedInterface>;

export type Operation =
  | { readonly op: 'address-add'; readonly interface: InterfaceName; readonly address: InterfaceAddress; readonly attributes?: AddressAttributes }
  | { readonly op: 'address-del'; readonly interface: InterfaceName; readonly address: InterfaceAddress }
  | { readonly op: 'link-up'; readonly interface: InterfaceName }
  | { readonly op: 'link-down'; readonly interface: InterfaceName }
  /** Lets secondaries of IPv4 outlive their primary on this interface. */
  | { readonly op: 'promote-secondaries'; readonly interface: InterfaceName };

// -------------------------------------------------------------------------------------
// questions
// -------------------------------------------------------------------------------------

export const sameAddress = (a: InterfaceAddress, b: InterfaceAddress): boolean => a.address === b.address && a.prefix === b.prefix;

/** Whether two observations show the very same, down to attributes and order. */
export function sameNetwork(a: ObservedState, b: ObservedState): boolean {
  if (a.size !== b.size) return false;
  for (const it of a.values()) {
    const other = b.get(it.name);
    if (other === undefined || !sameInterface(it, other)) return false;
  }
  return true;
}

const sameInterface = (a: ObservedInterface, b: ObservedInterface): boolean =>
  a === b ||
  (a.index === b.index &&
    a.up === b.up &&
    a.promoteSecondaries === b.promoteSecondaries &&
    a.lower.join() === b.lower.join() &&
    a.addresses.length === b.addresses.length &&
    a.addresses.every((it, place) => sameObserved(it, b.addresses[place])));

const sameObserved = (a: ObservedAddress, b: ObservedAddress | undefined): boolean =>
  b !== undefined && sameAddress(a, b) && a.secondary === b.secondary && sameAttributes(a.attributes, b.attributes);

function sameAttributes({ peer, ...rest }: AddressAttributes, { peer: otherPeer, ...other }: AddressAttributes): boolean {
  if (peer === undefined || otherPeer === undefined ? peer !== otherPeer : !sameAddress(peer, otherPeer)) return false;
  const names = Object.keys({ ...rest, ...other }) as (keyof typeof rest)[];
  return names.every((name) => rest[name] === other[name]);
}

/** What differs on one interface between two observations: `exists` (another one of that name, too), `link`, `promotion`, or an address. */
export type Difference = 'exists' | 'link' | 'promotion' | IpAddress;

/** Interfaces that differ between two observations, with what differs on each. */
export function differences(before: ObservedState, after: ObservedState): ReadonlyMap<InterfaceName, ReadonlySet<Difference>> {
  const found = new Map<InterfaceName, ReadonlySet<Difference>>();
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(name);
    const is = after.get(name);
    const differing = was === undefined || is === undefined || was.index !== is.index ? new Set<Difference>(['exists']) : differencesOf(was, is);
    if (differing.size > 0) found.set(name, differing);
  }
  return found;
}

function differencesOf(was: ObservedInterface, is: ObservedInterface): ReadonlySet<Difference> {
  const differing = new Set<Difference>();
  if (was === is) return differing;
  if (was.up !== is.up) differing.add('link');
  if (was.promoteSecondaries !== is.promoteSecondaries) differing.add('promotion');
  const keys = (it: ObservedInterface): ReadonlyMap<string, IpAddress> =>
    new Map(it.addresses.map((address) => [formatInterfaceAddress(address), address.address]));
  const [before, after] = [keys(was), keys(is)];
  for (const [key, address] of before) if (!after.has(key)) differing.add(address);
  for (const [key, address] of after) if (!before.has(key)) differing.add(address);
  return differing;
}

/** `address-del eth0 192.168.1.211/32`, as a person reads it. */
export function formatOperation(operation: Operation): string {
  return 'address' in operation
    ? `${operation.op} ${operation.interface} ${formatInterfaceAddress(operation.address)}`
    : `${operation.op} ${operation.interface}`;
}
