import type { DriverError, ObservedState } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { readFileSync } from 'node:fs';
import { readAddress, writeAddressDump } from './address.js';
import { dump } from './dump.js';
import { type Link, readLink, writeLinkDump } from './link.js';
import type { NetlinkSocket, Sockets } from './netlink-socket.js';
import { observedState } from './observed-state.js';
import { unavailable } from './results.js';

/** Bytes; parts of a dump come one at a time. */
const RECEIVE_BUFFER = 256 * 1024;

/** No rtnetlink message tells of it. */
const PROMOTION_OF_ALL = '/proc/sys/net/ipv4/conf/all/promote_secondaries';

/** One look at the network. */
export type Observe = () => Promise<E.Either<DriverError, ObservedState>>;

/**
 * Each look has a socket of its own: looks do not wait for each other, and a plan waits for none.
 *
 * @param learn is told the links that were seen
 */
export const observer =
  (sockets: Sockets, learn: (links: readonly Link[]) => void): Observe =>
  () =>
    onSocket(sockets, async (socket) => {
      const links = await dumpLinks(socket);
      if (E.isLeft(links)) return links;
      learn(links.right);
      const addresses = await dump(socket, writeAddressDump, readAddress);
      if (E.isLeft(addresses)) return addresses;
      return E.right(observedState(links.right, addresses.right, sockets.inside(isPromotedEverywhere)));
    });

export const linksNow = (sockets: Sockets): Promise<E.Either<DriverError, readonly Link[]>> => onSocket(sockets, dumpLinks);

const dumpLinks = (socket: NetlinkSocket): Promise<E.Either<DriverError, readonly Link[]>> => dump(socket, writeLinkDump, readLink);

async function onSocket<A>(sockets: Sockets, body: (socket: NetlinkSocket) => Promise<E.Either<DriverError, A>>): Promise<E.Either<DriverError, A>> {
  let socket: NetlinkSocket | undefined;
  try {
    socket = sockets.open(0, RECEIVE_BUFFER);
    return await body(socket);
  } catch (error) {
    return E.left(unavailable(error));
  } finally {
    socket?.close();
  }
}

function isPromotedEverywhere(): boolean {
  try {
    return Number(readFileSync(PROMOTION_OF_ALL, 'utf8')) !== 0;
  } catch {
    // A sandbox without /proc/sys: what each interface says is all that can be known.
    return false;
  }
}
