/**
 * What the kernel has, and what the kernel would make of an operation.
 *
 * The rules are those of Linux (`net/ipv4/devinet.c`, `net/ipv6/addrconf.c`): plans are made on this model, the mock
 * driver applies operations with it, and the two real drivers report in its words.
 */
import * as E from 'fp-ts/lib/Either.js';
import { match } from 'ts-pattern';
import { type InterfaceAddress, type IpAddress, familyOf, formatInterfaceAddress, sameNetwork } from './address.js';
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

/** Why the kernel refuses. */
export type Refusal =
  | 'no-such-interface'
  /** The address is there already. */
  | 'exists'
  /** The address is not there. */
  | 'absent'
  /** IPv4: another address of the same subnet has another scope. */
  | 'other-scope';

// -------------------------------------------------------------------------------------
// questions
// -------------------------------------------------------------------------------------

export const sameAddress = (a: InterfaceAddress, b: InterfaceAddress): boolean => a.address === b.address && a.prefix === b.prefix;

/** Observations do not change, so an index of one stays true as long as it lives. */
const indices = new WeakMap<ObservedInterface, ReadonlyMap<IpAddress, readonly ObservedAddress[]>>();

function indexOf(it: ObservedInterface): ReadonlyMap<IpAddress, readonly ObservedAddress[]> {
  const known = indices.get(it);
  if (known !== undefined) return known;
  const index = new Map<IpAddress, readonly ObservedAddress[]>();
  for (const address of it.addresses) {
    const others = index.get(address.address) ?? NONE;
    index.set(address.address, [...others, address].sort((a, b) => a.prefix - b.prefix));
  }
  indices.set(it, index);
  return index;
}

const NONE: readonly ObservedAddress[] = [];

/** Every instance of an address, by ascending prefix. */
export function instancesOf(state: ObservedState, name: InterfaceName, address: IpAddress): readonly ObservedAddress[] {
  const it = state.get(name);
  return it === undefined ? NONE : (indexOf(it).get(address) ?? NONE);
}

/** Whether exactly this address, with this prefix, is on the interface. */
export const isOn = (state: ObservedState, name: InterfaceName, address: InterfaceAddress): boolean =>
  instancesOf(state, name, address.address).some(({ prefix }) => prefix === address.prefix);

/** Whether `other` stands in the subnet of `address`: same mask, same network (`inet_ifa_match`). */
function inSubnetOf(address: ObservedAddress, other: ObservedAddress): boolean {
  if (address.prefix !== other.prefix || familyOf(address.address) !== familyOf(other.address)) return false;
  return sameNetwork((address.attributes.peer ?? address).address, (other.attributes.peer ?? other).address, address.prefix);
}

/** Secondaries that the kernel would delete with `address` were it not for promotion, in its order. */
export function secondariesOf({ addresses }: ObservedInterface, address: ObservedAddress): readonly ObservedAddress[] {
  if (address.secondary) return [];
  return addresses.filter((other) => other.secondary && inSubnetOf(address, other));
}

/** What differs on one interface between two observations: `exists`, `link`, `promotion`, or an address. */
export type Difference = 'exists' | 'link' | 'promotion' | IpAddress;

/** Interfaces that differ between two observations, with what differs on each. */
export function differences(before: ObservedState, after: ObservedState): ReadonlyMap<InterfaceName, ReadonlySet<Difference>> {
  const found = new Map<InterfaceName, ReadonlySet<Difference>>();
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(name);
    const is = after.get(name);
    const differing = was === undefined || is === undefined ? new Set<Difference>(['exists']) : differencesOf(was, is);
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

// -------------------------------------------------------------------------------------
// rules
// -------------------------------------------------------------------------------------

const SCOPES: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 };

const scopeOf = ({ attributes: { scope = 'global' } }: ObservedAddress): number => SCOPES[scope] ?? Number(scope);

function addAddress(it: ObservedInterface, added: InterfaceAddress, attributes: AddressAttributes): E.Either<Refusal, ObservedInterface> {
  const { addresses } = it;
  if (familyOf(added.address) === 6) {
    // IPv6 holds an address once, whatever the prefix.
    if (addresses.some(({ address }) => address === added.address)) return E.left('exists');
    return E.right({ ...it, addresses: [...addresses, { ...added, secondary: false, attributes }] });
  }
  const candidate: ObservedAddress = { ...added, secondary: false, attributes };
  const neighbours = addresses.filter((other) => inSubnetOf(other, candidate));
  if (neighbours.some((other) => sameAddress(other, added))) return E.left('exists');
  if (neighbours.some((other) => scopeOf(other) !== scopeOf(candidate))) return E.left('other-scope');
  if (neighbours.length > 0) return E.right({ ...it, addresses: [...addresses, { ...candidate, secondary: true }] });
  // A primary comes after the last primary of a scope as wide or narrower, else to the front.
  const place = addresses.findLastIndex((other) => familyOf(other.address) === 4 && !other.secondary && scopeOf(candidate) <= scopeOf(other)) + 1;
  return E.right({ ...it, addresses: addresses.toSpliced(place, 0, candidate) });
}

function removeAddress(it: ObservedInterface, removed: InterfaceAddress): E.Either<Refusal, ObservedInterface> {
  const target = it.addresses.find((other) => sameAddress(other, removed));
  if (target === undefined) return E.left('absent');
  const dependent = secondariesOf(it, target);
  const rest = it.addresses.filter((other) => other !== target);
  const [promoted] = dependent;
  if (promoted === undefined) return E.right({ ...it, addresses: rest });
  if (!it.promoteSecondaries) return E.right({ ...it, addresses: rest.filter((other) => !dependent.includes(other)) });
  // The first secondary takes over, after the last primary that stood behind the removed one.
  const others = rest.filter((other) => other !== promoted);
  const behind = it.addresses.indexOf(target);
  const last = others.findLastIndex((other, place) => place >= behind && familyOf(other.address) === 4 && !other.secondary && scopeOf(target) <= scopeOf(other));
  const place = last >= 0 ? last + 1 : Math.min(behind, others.length);
  return E.right({ ...it, addresses: others.toSpliced(place, 0, { ...promoted, secondary: false }) });
}

function setLink(it: ObservedInterface, up: boolean): ObservedInterface {
  if (it.up === up) return it;
  return { ...it, up, addresses: up ? it.addresses : it.addresses.filter(({ address }) => familyOf(address) === 4) };
}

/** What the kernel makes of one operation on the interface that it names. */
export function applyToInterface(it: ObservedInterface, operation: Operation): E.Either<Refusal, ObservedInterface> {
  return match(operation)
    .returnType<E.Either<Refusal, ObservedInterface>>()
    .with({ op: 'address-add' }, ({ address, attributes = {} }) => addAddress(it, address, attributes))
    .with({ op: 'address-del' }, ({ address }) => removeAddress(it, address))
    .with({ op: 'link-up' }, () => E.right(setLink(it, true)))
    .with({ op: 'link-down' }, () => E.right(setLink(it, false)))
    .with({ op: 'promote-secondaries' }, () => E.right({ ...it, promoteSecondaries: true }))
    .exhaustive();
}

/** What the kernel makes of one operation. */
export function applyOperation(state: ObservedState, operation: Operation): E.Either<Refusal, ObservedState> {
  const it = state.get(operation.interface);
  if (it === undefined) return E.left('no-such-interface');
  return E.map((changed: ObservedInterface): ObservedState => new Map(state).set(changed.name, changed))(applyToInterface(it, operation));
}

/** `address-del eth0 192.168.1.211/32`, as a person reads it. */
export function formatOperation(operation: Operation): string {
  return 'address' in operation
    ? `${operation.op} ${operation.interface} ${formatInterfaceAddress(operation.address)}`
    : `${operation.op} ${operation.interface}`;
}
