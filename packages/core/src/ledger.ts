/**
 * What must be remembered about the network beyond what can be seen in it: which prefixes a card's address had, what
 * this process has added, what it has shut down, what it still owes to the last configuration.
 *
 * A pure value like the monitor's state. It learns from each observation ({@link learn}), from each operation that was
 * carried out ({@link record}), and from each reload ({@link reloadLedger}); plans are made from it.
 */
import { instanceOf, instancesOf } from './address-index.js';
import { type InterfaceAddress, type IpAddress, familyOf } from './address.js';
import { type Config, isWildcard, managedInterfaces } from './config/config.js';
import type { DesiredState } from './desired.js';
import type { InterfaceName } from './interface-name.js';
import type { ObservedAddress, ObservedInterface, ObservedState, Operation } from './network.js';

/** An address on an interface: what a card is known by. */
export interface Place {
  readonly interface: InterfaceName;
  readonly address: IpAddress;
}

export interface CardMemory extends Place {
  /** Ascending prefixes under which it last stood while wanted, or stood when it was first taken away. */
  readonly prefixes: readonly number[];
  /** Taken away since it was last wanted: what stands there now was put there by somebody else. */
  readonly taken: boolean;
}

/** An interface that a link-down of ours touched. */
export interface ShutInterface {
  readonly name: InterfaceName;
  /** Another one of this name is none of our making. */
  readonly index: number;
  /** Counts as put down by us: neither brought up by us nor found up since. */
  readonly down: boolean;
  /** IPv6 addresses that our link-downs dropped, in the order in which they were there. */
  readonly dropped: readonly ObservedAddress[];
}

export interface OwnAddress extends InterfaceAddress {
  readonly interface: InterfaceName;
}

/** An address that we have added or leased, on the interface of this index: another one of this name never had it. */
export interface HeldAddress extends OwnAddress {
  readonly index: number;
}

/** An address that an operation of ours took from the interface of this index, though nobody had asked for that. */
export interface LostAddress extends ObservedAddress {
  readonly interface: InterfaceName;
  readonly index: number;
}

export interface Ledger {
  readonly cards: ReadonlyMap<string, CardMemory>;
  /** Cards that left the configuration and whose addresses are still to go, in that order. */
  readonly removedCards: readonly CardMemory[];
  /** Own addresses of removed listeners that are still to go, in that order. */
  readonly leaving: readonly HeldAddress[];
  /** Added by this process and not removed since. */
  readonly own: ReadonlyMap<string, HeldAddress>;
  /** What removals of ours took along and is to be put back, in that order: mostly what had come after the last look. */
  readonly lost: ReadonlyMap<string, LostAddress>;
  /** In the order in which they were put down. */
  readonly shut: readonly ShutInterface[];
  /** Interfaces on which promotion of secondaries was refused. */
  readonly promotionRefused: ReadonlySet<InterfaceName>;
  /** Instances that we have given a lease and that have stood since: what is still somebody's must not expire once it needs none. */
  readonly leased: ReadonlyMap<string, HeldAddress>;
}

export const emptyLedger: Ledger = {
  cards: new Map(),
  removedCards: [],
  leaving: [],
  own: new Map(),
  lost: new Map(),
  shut: [],
  promotionRefused: new Set(),
  leased: new Map(),
};

export const placeKey = (place: Place): string => `${place.interface} ${place.address}`;

/** An instance is known by its prefix too. */
export const instanceKey = (own: OwnAddress): string => `${placeKey(own)}/${String(own.prefix)}`;

const byInstance = <A extends OwnAddress>(instances: readonly A[]): ReadonlyMap<string, A> => new Map(instances.map((it) => [instanceKey(it), it]));

// -------------------------------------------------------------------------------------
// a change of configuration
// -------------------------------------------------------------------------------------

/** What `config` names on an interface, for a listener or a card, whatever its state. */
function neededBy(config: Config): { readonly cards: ReadonlySet<string>; readonly listeners: ReadonlySet<string> } {
  const hosts = config.listeners.filter((listener) => !isWildcard(listener));
  const listenerPlaces = hosts.map(({ interface: name, host }) => (name === null ? '' : placeKey({ interface: name, address: host })));
  return { cards: new Set(config.cards.map(placeKey)), listeners: new Set(listenerPlaces) };
}

/** What a reload from `before` (null: nothing was configured) to `after` leaves behind. */
export function reloadLedger(ledger: Ledger, before: Config | null, after: Config): Ledger {
  const needed = neededBy(after);
  const cards = new Map(ledger.cards);
  const departed = new Map(ledger.removedCards.map((card) => [placeKey(card), card]));
  for (const { interface: name, address } of before?.cards ?? []) {
    const key = placeKey({ interface: name, address });
    if (needed.cards.has(key)) continue;
    departed.set(key, cards.get(key) ?? { interface: name, address, prefixes: [], taken: false });
    cards.delete(key);
  }
  const removedCards: CardMemory[] = [];
  for (const [key, card] of departed) {
    // Back before it was taken away: it was never removed.
    if (needed.cards.has(key)) cards.set(key, card);
    else if (!needed.listeners.has(key)) removedCards.push(card);
  }
  const isNeeded = (place: Place): boolean => needed.cards.has(placeKey(place)) || needed.listeners.has(placeKey(place));
  const leaving = [...ledger.leaving, ...ownAddressesOfListeners(ledger, before)].filter((own) => !isNeeded(own));
  // What was leased and is nobody's any more expires.
  const toGo = new Set(removedCards.map(placeKey));
  const leased = byInstance([...ledger.leased.values()].filter((own) => isNeeded(own) || toGo.has(placeKey(own))));
  return { ...ledger, cards, removedCards, leaving: [...byInstance(leaving).values()], leased };
}

/** By the listeners' indices, then by prefix. */
function ownAddressesOfListeners({ own }: Ledger, config: Config | null): readonly HeldAddress[] {
  const byPlace = new Map<string, HeldAddress[]>();
  for (const address of own.values()) byPlace.set(placeKey(address), [...(byPlace.get(placeKey(address)) ?? []), address]);
  return (config?.listeners ?? []).flatMap(({ interface: name, host }) => {
    const instances = name === null ? [] : (byPlace.get(placeKey({ interface: name, address: host })) ?? []);
    return instances.sort((a, b) => a.prefix - b.prefix);
  });
}

/** What of a ledger outlives the process. */
export interface Remembered {
  readonly cards: readonly CardMemory[];
  readonly shut: readonly ShutInterface[];
  readonly leased: readonly HeldAddress[];
  readonly lost: readonly LostAddress[];
}

/**
 * What the last process left on record, for a process that starts with `config` (null: not configured yet). What the
 * configuration no longer names is treated as if a reload had removed it.
 */
export function restoreLedger({ cards, shut, leased, lost }: Remembered, config: Config | null): Ledger {
  const ledger: Ledger = { ...emptyLedger, removedCards: cards, shut, leased: byInstance(leased), lost: byInstance(lost) };
  return config === null ? ledger : reloadLedger(ledger, null, config);
}

// -------------------------------------------------------------------------------------
// an observation
// -------------------------------------------------------------------------------------

/**
 * What `observed` shows, in the light of what is wanted. To be called before and after each plan, after {@link forgetRemoved}.
 * Where it shows nothing new the ledger is the same one.
 */
export function learn(ledger: Ledger, config: Config | null, desired: DesiredState, observed: ObservedState): Ledger {
  const cards = learnPrefixes(ledger.cards, desired, observed);
  const removedCards = desired.settled ? kept(ledger.removedCards, (card) => isStillToGo(card, observed)) : ledger.removedCards;
  const lost = learnLost(ledger.lost, observed);
  const shut = learnShut(ledger.shut, config, desired, observed);
  const isNew = cards !== ledger.cards || removedCards !== ledger.removedCards || lost !== ledger.lost || shut !== ledger.shut;
  return isNew ? { ...ledger, cards, removedCards, lost, shut } : ledger;
}

/** Those that pass; the same array where all do. */
const kept = <A>(items: readonly A[], test: (item: A) => boolean): readonly A[] => (items.every(test) ? items : items.filter(test));

/** Those that pass; the same map where all do. */
function keptInstances<A extends OwnAddress>(instances: ReadonlyMap<string, A>, test: (instance: A) => boolean): ReadonlyMap<string, A> {
  const all = [...instances.values()];
  const those = kept(all, test);
  return those === all ? instances : byInstance(those);
}

/** After any change by somebody: what was removed is ours no more, even if it is put there again. */
export function forgetRemoved(ledger: Ledger, observed: ObservedState): Ledger {
  const stands = (it: HeldAddress): boolean => isOnHolder(observed, it) === true;
  const own = keptInstances(ledger.own, stands);
  const leased = keptInstances(ledger.leased, stands);
  const leaving = kept(ledger.leaving, stands);
  return own === ledger.own && leased === ledger.leased && leaving === ledger.leaving ? ledger : { ...ledger, leaving, own, leased };
}

/** Something on an interface that was seen under this name. */
interface Placed {
  readonly interface: InterfaceName;
  readonly index: number;
}

/** Whether the interface that bears the name now is still that one; false while it is missing. */
export const isUnderItsName = (observed: ObservedState, { interface: name, index }: Placed): boolean => observed.get(name)?.index === index;

/** The interface, whatever it is called now; undefined: it is gone for good. */
function holderOf(observed: ObservedState, it: Placed): ObservedInterface | undefined {
  if (isUnderItsName(observed, it)) return observed.get(it.interface);
  return [...observed.values()].find(({ index }) => index === it.index);
}

/** Whether the address stands on its interface, whatever that is called now; undefined: the interface is gone for good. */
function isOnHolder(observed: ObservedState, it: Placed & InterfaceAddress): boolean | undefined {
  const holder = holderOf(observed, it);
  return holder && instanceOf(holder, it) !== undefined;
}

/** An interface that is missing may come back, renamed for a while, with the address on it. */
const isStillToGo = (card: Place, observed: ObservedState): boolean =>
  !observed.has(card.interface) || instancesOf(observed, card.interface, card.address).length > 0;

/** What is back is lost no more, nor what was on an interface that went with all that it had. */
const learnLost = (lost: Ledger['lost'], observed: ObservedState): Ledger['lost'] => keptInstances(lost, (it) => isOnHolder(observed, it) === false);

function learnPrefixes(cards: Ledger['cards'], desired: DesiredState, observed: ObservedState): Ledger['cards'] {
  if (!desired.settled) return cards;
  let next: Map<string, CardMemory> | null = null;
  for (const { card, presence } of desired.cards) {
    const key = placeKey(card);
    const memory = cards.get(key) ?? { interface: card.interface, address: card.address, prefixes: [], taken: false };
    const standing = instancesOf(observed, card.interface, card.address).map(({ prefix }) => prefix);
    const counts = standing.length > 0 && (presence === 'present' || !memory.taken);
    const prefixes = counts && standing.join() !== memory.prefixes.join() ? standing : memory.prefixes;
    const taken = presence === 'absent';
    if (prefixes === memory.prefixes && taken === memory.taken && cards.has(key)) continue;
    next ??= new Map(cards);
    next.set(key, { ...memory, prefixes, taken });
  }
  return next ?? cards;
}

/** As it is now, where it bears its name. */
export const shutInterfaceOf = (observed: ObservedState, { name, index }: ShutInterface): ObservedInterface | undefined =>
  isUnderItsName(observed, { interface: name, index }) ? observed.get(name) : undefined;

function learnShut(shut: Ledger['shut'], config: Config | null, desired: DesiredState, observed: ObservedState): Ledger['shut'] {
  if (shut.length === 0) return shut;
  const listed = new Set(config === null ? [] : managedInterfaces(config));
  const wantedUp = new Set(desired.interfaces.filter(({ link }) => link === 'up').map(({ name }) => name));
  const cards = new Set(desired.cards.map(({ card }) => card.address));
  const next = shut
    .filter(({ name, index }) => holderOf(observed, { interface: name, index }) !== undefined)
    .map((it) => {
      const seen = shutInterfaceOf(observed, it);
      const foundUp = seen?.up === true && (wantedUp.has(it.name) || !listed.has(it.name));
      if (seen === undefined || !foundUp) return it;
      const owed = ({ address }: ObservedAddress): boolean => !cards.has(address) && !seen.addresses.some((other) => other.address === address);
      const dropped = desired.settled ? kept(it.dropped, owed) : it.dropped;
      return !it.down && dropped === it.dropped ? it : { ...it, down: false, dropped };
    })
    .filter(({ down, dropped }) => down || dropped.length > 0);
  return next.length === shut.length && next.every((it, place) => it === shut[place]) ? shut : next;
}

// -------------------------------------------------------------------------------------
// an operation
// -------------------------------------------------------------------------------------

/** What became of one operation. */
export type Outcome =
  /** It changed the network. */
  | 'done'
  /** All was as it asked already. */
  | 'already'
  | 'failed';

/** The index of an interface that nobody has seen: none has it. */
const NOWHERE = 0;

/** Whose operation it was: what we add for ourselves is ours, what we put back, or give a lifetime, is not for that. */
export type Purpose = 'ours' | 'put-back' | 'lease';

/** An operation that was carried out, and what became of it. */
export interface Deed {
  readonly operation: Operation;
  readonly purpose: Purpose;
  readonly outcome: Outcome;
  /** What the kernel took besides, as its driver tells ({@link OperationResult}); absent: what the model of the kernel says. */
  readonly took?: readonly ObservedAddress[];
}

/**
 * @param deeds in their order
 * @param observed the state on which their plan was made
 */
export function record(ledger: Ledger, deeds: readonly Deed[], observed: ObservedState): Ledger {
  const own = new Map(ledger.own);
  const lost = new Map(ledger.lost);
  const leased = new Map(ledger.leased);
  const gone = new Set<string>();
  // An interface keeps the place that it got first.
  const shut = new Map(ledger.shut.map((it) => [it.index, it]));
  let { promotionRefused } = ledger;
  for (const { operation, purpose, outcome, took } of deeds) {
    const name = operation.interface;
    const index = observed.get(name)?.index ?? NOWHERE;
    if (outcome === 'failed') {
      if (operation.op === 'promote-secondaries') promotionRefused = new Set(promotionRefused).add(name);
    } else if (operation.op === 'address-add') {
      const added = { interface: name, index, ...operation.address };
      lost.delete(instanceKey(added));
      if (outcome === 'done' && purpose === 'ours') own.set(instanceKey(added), added);
      if (purpose === 'lease') {
        if (operation.attributes?.validLifetime === Infinity) leased.delete(instanceKey(added));
        else leased.set(instanceKey(added), added);
      }
    } else if (operation.op === 'address-del') {
      const removed = instanceKey({ interface: name, ...operation.address });
      gone.add(removed);
      // Even if somebody puts it there again before the next look.
      leased.delete(removed);
      const along = (took ?? []).map((it): LostAddress => ({ interface: name, index, ...it }));
      for (const it of along) if (!hasOtherPlans(ledger, it)) lost.set(instanceKey(it), it);
    } else if (operation.op === 'link-down' && outcome === 'done') {
      shut.set(index, shutDown(shut.get(index), name, index, took ?? addressesOf(observed, name, gone)));
    } else if (operation.op === 'link-up') {
      const it = shut.get(index);
      if (it !== undefined) shut.set(index, { ...it, down: false });
    }
  }
  return { ...ledger, own, lost, leased, shut: [...shut.values()], promotionRefused };
}

/** Whether it comes and goes by plans of its own: a card's address, or one that is to leave. */
const hasOtherPlans = ({ cards, removedCards, leaving }: Ledger, it: OwnAddress): boolean =>
  cards.has(placeKey(it)) || removedCards.some((card) => placeKey(card) === placeKey(it)) || leaving.some((own) => instanceKey(own) === instanceKey(it));

/** `gone` went before by themselves. */
const addressesOf = (observed: ObservedState, name: InterfaceName, gone: ReadonlySet<string>): readonly ObservedAddress[] =>
  observed.get(name)?.addresses.filter(({ address, prefix }) => !gone.has(instanceKey({ interface: name, address, prefix }))) ?? [];

/** An interface that we put down, with the IPv6 ones among the addresses that it had. */
function shutDown(before: ShutInterface | undefined, name: InterfaceName, index: number, addresses: readonly ObservedAddress[]): ShutInterface {
  const present = addresses.filter(({ address }) => familyOf(address) === 6);
  const missing = before?.dropped.filter(({ address }) => !present.some((other) => other.address === address)) ?? [];
  return { name, index, down: true, dropped: [...missing, ...present] };
}
