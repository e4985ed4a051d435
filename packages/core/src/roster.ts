/**
 * All listeners, in the order of their indices, as a persistent tree.
 *
 * A heartbeat copies one path, which ends after at most three nodes (10,000 listeners), and shares all else: the cost
 * does not depend on how many listeners there are. Each node knows the counts below it, corrected where a status
 * changes, so they are read at the root. The earliest deadline below a node is found when somebody asks, once for each
 * node, as heartbeats move it all the time and only timers want to know. Old rosters stay valid: a state can be kept,
 * compared, replayed.
 */
import { type Listener, isWaitedFor, windowOf } from './listener.js';

export interface Counts {
  readonly active: number;
  readonly failed: number;
  readonly unavailable: number;
  /** Listeners whose first report management waits for. */
  readonly waitedFor: number;
}

interface Leaf {
  readonly counts: Counts;
  readonly listeners: readonly Listener[];
}

interface Branch {
  readonly counts: Counts;
  readonly children: readonly Node[];
  /** The bits of a position below those that tell the child. */
  readonly shift: number;
}

type Node = Leaf | Branch;

export interface Roster {
  readonly root: Node;
  readonly size: number;
}

/** Children of a node, as bits of a position: 32 are copied in one go, and the tree is flat. */
const BITS = 5;
const WIDTH = 1 << BITS;

// -------------------------------------------------------------------------------------
// counting
// -------------------------------------------------------------------------------------

const NOBODY: Counts = { active: 0, failed: 0, unavailable: 0, waitedFor: 0 };

/** @param times 1 to count the listener in, -1 to count it out */
const counting = (counts: Counts, listener: Listener, times: 1 | -1): Counts => ({
  active: counts.active + (listener.phase.status === 'active' ? times : 0),
  failed: counts.failed + (listener.phase.status === 'failed' ? times : 0),
  unavailable: counts.unavailable + (listener.phase.status === 'unavailable' ? times : 0),
  waitedFor: counts.waitedFor + (isWaitedFor(listener) ? times : 0),
});

const sum = (a: Counts, b: Counts): Counts => ({
  active: a.active + b.active,
  failed: a.failed + b.failed,
  unavailable: a.unavailable + b.unavailable,
  waitedFor: a.waitedFor + b.waitedFor,
});

const countsAlike = (a: Listener, b: Listener): boolean => a.phase.status === b.phase.status && isWaitedFor(a) === isWaitedFor(b);

// -------------------------------------------------------------------------------------
// building
// -------------------------------------------------------------------------------------

const leaf = (listeners: readonly Listener[]): Leaf => ({
  listeners,
  counts: listeners.reduce((counts, listener) => counting(counts, listener, 1), NOBODY),
});

const branch = (children: readonly Node[], shift: number): Branch => ({
  children,
  shift,
  counts: children.reduce((counts, child) => sum(counts, child.counts), NOBODY),
});

function grouped<A>(items: readonly A[]): readonly (readonly A[])[] {
  return Array.from({ length: Math.ceil(items.length / WIDTH) }, (_, group) => items.slice(group * WIDTH, (group + 1) * WIDTH));
}

export function rosterOf(listeners: readonly Listener[]): Roster {
  let nodes: readonly Node[] = grouped(listeners).map(leaf);
  for (let shift = BITS; nodes.length > 1; shift += BITS) nodes = grouped(nodes).map((group) => branch(group, shift));
  return { root: nodes[0] ?? leaf([]), size: listeners.length };
}

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

export const countsOf = ({ root }: Roster): Counts => root.counts;

/** A node never changes, so what was found out about it stays true. */
const earliest = new WeakMap<Node, number>();

function earliestBelow(node: Node): number {
  const known = earliest.get(node);
  if (known !== undefined) return known;
  let deadline = Infinity;
  if ('children' in node) for (const child of node.children) deadline = Math.min(deadline, earliestBelow(child));
  else for (const listener of node.listeners) deadline = Math.min(deadline, endOf(listener));
  earliest.set(node, deadline);
  return deadline;
}

const endOf = (listener: Listener): number => windowOf(listener)?.ends ?? Infinity;

/** The earliest end of a running window, ms; Infinity where none runs. */
export const earliestDeadline = ({ root }: Roster): number => earliestBelow(root);

export function listenersOf({ root }: Roster): readonly Listener[] {
  const listeners: Listener[] = [];
  const visit = (node: Node): void => {
    if ('listeners' in node) listeners.push(...node.listeners);
    else node.children.forEach(visit);
  };
  visit(root);
  return listeners;
}

/** The listener at `position` (0-based, by index); undefined where there is none. */
export function listenerAt({ root, size }: Roster, position: number): Listener | undefined {
  if (position < 0 || position >= size) return undefined;
  let node = root;
  while ('children' in node) node = node.children[slotOf(position, node.shift)] as Node;
  return node.listeners[slotOf(position, 0)];
}

const slotOf = (position: number, shift: number): number => (position >>> shift) & (WIDTH - 1);

// -------------------------------------------------------------------------------------
// changing
// -------------------------------------------------------------------------------------

/** The roster with the listener at `position` put through `step`; the same roster where `step` changes nothing. */
export function updateAt(roster: Roster, position: number, step: (listener: Listener) => Listener): Roster {
  const before = listenerAt(roster, position);
  if (before === undefined) return roster;
  const after = step(before);
  if (after === before) return roster;
  return { root: withListener(roster.root, position, before, after), size: roster.size };
}

function withListener(node: Node, position: number, before: Listener, after: Listener): Node {
  const counts = countsAlike(before, after) ? node.counts : counting(counting(node.counts, before, -1), after, 1);
  if ('listeners' in node) return { counts, listeners: replaced(node.listeners, slotOf(position, 0), after) };
  const slot = slotOf(position, node.shift);
  const child = withListener(node.children[slot] as Node, position, before, after);
  return { counts, children: replaced(node.children, slot, child), shift: node.shift };
}

function replaced<A>(items: readonly A[], slot: number, item: A): readonly A[] {
  const copy = items.slice();
  copy[slot] = item;
  return copy;
}

/** Puts every listener through `step` whose deadline is at or before `at`. */
export function updateDue(roster: Roster, at: number, step: (listener: Listener) => Listener): Roster {
  const update = (node: Node): Node => {
    if (earliestBelow(node) > at) return node;
    if ('listeners' in node) return leaf(node.listeners.map(step));
    return branch(node.children.map(update), node.shift);
  };
  const root = update(roster.root);
  return root === roster.root ? roster : { root, size: roster.size };
}

/** Calls `visit` for each position whose listener differs between two rosters of the same listeners. */
export function forEachChange(before: Roster, after: Roster, visit: (before: Listener, after: Listener) => void): void {
  const compare = (was: Node, is: Node): void => {
    if (was === is) return;
    if ('listeners' in was && 'listeners' in is) {
      was.listeners.forEach((listener, position) => {
        const now = is.listeners[position];
        if (now !== undefined && now !== listener) visit(listener, now);
      });
    } else if ('children' in was && 'children' in is) {
      was.children.forEach((child, slot) => {
        const now = is.children[slot];
        if (now !== undefined) compare(child, now);
      });
    }
  };
  compare(before.root, after.root);
}

/** The listeners whose window has ended by `at`. Descends only where there are such. */
export function dueListeners({ root }: Roster, at: number): readonly Listener[] {
  const due: Listener[] = [];
  const visit = (node: Node): void => {
    if (earliestBelow(node) > at) return;
    if ('children' in node) node.children.forEach(visit);
    else due.push(...node.listeners.filter((listener) => endOf(listener) <= at));
  };
  visit(root);
  return due;
}
