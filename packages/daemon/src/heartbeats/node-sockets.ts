/**
 * What Node alone can do: a socket of `node:dgram` for each listener.
 *
 * libuv reads at most 32 datagrams of a socket in one pass of the loop. So a socket is empty when a whole pass has read nothing of it.
 */
import { familyOf, parseIpAddress } from '@fastbypass/core';
import { type Socket, createSocket } from 'node:dgram';
import { type Endpoint, type HeartbeatSocket, type HeartbeatSockets, QUEUE_LIMIT, type SocketHooks, refusalOf } from './heartbeat-sockets.js';
import { RECEIVE_BUFFER } from './receive-buffer.js';

export const nodeSockets: HeartbeatSockets = {
  bind,
  readEmpty: (inQuestion, then) => {
    // Wherever in a turn of the loop this is: from there on it polls every socket before the next setImmediate.
    setImmediate(() => {
      pass(inQuestion as () => readonly NodeSocket[], then, new Map());
    });
  },
};

function bind(endpoint: Endpoint, hooks: SocketHooks): Promise<HeartbeatSocket> {
  const { host, port } = endpoint;
  return new Promise((resolve, reject) => {
    const family = familyOf(host) === 4 ? ({ type: 'udp4' } as const) : ({ type: 'udp6', ipv6Only: true } as const);
    const socket = createSocket({ ...family, recvBufferSize: RECEIVE_BUFFER });
    const refuse = (error: Error): void => {
      socket.close();
      reject(refusalOf(error, endpoint));
    };
    socket.once('error', refuse);
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off('error', refuse);
      resolve(new NodeSocket(socket, hooks));
    });
  });
}

/** @param begun datagrams of each socket in question at the beginning */
function pass(inQuestion: () => readonly NodeSocket[], then: () => void, begun: Map<NodeSocket, number>): void {
  const before = new Map(inQuestion().map((socket) => [socket, socket.datagrams]));
  for (const [socket, count] of before) if (!begun.has(socket)) begun.set(socket, count);
  setImmediate(() => {
    const isUnread = inQuestion().some((socket) => {
      const count = before.get(socket);
      return count !== undefined && count !== socket.datagrams && socket.datagrams - (begun.get(socket) ?? 0) < QUEUE_LIMIT;
    });
    if (isUnread) pass(inQuestion, then, begun);
    else then();
  });
}

class NodeSocket implements HeartbeatSocket {
  readonly receiveBuffer: number;
  /** Read so far, accepted or not. */
  datagrams = 0;
  private open = true;

  constructor(
    private readonly socket: Socket,
    private hooks: SocketHooks,
  ) {
    // Linux reserves, and tells, twice as much: half of it is for its own bookkeeping.
    this.receiveBuffer = socket.getRecvBufferSize() / 2;
    socket.on('message', (_message, { address }) => {
      this.datagrams++;
      this.hooks.onDatagram(this.hooks.needsSource ? parseIpAddress(address.replace(/%.*$/, '')) : null, 0);
    });
    socket.on('error', (error) => {
      this.close();
      this.hooks.onBroken(error.message);
    });
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
