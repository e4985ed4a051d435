import type { Addon, AddonError, AddonSocket } from './addon.js';
import { viewOf } from './view.js';

/** A datagram is never longer: the kernel fills dumps up to 32 KiB. */
const LONGEST = 64 * 1024;

/** Opens sockets in one network namespace. */
export interface Sockets {
  /** @param groups mask of multicast groups; @throws AddonError */
  readonly open: (groups: number, receiveBuffer: number) => NetlinkSocket;
  /** Runs `body` with this thread in the namespace. */
  readonly inside: <A>(body: () => A) => A;
}

/** @param netns file of the namespace, `/run/netns/blue`; undefined: that of the calling thread */
export function socketsOf(addon: Addon, netns: string | undefined): Sockets {
  const inside = <A>(body: () => A): A => (netns === undefined ? body() : addon.inNamespace(netns, body));
  return {
    inside,
    open: (groups, receiveBuffer) => new NetlinkSocket(addon, inside(() => addon.open(groups, receiveBuffer))),
  };
}

/** What a look into the queue of a socket has found. */
export type Received =
  /** So many bytes of {@link NetlinkSocket.bytes}. */
  | number
  | 'nothing'
  /** The kernel had to drop what was for this socket; what it did not drop can still be received. */
  | 'lost';

export class NetlinkSocket {
  readonly #addon: Addon;
  readonly #socket: AddonSocket;
  readonly #buffer = Buffer.allocUnsafe(LONGEST);
  /** What was received last. */
  readonly bytes = viewOf(this.#buffer);

  constructor(addon: Addon, socket: AddonSocket) {
    this.#addon = addon;
    this.#socket = socket;
  }

  /** @throws AddonError */
  send(bytes: Buffer, length: number): void {
    this.#addon.send(this.#socket, bytes, length);
  }

  /** Never waits. @throws AddonError */
  receive(): Received {
    try {
      const length = this.#addon.receive(this.#socket, this.#buffer);
      return length === 0 ? 'nothing' : length;
    } catch (error) {
      const { code } = error as AddonError;
      if (code === 'ENOBUFS' || code === 'EMSGSIZE') return 'lost';
      throw error;
    }
  }

  /** `IFF_UP` and the like of the interface of this index; undefined: it does not have this name now. */
  flags(index: number, name: string): number | undefined {
    return this.#addon.flags(this.#socket, index, name);
  }

  watch(onReadable: () => void): void {
    this.#addon.watch(this.#socket, onReadable);
  }

  /** Idempotent. */
  close(): void {
    this.#addon.close(this.#socket);
  }
}
