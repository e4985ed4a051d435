import { AttributeTable, text } from './attributes.js';
import { NLMSGERR_ATTR_MSG, NLMSG_HDRLEN, NLM_F_ACK_TLVS, NLM_F_CAPPED } from './constants.js';
import { aligned } from './message-writer.js';

/** A message where it lies in a buffer of received bytes; valid until the buffer is filled anew. */
export interface Message {
  readonly bytes: DataView;
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Where what follows the header begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** The messages in the first `length` bytes; what is cut short at the end is left out. */
export function* messagesIn(bytes: DataView, length: number): Generator<Message, void> {
  for (let at = 0; at + NLMSG_HDRLEN <= length; ) {
    const size = bytes.getUint32(at, true);
    if (size < NLMSG_HDRLEN || at + size > length) return;
    yield {
      bytes,
      type: bytes.getUint16(at + 4, true),
      flags: bytes.getUint16(at + 6, true),
      sequence: bytes.getUint32(at + 8, true),
      start: at + NLMSG_HDRLEN,
      end: at + size,
    };
    at = aligned(at + size);
  }
}

/** What the kernel says of a request. */
export interface Verdict {
  /** 0: done. */
  readonly errno: number;
  /** Why not, in the kernel's words, where it has some. */
  readonly words: string | null;
}

const ERROR_ATTRIBUTES = new AttributeTable({ words: { type: NLMSGERR_ATTR_MSG, ...text } });

/** Size of the number at the beginning of `struct nlmsgerr` and of `NLMSG_DONE`. */
const NUMBER = 4;

/** Reads `NLMSG_ERROR`, which an acknowledgement is too, or `NLMSG_DONE`. */
export function readVerdict({ bytes, flags, start, end }: Message): Verdict {
  const errno = start + NUMBER <= end ? -bytes.getInt32(start, true) : 0;
  // -0 is not 0 to everybody.
  if (errno === 0) return { errno: 0, words: null };
  if ((flags & NLM_F_ACK_TLVS) === 0) return { errno, words: null };
  // The header of the request stands between, or all of the request.
  const request = start + NUMBER;
  const size = (flags & NLM_F_CAPPED) !== 0 || request + NLMSG_HDRLEN > end ? NLMSG_HDRLEN : bytes.getUint32(request, true);
  if (request + size > end) return { errno, words: null };
  return { errno, words: ERROR_ATTRIBUTES.read(bytes, aligned(request + size), end).words ?? null };
}
