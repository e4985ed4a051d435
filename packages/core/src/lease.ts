/**
 * Leases: lifetimes that cards' addresses carry in the kernel, so that a daemon which dies or hangs lets them expire.
 *
 * A lease changes no desired state and shows in no plan: it is kept beside them, by operations of its own.
 */
import { instanceOf, instancesOf } from './address-index.js';
import { familyOf } from './address.js';
import type { Config } from './config/config.js';
import type { InterfaceName } from './interface-name.js';
import { type Ledger, type OwnAddress, type Place, instanceKey, isUnderItsName, placeKey } from './ledger.js';
import type { ModeName } from './monitor.js';
import { type AddressAttributes, type ObservedAddress, type ObservedState, type Operation, formatOperation } from './network.js';
import type { Plan, Step } from './plan.js';

/**
 * What renews the leases of all cards' addresses that stand, and makes permanent what is to stay without one.
 * Renewed in every state but bypass, unsettled too. Before an address gets a lease, promotion is turned on for its
 * interface: what expires must not take its secondaries along; where that was refused, it gets none.
 *
 * @param config null: not configured yet, nothing is managed
 * @param mode in bypass cards' addresses are to go: none is renewed, and none made permanent
 */
export function planLease(config: Config | null, mode: ModeName, ledger: Ledger, observed: ObservedState): Plan {
  const renewals = config === null || config.cardLease === 0 || mode === 'bypass' ? [] : planRenewals(config, ledger, observed);
  const renewed = new Set(renewals.map(({ operation }) => formatOperation(operation)));
  return [...renewals, ...planRelease(config, mode, ledger, observed).filter(({ operation }) => !renewed.has(formatOperation(operation)))];
}

/**
 * What makes permanent that which nobody will renew and which must not expire: the addresses of cards, whoever gave them a
 * lifetime, and what else we have leased that is still somebody's.
 *
 * @param config null: not configured yet, nothing is managed
 * @param mode in bypass cards' addresses are to go
 */
export function planRelease(config: Config | null, mode: ModeName, ledger: Ledger, observed: ObservedState): Plan {
  if (config === null) return [];
  const going = new Set(mode === 'bypass' ? cardPlaces(config, ledger).map(placeKey) : []);
  const standing = [...config.cards.flatMap((card) => standingAt(observed, card)), ...standingLeased(ledger, observed)];
  const ending = standing.filter((it) => it.attributes.validLifetime !== undefined && !going.has(placeKey(it)));
  const once = new Map(ending.map((it) => [instanceKey(it), it]));
  return [...once.values()].map((it) => ({ operation: withLifetime(it, Infinity), purpose: 'lease', needs: [] }));
}

function planRenewals(config: Config, ledger: Ledger, observed: ObservedState): Plan {
  const promotions = new Map<string, number>();
  const steps: Step[] = [];
  const take = (operation: Operation, needs: readonly number[] = []): number => steps.push({ operation, purpose: 'lease', needs }) - 1;
  for (const it of cardPlaces(config, ledger).flatMap((place) => standingAt(observed, place))) {
    const { interface: name } = it;
    const isSafe = mayExpire(observed, it);
    if (!isSafe && ledger.promotionRefused.has(name)) continue;
    if (!isSafe && !promotions.has(name)) promotions.set(name, take({ op: 'promote-secondaries', interface: name }));
    const promotion = isSafe ? undefined : promotions.get(name);
    take(withLifetime(it, config.cardLease), promotion === undefined ? [] : [promotion]);
  }
  return steps;
}

/** Interfaces on which cards' addresses get no lease, because promotion was refused there. */
export function withoutLease(config: Config | null, { promotionRefused }: Ledger, observed: ObservedState): ReadonlySet<InterfaceName> {
  const leasable = config === null || config.cardLease === 0 ? [] : config.cards;
  return new Set(leasable.filter((card) => promotionRefused.has(card.interface) && !mayExpire(observed, card)).map((card) => card.interface));
}

/** Whether its end takes nothing along. */
const mayExpire = (observed: ObservedState, { interface: name, address }: Place): boolean => familyOf(address) === 6 || observed.get(name)?.promoteSecondaries === true;

/** An instance as it was seen on its interface. */
type Standing = OwnAddress & ObservedAddress;

/** Of cards, and of those that have left the configuration and are still to go. */
const cardPlaces = (config: Config, { removedCards }: Ledger): readonly Place[] => [...config.cards, ...removedCards];

const standingAt = (observed: ObservedState, { interface: name, address }: Place): readonly Standing[] =>
  instancesOf(observed, name, address).map((it) => ({ interface: name, ...it }));

const standingLeased = ({ leased }: Ledger, observed: ObservedState): readonly Standing[] =>
  [...leased.values()].flatMap((own) => {
    const holder = isUnderItsName(observed, own) ? observed.get(own.interface) : undefined;
    const it = holder && instanceOf(holder, own);
    return it === undefined ? [] : [{ interface: own.interface, ...it }];
  });

/** An add of what is there renews its lifetime; everything else about it must be said again, or the kernel forgets it. */
function withLifetime({ interface: name, address, prefix, attributes }: Standing, seconds: number): Operation {
  const renewed: AddressAttributes = { ...attributes, validLifetime: seconds, preferredLifetime: seconds };
  return { op: 'address-add', interface: name, address: { address, prefix }, attributes: renewed };
}
