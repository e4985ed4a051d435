import { type SeenAddress, readAddress } from './address.js';
import { RTM_DELADDR, RTM_NEWLINK, WITNESSED_GROUPS } from './constants.js';
import { readLinkState } from './link.js';
import { type Message, messagesIn } from './message.js';
import type { NetlinkSocket, Sockets } from './netlink-socket.js';

/** Bytes. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;

/** IPv6 addresses that went with links, by index, in an order of adding that leads to the kernel's. */
export type Dropped = ReadonlyMap<number, readonly SeenAddress[]>;

/**
 * Runs `body`, which sets links down, and hears which addresses they lose by that. The kernel tells it to everybody, but not in its answer; so
 * there is a socket that listens meanwhile.
 *
 * @returns `dropped` null: it could not be heard, or not all of it
 */
export function witnessing<A>(sockets: Sockets, body: () => A): { readonly value: A; readonly dropped: Dropped | null } {
  const socket = openSocket(sockets);
  if (socket === null) return { value: body(), dropped: null };
  try {
    return { value: body(), dropped: whatWasHeard(socket) };
  } finally {
    socket.close();
  }
}

/** Null where there is no descriptor or no memory: the links are to go down all the same. */
function openSocket(sockets: Sockets): NetlinkSocket | null {
  try {
    return sockets.open(WITNESSED_GROUPS, RECEIVE_BUFFER);
  } catch {
    return null;
  }
}

function whatWasHeard(socket: NetlinkSocket): Dropped | null {
  const dropped = new Map<number, SeenAddress[]>();
  for (;;) {
    const received = socket.receive();
    if (received === 'nothing') return dropped;
    if (received === 'lost') return null;
    for (const message of messagesIn(socket.bytes, received)) take(message, dropped);
  }
}

/** First a link is said to be down, then its addresses to be gone: what went before that, somebody has removed. */
function take(message: Message, dropped: Map<number, SeenAddress[]>): void {
  if (message.type === RTM_NEWLINK) {
    const link = readLinkState(message);
    if (link !== null && !link.up && !dropped.has(link.index)) dropped.set(link.index, []);
  } else if (message.type === RTM_DELADDR) {
    const seen = readAddress(message);
    // The kernel goes through them from the newest to the oldest.
    if (seen !== null) dropped.get(seen.index)?.unshift(seen);
  }
}
