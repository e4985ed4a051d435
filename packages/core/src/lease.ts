/**
 * Leases: lifetimes that cards' addresses carry in the kernel, so that a daemon which dies or hangs lets them expire.
 *
 * A lease changes no desired state and shows in no plan: it is kept beside them, by operations of its own.
 */
import { instancesOf } from './address-index.js';
import { familyOf } from './address.js';
import type { Config } from './config/config.js';
import { type Ledger, type OwnAddress, type Place, instanceKey, placeKey } from './ledger.js';
import type { ModeName } from './monitor.js';
import type { AddressAttributes, ObservedAddress, ObservedState, Operation } from './network.js';
import type { Plan, Step } from './plan.js';

/**
 * What renews the leases of all cards' addresses that stand, and makes permanent what needs no lease any more.
 * Renewed in every state but bypass, unsettled too. Before an address gets a lease, promotion is turned on for its
 * interface: what expires must not take its secondaries along; where that was refused, it gets none.
 *
 * @param mode in bypass nothing is renewed, and nothing made permanent
 */
export function planLease(config: Config | null, mode: ModeName, ledger: Ledger, observed: ObservedState): Plan {
  if (mode === 'bypass') return [];
  const seconds = config?.cardLease ?? 0;
  const places: readonly Place[] = seconds === 0 ? [] : [...(config?.cards ?? []), ...ledger.removedCards];
  const promotions = new Map<string, number>();
  const steps: Step[] = [];
  const take = (operation: Operation, needs: readonly number[] = []): number => steps.push({ operation, purpose: 'put-back', needs }) - 1;
  for (const { interface: name, address } of places) {
    for (const instance of instancesOf(observed, name, address)) {
      const isSafe = familyOf(address) === 6 || observed.get(name)?.promoteSecondaries === true;
      if (!isSafe && ledger.promotionRefused.has(name)) continue;
      if (!isSafe && !promotions.has(name)) promotions.set(name, take({ op: 'promote-secondaries', interface: name }));
      const promotion = isSafe ? undefined : promotions.get(name);
      take(withLifetime(name, instance, seconds), promotion === undefined ? [] : [promotion]);
    }
  }
  for (const operation of release(ledger, observed, new Set(places.map(placeKey)))) take(operation);
  return steps;
}

/** What makes all leased addresses permanent again: for a clean stop. */
export const planRelease = (ledger: Ledger, observed: ObservedState): Plan =>
  release(ledger, observed, new Set()).map((operation) => ({ operation, purpose: 'put-back', needs: [] }));

/** @param kept places whose leases go on */
function release({ leased }: Ledger, observed: ObservedState, kept: ReadonlySet<string>): readonly Operation[] {
  return [...leased.values()].flatMap((own) => {
    if (kept.has(placeKey(own))) return [];
    const standing = instancesOf(observed, own.interface, own.address).filter(({ prefix, attributes }) => prefix === own.prefix && attributes.validLifetime !== undefined);
    return standing.map((instance) => withLifetime(own.interface, instance, Infinity));
  });
}

/** The ledger after lease operations that succeeded. */
export function recordLeases(ledger: Ledger, operations: readonly Operation[]): Ledger {
  const leased = new Map(ledger.leased);
  for (const operation of operations) {
    if (operation.op !== 'address-add') continue;
    const own: OwnAddress = { interface: operation.interface, ...operation.address };
    if (operation.attributes?.validLifetime === Infinity) leased.delete(instanceKey(own));
    else leased.set(instanceKey(own), own);
  }
  return { ...ledger, leased };
}

/** An add of what is there renews its lifetime; everything else about it must be said again, or the kernel forgets it. */
function withLifetime(name: Place['interface'], { address, prefix, attributes }: ObservedAddress, seconds: number): Operation {
  const renewed: AddressAttributes = { ...attributes, validLifetime: seconds, preferredLifetime: seconds };
  return { op: 'address-add', interface: name, address: { address, prefix }, attributes: renewed };
}
