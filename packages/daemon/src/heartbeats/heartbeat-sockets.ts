/**
 * The UDP sockets of listeners: a port of two adapters. {@link kernelSockets} has the addon read them, {@link nodeSockets} is what
 * Node alone can do.
 */
import type { IpAddress, ListenerConfig } from '@fastbypass/core';

export type Endpoint = Pick<ListenerConfig, 'host' | 'port'>;

export interface HeartbeatSockets {
  /** Binds host and port; rejects with a sentence that says why they cannot be. */
  readonly bind: (endpoint: Endpoint, hooks: SocketHooks) => Promise<HeartbeatSocket>;
  /**
   * Calls `then`, at once or later, when all has been told that was queued in sockets at the call. Not to be called by a hook.
   *
   * @param inQuestion the sockets that it is waited for; asked again while there is something to read
   */
  readonly readEmpty: (inQuestion: () => readonly HeartbeatSocket[], then: () => void) => void;
  /**
   * From now on reading gives way where `isDue`: a verdict waits for no more than a call's worth of heartbeats, the rest is told in the next turns of
   * the loop. Absent where that cannot be had.
   */
  readonly giveWay?: (isDue: () => boolean) => void;
}

/** One bound UDP socket. */
export interface HeartbeatSocket {
  /** Bytes that the kernel has granted: it says nothing where that is less than was asked for. */
  readonly receiveBuffer: number;
  /** Whom datagrams and failures are told from now on: a changed listener takes over the socket of its predecessor. */
  readonly attach: (hooks: SocketHooks) => void;
  /** Frees the port at once; nothing is told any more. Idempotent. */
  readonly close: () => void;
}

export interface SocketHooks {
  /** `waited`: ms from its arrival at the machine until it was read; 0 where nobody can tell. */
  readonly onDatagram: (source: IpAddress | null, waited: number) => void;
  /** It broke and is closed. */
  readonly onBroken: (reason: string) => void;
  /** Whether senders are to be told; telling them costs time for each datagram. */
  readonly needsSource: boolean;
}

/**
 * Datagrams after which a socket counts as read empty in any case: no receive buffer of ours holds more, so all that was
 * queued has been read, however fast somebody floods it.
 */
export const QUEUE_LIMIT = 16_384;

/** Why host and port cannot be bound, in words of what an operator can do about it. */
export function refusalOf(error: Error, { host, port }: Endpoint): Error {
  const code = 'code' in error ? error.code : undefined;
  const where = `${host} port ${String(port)}`;
  const because = (message: string): Error => new Error(message, { cause: error });
  if (code === 'EADDRINUSE') return because(`${where} is in use by another program (ss -ulpn shows which)`);
  if (code === 'EADDRNOTAVAIL') return because(`${host} is on no interface of this machine`);
  if (code === 'EACCES' || code === 'EPERM') return because(`no permission to bind ${where} (ports below 1024 need CAP_NET_BIND_SERVICE)`);
  return because(`${where} cannot be bound: ${error.message}`);
}
