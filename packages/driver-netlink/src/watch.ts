import type { DriverError, InterfaceName, Watch, WatchEvent } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { WATCHED_GROUPS } from './constants.js';
import { type Link, readLink, writeLinkQuestion } from './link.js';
import { messagesIn } from './message.js';
import type { NetlinkSocket, Sockets } from './netlink-socket.js';
import { Notices } from './notices.js';
import { linksNow } from './observe.js';
import { unavailable } from './results.js';
import type { Transactor } from './transactor.js';

/** How many datagrams are read before others have their turn; while notices are being lost, how many are thrown away. */
const READ_AT_ONCE = 64;
const DROP_AT_ONCE = 10_000;

/**
 * Begins to listen for links and addresses of both families. The socket keeps the process alive until the watch is stopped,
 * as `fs.watch` does: whoever watches waits for something.
 *
 * @param receiveBuffer bytes; what does not fit is lost, and told as an overflow
 */
export async function beginWatch(sockets: Sockets, transactor: Transactor, receiveBuffer: number, tell: (event: WatchEvent) => void): Promise<E.Either<DriverError, Watch>> {
  const opened = E.tryCatch(() => sockets.open(WATCHED_GROUPS, receiveBuffer), unavailable);
  if (E.isLeft(opened)) return opened;
  const socket = opened.right;
  // Read after the socket has begun to listen: what changes from now on is in its queue.
  const links = await linksNow(sockets);
  if (E.isLeft(links)) {
    socket.close();
    return links;
  }
  const notices = new Notices(links.right, (index) => linkOf(transactor, index));
  const listening = new Listening(socket, notices, tell);
  return E.right({ stop: () => listening.stop() });
}

function linkOf(transactor: Transactor, index: number): Link | null {
  const [answer] = transactor.ask([index], writeLinkQuestion, readLink);
  return answer !== null && answer !== undefined && 'name' in answer ? answer : null;
}

class Listening {
  readonly #socket: NetlinkSocket;
  readonly #notices: Notices;
  readonly #tell: (event: WatchEvent) => void;
  #stopped = false;
  /** The kernel drops all notices from the first that does not fit until the queue is empty. */
  #losing = false;

  constructor(socket: NetlinkSocket, notices: Notices, tell: (event: WatchEvent) => void) {
    this.#socket = socket;
    this.#notices = notices;
    this.#tell = tell;
    socket.watch(() => this.#onReadable());
  }

  stop(): void {
    this.#stopped = true;
    this.#socket.close();
  }

  #onReadable(): void {
    try {
      const changed = new Set<InterfaceName>();
      if (!this.#losing) this.#readNotices(changed);
      const lost = this.#losing;
      if (lost) this.#emptyQueue();
      for (const name of changed) this.#tellUnlessStopped({ type: 'changed', interface: name });
      // Told after the queue was emptied: whoever observes now has missed nothing.
      if (lost) this.#tellUnlessStopped({ type: 'overflow' });
    } catch (error) {
      const why = unavailable(error);
      this.#tellUnlessStopped({ type: 'ended', error: why });
      this.stop();
    }
  }

  #readNotices(changed: Set<InterfaceName>): void {
    for (let count = 0; count < READ_AT_ONCE; count++) {
      const received = this.#socket.receive();
      if (received === 'nothing') return;
      if (received === 'lost') {
        this.#losing = true;
        return;
      }
      for (const message of messagesIn(this.#socket.bytes, received)) this.#notices.read(message, changed);
    }
  }

  /** Nothing in it is of use any more: everything has to be looked at again. */
  #emptyQueue(): void {
    this.#notices.forget();
    for (let count = 0; count < DROP_AT_ONCE; count++) {
      if (this.#socket.receive() !== 'nothing') continue;
      this.#losing = false;
      return;
    }
  }

  #tellUnlessStopped(event: WatchEvent): void {
    if (!this.#stopped) this.#tell(event);
  }
}
