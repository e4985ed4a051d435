import { ALIGN_TO, NLA_HDRLEN, NLMSG_HDRLEN } from './constants.js';
import { viewOf } from './view.js';

/** Where the sequence number stands in `struct nlmsghdr`. */
const SEQUENCE_AT = 8;

/** The next place where a message or attribute may begin. */
export const aligned = (place: number): number => (place + ALIGN_TO - 1) & ~(ALIGN_TO - 1);

/**
 * Writes messages one after the other into a buffer that is used again and again. Netlink speaks in the byte order of the
 * machine; this is that of little-endian ones (the loader of the addon refuses others).
 */
export class MessageWriter {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #end = 0;
  #message = 0;

  /** @param capacity bytes; whoever writes more than fits meets a RangeError */
  constructor(capacity: number) {
    this.#bytes = Buffer.alloc(capacity);
    this.#view = viewOf(this.#bytes);
  }

  /** All of the buffer; the messages are its first {@link length} bytes. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get length(): number {
    return this.#end;
  }

  clear(): void {
    this.#end = 0;
  }

  /** Begins a message with `struct nlmsghdr`; the family's own header and the attributes follow. */
  begin(type: number, flags: number, sequence: number): void {
    this.#message = this.#end;
    this.u32(NLMSG_HDRLEN);
    this.u16(type);
    this.u16(flags);
    this.u32(sequence);
    // The kernel knows who sends.
    this.u32(0);
  }

  end(): void {
    this.#view.setUint32(this.#message, this.#end - this.#message, true);
  }

  /** A whole message that was written before. */
  copy(message: Buffer, sequence: number): void {
    message.copy(this.#bytes, this.#end);
    this.#view.setUint32(this.#end + SEQUENCE_AT, sequence, true);
    this.#end += message.length;
  }

  /** What is written until {@link endAttribute} is its value. @returns what that asks for */
  beginAttribute(type: number): number {
    const begin = this.#end;
    this.u16(NLA_HDRLEN);
    this.u16(type);
    return begin;
  }

  endAttribute(begin: number): void {
    this.#view.setUint16(begin, this.#end - begin, true);
    while (this.#end < aligned(this.#end)) this.u8(0);
  }

  /** @throws RangeError where it is no octet: an address with another prefix than asked for would be wrong */
  u8(value: number): void {
    if (value < 0 || value > 0xff) throw new RangeError(`${String(value)} is no octet`);
    this.#view.setUint8(this.#end, value);
    this.#end++;
  }

  u16(value: number): void {
    this.#view.setUint16(this.#end, value, true);
    this.#end += 2;
  }

  u32(value: number): void {
    this.#view.setUint32(this.#end, value, true);
    this.#end += 4;
  }

  /** @throws RangeError where it does not fit */
  text(value: string): void {
    const size = Buffer.byteLength(value);
    if (this.#end + size > this.#bytes.length) throw new RangeError('a message outgrows its buffer');
    this.#end += this.#bytes.write(value, this.#end);
  }
}
