/**
 * What the kernel makes of an operation: the rules of Linux (`net/ipv4/devinet.c`, `net/ipv6/addrconf.c`). Plans are
 * made on this model, and the mock driver applies operations with it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { match } from 'ts-pattern';
import { handOn, indexToHandOn, instanceOf } from './address-index.js';
import { type InterfaceAddress, familyOf, formatInterfaceAddress } from './address.js';
import type { InterfaceName } from './interface-name.js';
import type { AddressAttributes, ObservedAddress, ObservedInterface, ObservedState, Operation } from './network.js';

/** Why the kernel refuses. */
export type Refusal =
  | 'no-such-interface'
  /** The address is there already. */
  | 'exists'
  /** The address is not there. */
  | 'absent'
  /** IPv4: another address of the same subnet has another scope. */
  | 'other-scope';

const SCOPES: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 };

const scopeOf = ({ attributes: { scope = 'global' } }: ObservedAddress): number => SCOPES[scope] ?? Number(scope);

function addAddress(it: ObservedInterface, added: InterfaceAddress, attributes: AddressAttributes): E.Either<Refusal, ObservedInterface> {
  const index = indexToHandOn(it);
  const isIpv4 = familyOf(added.address) === 4;
  const candidate: ObservedAddress = { ...added, secondary: false, attributes };
  const neighbours = isIpv4 ? index.neighbours(candidate) : [];
  // IPv6 holds an address once, whatever the prefix.
  if (isIpv4 ? neighbours.some(({ address }) => address === added.address) : index.instances(added.address).length > 0) return E.left('exists');
  const [neighbour] = neighbours;
  if (neighbour !== undefined && scopeOf(neighbour) !== scopeOf(candidate)) return E.left('other-scope');
  const newcomer = neighbour === undefined ? candidate : { ...candidate, secondary: true };
  index.add(newcomer);
  const place = newcomer.secondary || !isIpv4 ? it.addresses.length : lastPrimaryOf(it.addresses, newcomer) + 1;
  return E.right(handOn(index, it, { ...it, addresses: it.addresses.toSpliced(place, 0, newcomer) }));
}

/** A primary stands after the last primary of a scope as wide or narrower, else in front: its position; -1 for none. */
function lastPrimaryOf(addresses: readonly ObservedAddress[], newcomer: ObservedAddress): number {
  const scope = scopeOf(newcomer);
  return addresses.findLastIndex((other) => !other.secondary && familyOf(other.address) === 4 && scope <= scopeOf(other));
}

function removeAddress(it: ObservedInterface, { address, prefix }: InterfaceAddress): E.Either<Refusal, ObservedInterface> {
  const index = indexToHandOn(it);
  const target = index.instances(address).find((other) => other.prefix === prefix);
  if (target === undefined) return E.left('absent');
  const behind = it.addresses.indexOf(target);
  const rest = it.addresses.toSpliced(behind, 1);
  const dependent = target.secondary || familyOf(address) === 6 ? [] : index.neighbours(target).filter(({ secondary }) => secondary);
  index.delete(target);
  const [promoted] = dependent;
  if (promoted === undefined) return E.right(handOn(index, it, { ...it, addresses: rest }));
  if (!it.promoteSecondaries) {
    for (const lost of dependent) index.delete(lost);
    const lost = new Set(dependent);
    return E.right(handOn(index, it, { ...it, addresses: rest.filter((other) => !lost.has(other)) }));
  }
  // The first secondary takes over, after the last primary that stood behind the removed one.
  const primary = { ...promoted, secondary: false };
  index.delete(promoted);
  index.add(primary, true);
  const others = rest.toSpliced(rest.indexOf(promoted), 1);
  const last = lastPrimaryOf(others, target);
  const place = last >= behind ? last + 1 : Math.min(behind, others.length);
  return E.right(handOn(index, it, { ...it, addresses: others.toSpliced(place, 0, primary) }));
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

/** What the kernel makes of operations, one after the other; what it refuses has no effect. */
export const applyOperations = (state: ObservedState, operations: readonly Operation[]): ObservedState =>
  afterDeeds(state, operations.map((operation) => ({ operation })));

/** As {@link applyOperations}; `took`: addresses that the kernel was seen to take besides, whether the rules foresee it or not. */
export function afterDeeds(state: ObservedState, deeds: readonly { readonly operation: Operation; readonly took?: readonly InterfaceAddress[] }[]): ObservedState {
  const next = new Map<InterfaceName, ObservedInterface>(state);
  for (const { operation, took = [] } of deeds) {
    const it = next.get(operation.interface);
    if (it === undefined) continue;
    const changed = applyToInterface(it, operation);
    next.set(it.name, withoutAddresses(E.isRight(changed) ? changed.right : it, took));
  }
  return next;
}

function withoutAddresses(it: ObservedInterface, gone: readonly InterfaceAddress[]): ObservedInterface {
  const left = gone.filter((address) => instanceOf(it, address) !== undefined);
  if (left.length === 0) return it;
  const keys = new Set(left.map(formatInterfaceAddress));
  return { ...it, addresses: it.addresses.filter((address) => !keys.has(formatInterfaceAddress(address))) };
}
