import type { DriverError } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { setImmediate } from 'node:timers/promises';
import { NLMSG_DONE, NLMSG_ERROR, NLM_F_DUMP_INTR } from './constants.js';
import { type Message, messagesIn, readVerdict } from './message.js';
import { MessageWriter } from './message-writer.js';
import type { NetlinkSocket } from './netlink-socket.js';
import { refusalOf } from './results.js';

/** How long a dump holds the event loop before others have their turn, ms. */
const AT_ONCE_MS = 1;

/** After it a dump that is interrupted again and again, or that has no end, is given up, ms. */
const TIME_LIMIT_MS = 5000;

/**
 * Asks for a list and reads all of it. The kernel puts the next part into the queue as soon as one is taken out of it, so
 * there is nothing to wait for; how long it takes depends on the number of interfaces alone.
 *
 * A list during which the network changed may have holes, and is asked for again.
 *
 * @param read null: not of interest
 * @throws AddonError
 */
export async function dump<A>(
  socket: NetlinkSocket,
  write: (writer: MessageWriter, sequence: number) => void,
  read: (message: Message) => A | null,
): Promise<E.Either<DriverError, readonly A[]>> {
  const begun = performance.now();
  const writer = new MessageWriter(64);
  let turn = begun;
  for (let sequence = 1; ; sequence++) {
    writer.clear();
    write(writer, sequence);
    socket.send(writer.bytes, writer.length);
    const part = new DumpReading(sequence, read);
    while (!part.ended) {
      const now = performance.now();
      if (now - begun > TIME_LIMIT_MS) return E.left({ kind: 'timed-out', message: `A look at the network came to no end within ${TIME_LIMIT_MS} ms: it changed all the time, or the kernel is short of memory.` });
      if (now - turn > AT_ONCE_MS) {
        await setImmediate();
        turn = performance.now();
      }
      part.take(socket);
    }
    if (part.error !== null) return E.left(part.error);
    if (!part.holes) return E.right(part.found);
  }
}

class DumpReading<A> {
  readonly found: A[] = [];
  ended = false;
  holes = false;
  error: DriverError | null = null;

  constructor(
    private readonly sequence: number,
    private readonly read: (message: Message) => A | null,
  ) {}

  /** Reads one datagram. */
  take(socket: NetlinkSocket): void {
    const received = socket.receive();
    if (received === 'lost') this.holes = true;
    if (typeof received === 'string') return;
    for (const message of messagesIn(socket.bytes, received)) if (message.sequence === this.sequence) this.#takeMessage(message);
  }

  #takeMessage(message: Message): void {
    if ((message.flags & NLM_F_DUMP_INTR) !== 0) this.holes = true;
    if (message.type === NLMSG_DONE || message.type === NLMSG_ERROR) {
      const verdict = readVerdict(message);
      if (verdict.errno !== 0) this.error = refusalOf('Looking at the network', verdict);
      this.ended = true;
      return;
    }
    const it = this.read(message);
    if (it !== null) this.found.push(it);
  }
}
