/**
 * The difference between what is and what should be, as operations in the order in which they are safe.
 *
 * A plan is made on a model of the kernel ({@link Draft}): each operation is tried on it before the next one is
 * thought of, so that a secondary which goes with its primary is seen to go, and no operation changes nothing.
 */
import * as E from 'fp-ts/lib/Either.js';
import { type InterfaceAddress, bitsOf, familyOf } from './address.js';
import type { CardConfig, ListenerConfig } from './config/config.js';
import { isWildcard } from './config/config.js';
import type { DesiredState } from './desired.js';
import type { InterfaceName } from './interface-name.js';
import { type Ledger, type OwnAddress, type Place, type Purpose, instanceKey, placeKey } from './ledger.js';
import {
  type AddressAttributes,
  type ObservedAddress,
  type ObservedInterface,
  type ObservedState,
  type Operation,
  applyToInterface,
  instancesOf,
  sameAddress,
  secondariesOf,
} from './network.js';

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
 * The addresses of listeners: what the last configuration leaves behind goes, then what `wanted` lacks comes.
 *
 * @param wanted listeners that are launched, or about to be, by index
 */
export function planListenerAddresses(wanted: readonly ListenerConfig[], ledger: Ledger, observed: ObservedState): Plan {
  const draft = new Draft(observed, ledger);
  draft.removeAll(ledger.leaving);
  for (const listener of wanted) {
    const { interface: name, host, prefix } = listener;
    if (name === null || isWildcard(listener) || draft.instances({ interface: name, address: host }).length > 0) continue;
    draft.add(name, { address: host, prefix: prefix ?? bitsOf(host) });
  }
  return draft.plan;
}

/** Cards and managed interfaces. While unsettled nothing is managed, and the plan is empty. */
export function planManaged(desired: DesiredState, ledger: Ledger, observed: ObservedState): Plan {
  if (!desired.settled) return [];
  const draft = new Draft(observed, ledger);
  const absent = desired.cards.filter(({ presence }) => presence === 'absent').map(({ card }) => card);
  draft.removeAll([...absent, ...ledger.removedCards].flatMap((place) => draft.instances(place).map((it) => onInterface(place.interface, it))));
  for (const { name, link } of desired.interfaces) if (link === 'down') draft.link(name, 'link-down');
  planLinksUp(draft, desired, ledger);
  for (const { card, presence } of desired.cards) if (presence === 'present') planPresentCard(draft, card, ledger);
  return draft.plan;
}

/** Links that are to be up, and what our link-downs took from interfaces that are up again. */
function planLinksUp(draft: Draft, desired: DesiredState, ledger: Ledger): void {
  const shut = new Map(ledger.shut.map((it) => [it.name, it]));
  const cards = new Set(desired.cards.map(({ card }) => placeKey(card)));
  const restore = (name: InterfaceName, needs: readonly number[]): void => {
    if (draft.interface(name)?.up !== true) return;
    for (const { address, prefix, attributes } of shut.get(name)?.dropped ?? []) {
      const isCards = cards.has(placeKey({ interface: name, address }));
      if (!isCards && draft.instances({ interface: name, address }).length === 0) draft.putBack(name, { address, prefix }, attributes, needs);
    }
  };
  for (const { name, link } of desired.interfaces) {
    const needs = link === 'up' ? draft.link(name, 'link-up') : [];
    if (link !== 'down') restore(name, needs);
  }
  const listed = new Set(desired.interfaces.map(({ name }) => name));
  for (const { name, down } of ledger.shut) {
    if (!listed.has(name)) restore(name, down ? draft.link(name, 'link-up') : []);
  }
}

function planPresentCard(draft: Draft, card: CardConfig, ledger: Ledger): void {
  const { address, interface: name, prefix } = card;
  const standing = draft.instances(card);
  if (prefix === null) {
    if (standing.length > 0) return;
    const remembered = ledger.cards.get(placeKey(card))?.prefixes ?? [];
    for (const known of remembered.length > 0 ? remembered : [bitsOf(address)]) draft.add(name, { address, prefix: known });
    return;
  }
  const others = standing.filter((it) => it.prefix !== prefix).map((it) => onInterface(name, it));
  // IPv6 holds an address once: the other instance must go first.
  if (familyOf(address) === 6) draft.removeAll(others);
  const added = standing.length === others.length ? draft.add(name, { address, prefix }) : [];
  if (familyOf(address) === 4) draft.removeAll(others, added);
}

const onInterface = (name: InterfaceName, { address, prefix }: InterfaceAddress): OwnAddress => ({ interface: name, address, prefix });

// -------------------------------------------------------------------------------------
// the draft
// -------------------------------------------------------------------------------------

/** A plan in the making, beside the network as it will be once the steps so far are carried out. */
class Draft {
  private readonly steps: Step[] = [];
  private readonly network: Map<InterfaceName, ObservedInterface>;
  /** Where promotion was turned on by this plan. */
  private readonly promotions = new Map<InterfaceName, readonly number[]>();

  constructor(
    observed: ObservedState,
    private readonly ledger: Ledger,
  ) {
    this.network = new Map(observed);
  }

  get plan(): Plan {
    return this.steps;
  }

  interface(name: InterfaceName): ObservedInterface | undefined {
    return this.network.get(name);
  }

  instances(place: Place): readonly ObservedAddress[] {
    return instancesOf(this.network, place.interface, place.address);
  }

  // Each of these gives the position of its step, or nothing where it was not needed or not possible.

  add(name: InterfaceName, address: InterfaceAddress): readonly number[] {
    return this.step({ op: 'address-add', interface: name, address }, 'ours');
  }

  putBack(name: InterfaceName, address: InterfaceAddress, attributes: AddressAttributes, needs: readonly number[]): void {
    this.step({ op: 'address-add', interface: name, address, attributes }, 'put-back', needs);
  }

  link(name: InterfaceName, op: 'link-up' | 'link-down'): readonly number[] {
    const up = this.network.get(name)?.up;
    return up === undefined || up === (op === 'link-up') ? [] : this.step({ op, interface: name }, 'ours');
  }

  /** One run of removals: a secondary that the run takes away itself may go with its primary. */
  removeAll(targets: readonly OwnAddress[], needs: readonly number[] = []): void {
    const run = new Set(targets.map(instanceKey));
    for (const target of targets) {
      const it = this.network.get(target.interface);
      const instance = it?.addresses.find((address) => sameAddress(address, target));
      if (it !== undefined && instance !== undefined) this.remove(it, instance, run, needs);
    }
  }

  private remove(it: ObservedInterface, instance: ObservedAddress, run: ReadonlySet<string>, needs: readonly number[]): void {
    const { name } = it;
    const removal: Operation = { op: 'address-del', interface: name, address: { address: instance.address, prefix: instance.prefix } };
    const bystanders = secondariesOf(it, instance).filter((other) => !run.has(instanceKey(onInterface(name, other))));
    if (bystanders.length === 0) {
      this.step(removal, 'ours', needs);
    } else if (it.promoteSecondaries) {
      this.step(removal, 'ours', [...needs, ...(this.promotions.get(name) ?? [])]);
    } else if (this.ledger.promotionRefused.has(name)) {
      const removed = this.step(removal, 'ours', needs);
      for (const { address, prefix, attributes } of bystanders) this.putBack(name, { address, prefix }, attributes, removed);
    } else {
      const promotion = this.step({ op: 'promote-secondaries', interface: name }, 'ours', needs);
      this.promotions.set(name, promotion);
      this.step(removal, 'ours', [...needs, ...promotion]);
    }
  }

  /** Takes the step on the model, and down in the plan; nothing where the kernel would refuse it. */
  private step(operation: Operation, purpose: Purpose, needs: readonly number[] = []): readonly number[] {
    const it = this.network.get(operation.interface);
    const next = it === undefined ? E.left('no-such-interface') : applyToInterface(it, operation);
    if (E.isLeft(next)) return [];
    this.network.set(operation.interface, next.right);
    return [this.steps.push({ operation, purpose, needs }) - 1];
  }
}
