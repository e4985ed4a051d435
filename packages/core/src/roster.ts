/**
 * All listeners, in the order of their indices, as a persistent tree whose nodes carry sums.
 *
 * Each node knows the earliest deadline and the counts of all below it. So a heartbeat copies one path (at most
 * four nodes for 10,000 listeners), the next deadline and the counts are read at the root, and a passing of time
 * descends only where a window has ended. Old rosters stay valid: a state can be kept, compared, replayed.
 */
import { type Listener, isWaitedFor, windowOf } from './listener.js';

/** What is summed. */
export interface Tally {
  /** The earliest end of a running window, ms; Infinity where none runs. */
  readonly deadline: number;
  readonly active: number;
  readonly failed: number;
  readonly unavailable: number;
  /** Listeners whose first report management waits for. */
  readonly waitedFor: number;
}

interface Leaf {
  readonly tally: Tally;
  readonly listeners: readonly Listener[];
}

interface Branch {
  readonly tally: Tally;
  readonly children: readonly Node[];
  /** Listeners below each child, but for the last one that may have fewer. */
  readonly stride: number;
}

type Node = Leaf | Branch;

export interface Roster {
  readonly root: Node;
  readonly size: number;
}

/** Children of a node: copying a path stays cheap, and the tree flat. */
const WIDTH = 16;

// -------------------------------------------------------------------------------------
// building
// -------------------------------------------------------------------------------------

function tallyOfListeners(listeners: readonly Listener[]): Tally {
  let deadline = Infinity;
  let active = 0;
  let failed = 0;
  let unavailable = 0;
  let waitedFor = 0;
  for (const listener of listeners) {
    const ends = windowOf(listener)?.ends ?? Infinity;
    if (ends < deadline) deadline = ends;
    if (listener.phase.status === 'active') active++;
    if (listener.phase.status === 'failed') failed++;
    if (listener.phase.status === 'unavailable') unavailable++;
    if (isWaitedFor(listener)) waitedFor++;
  }
  return { deadline, active, failed, unavailable, waitedFor };
}

function tallyOfNodes(nodes: readonly Node[]): Tally {
  let deadline = Infinity;
  let active = 0;
  let failed = 0;
  let unavailable = 0;
  let waitedFor = 0;
  for (const { tally } of nodes) {
    if (tally.deadline < deadline) deadline = tally.deadline;
    active += tally.active;
    failed += tally.failed;
    unavailable += tally.unavailable;
    waitedFor += tally.waitedFor;
  }
  return { deadline, active, failed, unavailable, waitedFor };
}

const leaf = (listeners: readonly Listener[]): Leaf => ({ listeners, tally: tallyOfListeners(listeners) });

const branch = (children: readonly Node[], stride: number): Branch => ({ children, stride, tally: tallyOfNodes(children) });

function grouped<A>(items: readonly A[]): readonly (readonly A[])[] {
  return Array.from({ length: Math.ceil(items.length / WIDTH) }, (_, group) => items.slice(group * WIDTH, (group + 1) * WIDTH));
}

export function rosterOf(listeners: readonly Listener[]): Roster {
  let nodes: readonly Node[] = grouped(listeners).map(leaf);
  for (let stride = WIDTH; nodes.length > 1; stride *= WIDTH) nodes = grouped(nodes).map((group) => branch(group, stride));
  return { root: nodes[0] ?? leaf([]), size: listeners.length };
}

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

export const tallyOf = ({ root }: Roster): Tally => root.tally;

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
export function listenerAt({ root }: Roster, position: number): Listener | undefined {
  let node = root;
  let rest = position;
  while ('children' in node) {
    const child: Node | undefined = node.children[Math.floor(rest / node.stride)];
    if (child === undefined) return undefined;
    rest %= node.stride;
    node = child;
  }
  return node.listeners[rest];
}

// -------------------------------------------------------------------------------------
// changing
// -------------------------------------------------------------------------------------

/** The roster with the listener at `position` put through `step`; the same roster where `step` changes nothing. */
export function updateAt(roster: Roster, position: number, step: (listener: Listener) => Listener): Roster {
  const root = updateNode(roster.root, position, step);
  return root === roster.root ? roster : { root, size: roster.size };
}

function updateNode(node: Node, position: number, step: (listener: Listener) => Listener): Node {
  if ('listeners' in node) {
    const before = node.listeners[position];
    const after = before && step(before);
    if (after === undefined || after === before) return node;
    return leaf(replaced(node.listeners, position, after));
  }
  const slot = Math.floor(position / node.stride);
  const before = node.children[slot];
  const after = before && updateNode(before, position % node.stride, step);
  if (after === undefined || after === before) return node;
  return branch(replaced(node.children, slot, after), node.stride);
}

function replaced<A>(items: readonly A[], position: number, item: A): readonly A[] {
  const copy = items.slice();
  copy[position] = item;
  return copy;
}

/** Puts every listener through `step` whose deadline is at or before `at`. */
export function updateDue(roster: Roster, at: number, step: (listener: Listener) => Listener): Roster {
  const update = (node: Node): Node => {
    if (node.tally.deadline > at) return node;
    if ('listeners' in node) return leaf(node.listeners.map(step));
    return branch(node.children.map(update), node.stride);
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
    if (node.tally.deadline > at) return;
    if ('children' in node) node.children.forEach(visit);
    else due.push(...node.listeners.filter((listener) => (windowOf(listener)?.ends ?? Infinity) <= at));
  };
  visit(root);
  return due;
}
