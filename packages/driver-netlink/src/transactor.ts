import { NLMSG_ERROR, NLMSG_NOOP, NLM_F_ACK, NLM_F_REQUEST } from './constants.js';
import { type Message, type Verdict, messagesIn, readVerdict } from './message.js';
import { MessageWriter } from './message-writer.js';
import type { NetlinkSocket, Sockets } from './netlink-socket.js';

/**
 * How many requests are sent at once. Without CAP_NET_ADMIN the receive buffer holds the acknowledgements of 256; those
 * beyond would be lost although their requests were carried out.
 */
export const BATCH = 256;

/** Bytes; no request of ours is longer. */
export const LONGEST_REQUEST = 256;

/** Bytes. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;

const writeNothing: Write<null> = (writer, sequence) => {
  writer.begin(NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, sequence);
  writer.end();
};

/** Writes one request. */
export type Write<Q> = (writer: MessageWriter, sequence: number, question: Q) => void;

/**
 * The socket on which requests are carried out. The kernel works them off while they are sent, so the answers are there
 * when `send` returns and nothing is ever waited for: all of this is synchronous, and no answer is left for later.
 */
export class Transactor {
  readonly #socket: NetlinkSocket;
  readonly #writer = new MessageWriter(BATCH * LONGEST_REQUEST);
  #sequence = 1;

  /** @throws AddonError */
  constructor(sockets: Sockets) {
    this.#socket = sockets.open(0, RECEIVE_BUFFER);
  }

  /**
   * @param questions at most {@link BATCH}
   * @param read a message about the question at `place` that is no verdict (`NLMSG_ERROR`); null: it is not the answer. What the kernel has
   *   to drop it drops to the end, so an answer that is there has lost nothing of what was told before it
   * @returns an answer for each question; null: the kernel had to drop it
   * @throws AddonError where the system takes none of the requests
   */
  ask<Q, A>(questions: readonly Q[], write: Write<Q>, read: (message: Message, place: number) => A | null): readonly (A | Verdict | null)[] {
    const first = this.#sequence;
    this.#sequence = (first + questions.length) >>> 0;
    this.#writer.clear();
    for (const [place, question] of questions.entries()) write(this.#writer, (first + place) >>> 0, question);
    this.#socket.send(this.#writer.bytes, this.#writer.length);

    const answers = Array<A | Verdict | null>(questions.length).fill(null);
    let missing = questions.length;
    while (missing > 0) {
      const received = this.#socket.receive();
      if (received === 'nothing') break;
      if (received === 'lost') continue;
      for (const message of messagesIn(this.#socket.bytes, received)) {
        const place = (message.sequence - first) >>> 0;
        // What an earlier exchange has left is not ours.
        if (place >= questions.length || answers[place] !== null) continue;
        const answer = message.type === NLMSG_ERROR ? readVerdict(message) : read(message, place);
        answers[place] = answer;
        if (answer !== null) missing--;
      }
    }
    return answers;
  }

  /** Goes the way of a request that asks for nothing but an acknowledgement. @throws AddonError */
  rouse(): void {
    this.ask([null], writeNothing, () => null);
  }

  /** `IFF_UP` and the like of the interface of this index; undefined: it does not have this name now. */
  flags(index: number, name: string): number | undefined {
    return this.#socket.flags(index, name);
  }

  close(): void {
    this.#socket.close();
  }
}
