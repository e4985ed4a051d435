import { type IpAddress } from '@fastbypass/core';
import { NLA_F_NESTED, NLA_HDRLEN, NLA_TYPE_MASK } from './constants.js';
import { readIpAddress, writeIpAddress } from './ip-bytes.js';
import { type MessageWriter, aligned } from './message-writer.js';
import { octetsOf } from './view.js';

/** How a value stands in the payload of an attribute. Methods, so that tables may mix values of several types. */
export interface Codec<A> {
  /** @returns undefined where the payload is not of that form: what is not understood is not there */
  read(bytes: DataView, start: number, end: number): A | undefined;
  write(writer: MessageWriter, value: A): void;
}

export interface Attribute<A> extends Codec<A> {
  readonly type: number;
}

type Fields = Readonly<Record<string, Attribute<unknown>>>;

type ValueOf<T> = T extends Codec<infer A> ? A : never;

/** What a table reads and writes; an attribute that is absent is undefined. */
export type Values<T extends Fields> = { readonly [K in keyof T]?: ValueOf<T[K]> | undefined };

/** The attributes of one kind of message, or of one nest, that are of use here. All others are skipped. */
export class AttributeTable<T extends Fields> implements Codec<Values<T>> {
  readonly #fields: readonly (readonly [string, Attribute<unknown>])[];
  readonly #byType: readonly ((readonly [string, Attribute<unknown>]) | undefined)[];

  constructor(fields: T) {
    this.#fields = Object.entries(fields);
    const byType: (readonly [string, Attribute<unknown>])[] = [];
    for (const field of this.#fields) byType[field[1].type] = field;
    this.#byType = byType;
  }

  /** Of an attribute that comes twice the last is taken. */
  read(bytes: DataView, start: number, end: number): Values<T> {
    const values: Record<string, unknown> = {};
    for (let at = start; at + NLA_HDRLEN <= end; ) {
      const size = bytes.getUint16(at, true);
      if (size < NLA_HDRLEN || at + size > end) break;
      const field = this.#byType[bytes.getUint16(at + 2, true) & NLA_TYPE_MASK];
      if (field !== undefined) values[field[0]] = field[1].read(bytes, at + NLA_HDRLEN, at + size);
      at = aligned(at + size);
    }
    return values as Values<T>;
  }

  /** In the order of the table. */
  write(writer: MessageWriter, values: Values<T>): void {
    for (const [name, attribute] of this.#fields) {
      const value: unknown = values[name];
      const type = attribute instanceof NestedAttribute ? attribute.type | NLA_F_NESTED : attribute.type;
      if (value === undefined) continue;
      const begin = writer.beginAttribute(type);
      attribute.write(writer, value);
      writer.endAttribute(begin);
    }
  }
}

class NestedAttribute<A> implements Attribute<A> {
  constructor(
    readonly type: number,
    private readonly inner: Codec<A>,
  ) {}

  read(bytes: DataView, start: number, end: number): A | undefined {
    return this.inner.read(bytes, start, end);
  }

  write(writer: MessageWriter, value: A): void {
    this.inner.write(writer, value);
  }
}

/** An attribute that holds attributes. */
export const nested = <T extends Fields>(type: number, table: AttributeTable<T>): Attribute<Values<T>> => new NestedAttribute(type, table);

export const u32: Codec<number> = {
  read: (bytes, start, end) => (end - start >= 4 ? bytes.getUint32(start, true) : undefined),
  write: (writer, value) => writer.u32(value),
};

/** Text that a NUL ends. */
export const text: Codec<string> = {
  read: (bytes, start, end) => {
    let nul = start;
    while (nul < end && bytes.getUint8(nul) !== 0) nul++;
    return octetsOf(bytes, start, nul).toString();
  },
  write: (writer, value) => {
    writer.text(value);
    writer.u8(0);
  },
};

/** 4 bytes are IPv4, 16 are IPv6. */
export const ipAddress: Codec<IpAddress> = { read: readIpAddress, write: writeIpAddress };
