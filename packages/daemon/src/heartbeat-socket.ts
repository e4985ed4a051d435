import { type IpAddress, type ListenerConfig, familyOf, parseIpAddress } from '@fastbypass/core';
import { type Socket, createSocket } from 'node:dgram';
import { RECEIVE_BUFFER } from './receive-buffer.js';

/** One bound UDP socket. */
export interface HeartbeatSocket {
  /** Datagrams read so far, accepted or not. */
  readonly datagrams: number;
  /** Bytes that the kernel has granted: up to `net.core.rmem_max` alone, and it says nothing where that is less than was asked for. */
  readonly receiveBuffer: number;
  /** Whom datagrams and failures are told from now on: a changed listener takes over the socket of its predecessor. */
  readonly attach: (hooks: SocketHooks) => void;
  /** Frees the port at once; nothing is told any more. */
  readonly close: () => void;
}

export interface SocketHooks {
  readonly onDatagram: (source: IpAddress | null) => void;
  /** It broke and is closed. */
  readonly onBroken: (reason: string) => void;
  /** Whether senders are to be told; telling them costs time for each datagram. */
  readonly needsSource: boolean;
}

/** Binds host and port of a listener; rejects with a sentence that says why it cannot be. */
export function bindHeartbeatSocket({ host, port }: Pick<ListenerConfig, 'host' | 'port'>, hooks: SocketHooks): Promise<HeartbeatSocket> {
  return new Promise((resolve, reject) => {
    const family = familyOf(host) === 4 ? ({ type: 'udp4' } as const) : ({ type: 'udp6', ipv6Only: true } as const);
    const socket = createSocket({ ...family, recvBufferSize: RECEIVE_BUFFER });
    const refuse = (error: Error): void => {
      socket.close();
      reject(new Error(whyNot(error, host, port), { cause: error }));
    };
    socket.once('error', refuse);
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off('error', refuse);
      resolve(new BoundSocket(socket, hooks));
    });
  });
}

class BoundSocket implements HeartbeatSocket {
  readonly receiveBuffer: number;
  private count = 0;
  private open = true;

  constructor(
    private readonly socket: Socket,
    private hooks: SocketHooks,
  ) {
    // Linux reserves, and tells, twice as much: half of it is for its own bookkeeping.
    this.receiveBuffer = socket.getRecvBufferSize() / 2;
    socket.on('message', (_message, { address }) => {
      this.count++;
      this.hooks.onDatagram(this.hooks.needsSource ? parseIpAddress(address.replace(/%.*$/, '')) : null);
    });
    socket.on('error', (error) => {
      this.close();
      this.hooks.onBroken(error.message);
    });
  }

  get datagrams(): number {
    return this.count;
  }

  attach(hooks: SocketHooks): void {
    this.hooks = hooks;
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.socket.close();
  }
}

/** In words of what an operator can do about it. */
function whyNot(error: Error, host: string, port: number): string {
  const code = 'code' in error ? error.code : undefined;
  const where = `${host} port ${String(port)}`;
  if (code === 'EADDRINUSE') return `${where} is in use by another program (ss -ulpn shows which)`;
  if (code === 'EADDRNOTAVAIL') return `${host} is on no interface of this machine`;
  if (code === 'EACCES' || code === 'EPERM') return `no permission to bind ${where} (ports below 1024 need CAP_NET_BIND_SERVICE)`;
  return `${where} cannot be bound: ${error.message}`;
}
