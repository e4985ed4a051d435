import * as E from 'fp-ts/lib/Either.js';
import { addonPath, loadAddon } from '../addon.js';

declare const receiver: unique symbol;

/** Has many sockets, and what is queued in them. */
export interface Receiver {
  readonly [receiver]: never;
}

/** addon/udp-sockets.c. Each call throws an Error with a `code` (`EADDRINUSE`) where the system refuses. */
export interface UdpSockets {
  /** @param onReadable is called whenever a socket has something; it keeps no process from ending */
  readonly open: (onReadable: () => void) => Receiver;
  /** @returns the socket, a number that is free again when it is closed */
  readonly bind: (receiver: Receiver, host: string, port: number, receiveBuffer: number) => number;
  /** Bytes that the kernel has granted. */
  readonly receiveBuffer: (socket: number) => number;
  readonly close: (receiver: Receiver, socket: number) => void;
  /** Takes some of what is queued, of all sockets in turn. @returns records written; 0: nothing is queued */
  readonly receive: (receiver: Receiver, into: Buffer) => number;
  /** The same of one socket. */
  readonly receiveOf: (receiver: Receiver, socket: number, into: Buffer) => number;
}

/**
 * Bytes of a record: the socket, what it said in place of a datagram (an errno, or 0) and the µs that the datagram had waited
 * to be read, 32 bits each, and the sender's address.
 */
export const RECORD = { size: 28, address: 12, words: 7 } as const;

/** Sockets that one call looks at. Fewer records: it has looked at all that had something. */
export const SOCKETS = 64;

/** Records for which a call must have room. */
export const ROOM = SOCKETS * 8;

/** Left: why there is none, in one line. */
export const loadUdpSockets = (path = addonPath('udp-sockets')): E.Either<string, UdpSockets> => E.map((addon) => addon as UdpSockets)(loadAddon(path));
