/**
 * The difference between what is and what should be, as operations in the order in which they are safe.
 *
 * First comes what is wanted, in the order of the contract ({@link Wish}). Then {@link safely} takes each wish to a model
 * of the kernel before it looks at the next one: so a secondary that goes with its primary is seen to go, whatever
 * would be lost is kept, and no operation changes nothing.
 */
import * as E from 'fp-ts/lib/Either.js';
import { instanceOf, instancesOf, secondariesOf } from './address-index.js';
import { type InterfaceAddress, bitsOf, familyOf } from './address.js';
import type { CardConfig, ListenerConfig } from './config/config.js';
import { isWildcard } from './config/config.js';
import type { DesiredState } from './desired.js';
import type { InterfaceName } from './interface-name.js';
import { applyToInterface } from './kernel-rules.js';
import { type Ledger, type OwnAddress, type Place, type Purpose, instanceKey, isUnderItsName, placeKey, shutInterfaceOf } from './ledger.js';
import type { ObservedAddress, ObservedState, Operation } from './network.js';

export interface Step {
  readonly operation: Operation;
  readonly purpose: Purpose;
  /** Positions in the plan of steps without whose success this one must not be carried out. */
  readonly needs: readonly number[];
}

export type Plan = readonly Step[];

export const operationsOf = (plan: Plan): readonly Operation[] => plan.map(({ operation }) => operation);

// -------------------------------------------------------------------------------------
// plans
// -------------------------------------------------------------------------------------

/**
 * The addresses of listeners: what the last configuration leaves behind goes, then what `wanted` lacks comes. Here as in every plan, what
 * removals of ours took along comes back first.
 *
 * @param wanted listeners that are launched, or about to be, by index
 */
export function planListenerAddresses(wanted: readonly ListenerConfig[], ledger: Ledger, observed: ObservedState): Plan {
  const removals = ledger.leaving.filter((own) => isUnderItsName(observed, own)).map(removal);
  const served = new Set<string>();
  const additions: Wish[] = [];
  for (const listener of wanted) {
    const { interface: name, host, prefix } = listener;
    if (name === null || isWildcard(listener)) continue;
    const place = { interface: name, address: host };
    if (served.has(placeKey(place)) || instancesOf(observed, name, host).length > 0) continue;
    served.add(placeKey(place));
    additions.push(addition(place, prefix ?? bitsOf(host)));
  }
  return safely([...returns(ledger, observed), ...removals, ...additions], ledger, observed);
}

/** Cards and managed interfaces. While unsettled nothing is managed, and the plan is empty. */
export function planManaged(desired: DesiredState, ledger: Ledger, observed: ObservedState): Plan {
  if (!desired.settled) return [];
  const absent = desired.cards.filter(({ presence }) => presence === 'absent').map(({ card }) => card);
  const present = desired.cards.filter(({ presence }) => presence === 'present').map(({ card }) => card);
  const wishes = [
    ...returns(ledger, observed),
    ...[...absent, ...ledger.removedCards].flatMap((place) => instancesOn(observed, place).map(removal)),
    ...desired.interfaces.flatMap(({ name, link }) => (link === 'down' && observed.get(name)?.up === true ? [linkWish('link-down', name)] : [])),
    ...linksUp(desired, ledger, observed),
    ...present.flatMap((card) => presentCard(card, ledger, observed)),
  ];
  return safely(wishes, ledger, observed);
}

// -------------------------------------------------------------------------------------
// wishes
// -------------------------------------------------------------------------------------

interface Wish {
  readonly operation: Operation;
  readonly purpose: Purpose;
  /** Another wish of this plan that must have come true before. */
  readonly needs: Wish | null;
}

const removal = (own: OwnAddress): Wish => ({
  operation: { op: 'address-del', interface: own.interface, address: { address: own.address, prefix: own.prefix } },
  purpose: 'ours',
  needs: null,
});

const addition = (place: Place, prefix: number): Wish => ({
  operation: { op: 'address-add', interface: place.interface, address: { address: place.address, prefix } },
  purpose: 'ours',
  needs: null,
});

const returning = (name: InterfaceName, { address, prefix, attributes }: ObservedAddress, needs: Wish | null): Wish => ({
  operation: { op: 'address-add', interface: name, address: { address, prefix }, attributes },
  purpose: 'put-back',
  needs,
});

/** What removals of ours took along. */
const returns = ({ lost }: Ledger, observed: ObservedState): readonly Wish[] =>
  [...lost.values()].filter((it) => isUnderItsName(observed, it)).map((it) => returning(it.interface, it, null));

const linkWish = (op: 'link-up' | 'link-down', name: InterfaceName): Wish => ({ operation: { op, interface: name }, purpose: 'ours', needs: null });

const instancesOn = (observed: ObservedState, place: Place): readonly OwnAddress[] =>
  instancesOf(observed, place.interface, place.address).map(({ address, prefix }) => ({ interface: place.interface, address, prefix }));

/** Links that are to be up, each with the IPv6 addresses that our link-downs took from it. */
function linksUp(desired: DesiredState, ledger: Ledger, observed: ObservedState): readonly Wish[] {
  const cards = new Set(desired.cards.map(({ card }) => card.address));
  const shutHere = ledger.shut.filter((it) => shutInterfaceOf(observed, it) !== undefined);
  const shut = new Map(shutHere.map((it) => [it.name, it]));
  const wantedUp = desired.interfaces.filter(({ link }) => link === 'up').map(({ name }) => name);
  const listed = new Set(desired.interfaces.map(({ name }) => name));
  const released = shutHere.filter(({ name }) => !listed.has(name)).map(({ name }) => name);
  return [...wantedUp, ...released].flatMap((name) => {
    const it = observed.get(name);
    const ours = shut.get(name);
    if (it === undefined || (!it.up && !listed.has(name) && ours?.down !== true)) return [];
    const up = it.up ? null : linkWish('link-up', name);
    const back = (ours?.dropped ?? []).filter(({ address }) => !cards.has(address) && instancesOf(observed, name, address).length === 0);
    return [...(up === null ? [] : [up]), ...back.map((address) => returning(name, address, up))];
  });
}

function presentCard(card: CardConfig, ledger: Ledger, observed: ObservedState): readonly Wish[] {
  const { address, prefix } = card;
  const standing = instancesOn(observed, card);
  if (prefix === null) {
    if (standing.length > 0) return [];
    const remembered = ledger.cards.get(placeKey(card))?.prefixes ?? [];
    return (remembered.length > 0 ? remembered : [bitsOf(address)]).map((known) => addition(card, known));
  }
  const others = standing.filter((it) => it.prefix !== prefix).map(removal);
  const named = standing.length > others.length ? null : addition(card, prefix);
  if (named === null) return others;
  // IPv6 holds an address once, so there the other instance must go first.
  return familyOf(address) === 6 ? [...others, named] : [named, ...others.map((other) => ({ ...other, needs: named }))];
}

// -------------------------------------------------------------------------------------
// safety
// -------------------------------------------------------------------------------------

/** The wishes as steps, each where the kernel as it will be then would have something to do. */
function safely(wishes: readonly Wish[], ledger: Ledger, observed: ObservedState): Plan {
  const steps: Step[] = [];
  const network = new Map(observed);
  const positions = new Map<Wish, number>();
  /** Where promotion was turned on by this plan. */
  const promotions = new Map<InterfaceName, number>();

  const take = ({ operation, purpose }: Wish, needs: readonly number[]): number | undefined => {
    const it = network.get(operation.interface);
    const next = it === undefined ? E.left('no-such-interface') : applyToInterface(it, operation);
    if (E.isLeft(next)) return undefined;
    network.set(operation.interface, next.right);
    return steps.push({ operation, purpose, needs }) - 1;
  };
  const takeRemoval = (wish: Wish, gone: InterfaceAddress, run: ReadonlySet<string>, needs: readonly number[]): void => {
    const name = wish.operation.interface;
    const it = network.get(name);
    const instance = it && instanceOf(it, gone);
    if (it === undefined || instance === undefined) return;
    if (it.promoteSecondaries && !promotions.has(name)) {
      take(wish, needs);
      return;
    }
    const bystanders = secondariesOf(it, instance).filter(({ address, prefix }) => !run.has(instanceKey({ interface: name, address, prefix })));
    if (bystanders.length > 0 && !it.promoteSecondaries && !ledger.promotionRefused.has(name)) {
      const promotion = take({ operation: { op: 'promote-secondaries', interface: name }, purpose: 'ours', needs: null }, needs);
      if (promotion !== undefined) promotions.set(name, promotion);
    }
    const promotion = bystanders.length > 0 ? promotions.get(name) : undefined;
    const removed = take(wish, promotion === undefined ? needs : [...needs, promotion]);
    if (network.get(name)?.promoteSecondaries === true || removed === undefined) return;
    for (const lost of bystanders) take(returning(name, lost, wish), [removed]);
  };

  const runs = runsOf(wishes);
  for (const [position, wish] of wishes.entries()) {
    const { operation, needs } = wish;
    const needed = needs === null ? undefined : positions.get(needs);
    const before = needed === undefined ? [] : [needed];
    if (operation.op === 'address-del') {
      takeRemoval(wish, operation.address, runs[position] ?? new Set(), before);
    } else {
      const taken = take(wish, before);
      if (taken !== undefined) positions.set(wish, taken);
    }
  }
  return steps;
}

/** For each wish the run of removals that it belongs to: a secondary among them may go with its primary. */
function runsOf(wishes: readonly Wish[]): readonly ReadonlySet<string>[] {
  let run = new Set<string>();
  return wishes.map(({ operation }) => {
    if (operation.op === 'address-del') run.add(instanceKey({ interface: operation.interface, ...operation.address }));
    else run = new Set();
    return run;
  });
}
