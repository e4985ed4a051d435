/**
 * Sockets that the addon reads: one call takes what is queued in all of them, and brings back who was heard. What a
 * datagram carries is never copied.
 *
 * Node makes a buffer of 64 KiB and four objects of each datagram, and one callback; at 100,000 a second that is most of what
 * there is to do. And a single socket can be asked at any time, so nothing has to wait for a pass of the loop.
 */
import { type Family, type IpAddress, addressOfBytes, familyOf } from '@fastbypass/core';
import { getSystemErrorName } from 'node:util';
import { type HeartbeatSocket, type HeartbeatSockets, QUEUE_LIMIT, type SocketHooks, refusalOf } from './heartbeat-sockets.js';
import { RECEIVE_BUFFER } from './receive-buffer.js';
import { RECORD, ROOM, SOCKETS, type Receiver, type UdpSockets } from './udp-sockets.js';

/** Calls in one turn of the loop at most: for a datagram of each of 1024 sockets. A flood is not read to its end in one. */
const ROUNDS = 16;

const BYTES = { 4: 4, 6: 16 } as const;

export function kernelSockets(addon: UdpSockets): HeartbeatSockets {
  const all = new KernelSockets(addon);
  return {
    bind: async (endpoint, hooks) => {
      // Never in the middle of records: it could be given the number of a socket that has just been closed, and would be told what came for that one.
      await Promise.resolve();
      try {
        return all.bind(endpoint.host, endpoint.port, hooks);
      } catch (error) {
        throw refusalOf(error as Error, endpoint);
      }
    },
    readEmpty: (inQuestion, then) => {
      for (const socket of inQuestion()) if (socket instanceof KernelSocket) all.readEmpty(socket);
      then();
    },
    giveWay: (isDue) => {
      all.isVerdictDue = isDue;
    },
  };
}

class KernelSockets {
  isVerdictDue = (): boolean => false;
  private readonly records = Buffer.alloc(ROOM * RECORD.size);
  private readonly words = new Int32Array(this.records.buffer, this.records.byteOffset, ROOM * RECORD.words);
  private readonly bound = new Map<number, KernelSocket>();
  private readonly receiver: Receiver;

  constructor(private readonly addon: UdpSockets) {
    this.receiver = addon.open(() => {
      // What is ready is told in one turn of the loop, of many sockets too: what happens together is decided together. A verdict that is due waits for one round of it.
      for (let round = 0; round < ROUNDS; round++) {
        const count = addon.receive(this.receiver, this.records);
        this.tell(count);
        if (count < SOCKETS || this.isVerdictDue()) return;
      }
    });
  }

  bind(host: IpAddress, port: number, hooks: SocketHooks): KernelSocket {
    const fd = this.addon.bind(this.receiver, host, port, RECEIVE_BUFFER);
    const socket = new KernelSocket(fd, familyOf(host), this.addon.receiveBuffer(fd), hooks, () => {
      if (this.bound.get(fd) !== socket) return;
      this.bound.delete(fd);
      this.addon.close(this.receiver, fd);
    });
    this.bound.set(fd, socket);
    return socket;
  }

  /** Until it is empty or closed: its number may be another's then. */
  readEmpty(socket: KernelSocket): void {
    const { fd } = socket;
    for (let left = QUEUE_LIMIT; left > 0 && this.bound.get(fd) === socket; ) {
      const count = this.addon.receiveOf(this.receiver, fd, this.records);
      if (count === 0) return;
      this.tell(count);
      left -= count;
    }
  }

  /** Tells of the first `count` records. A hook may close sockets: what others were to be told of those is dropped. */
  private tell(count: number): void {
    for (let record = 0; record < count; record++) {
      const word = record * RECORD.words;
      const socket = this.bound.get(this.words[word] ?? NaN);
      if (socket === undefined) continue;
      const error = this.words[word + 1] ?? 0;
      if (error !== 0) socket.breaks(`recvmmsg ${getSystemErrorName(-error)}`);
      else socket.hooks.onDatagram(socket.hooks.needsSource ? this.source(record, socket.family) : null, (this.words[word + 2] ?? 0) / 1000);
    }
  }

  private source(record: number, family: Family): IpAddress | null {
    const start = record * RECORD.size + RECORD.address;
    return addressOfBytes(this.records.subarray(start, start + BYTES[family]));
  }
}

class KernelSocket implements HeartbeatSocket {
  constructor(
    readonly fd: number,
    readonly family: Family,
    readonly receiveBuffer: number,
    public hooks: SocketHooks,
    readonly close: () => void,
  ) {}

  attach(hooks: SocketHooks): void {
    this.hooks = hooks;
  }

  breaks(reason: string): void {
    this.close();
    this.hooks.onBroken(reason);
  }
}
