/** Names of network interfaces, as the kernel takes them. */
import * as t from 'io-ts';

export interface InterfaceNameBrand {
  readonly InterfaceName: unique symbol;
}

/** 1 to 15 bytes (IFNAMSIZ without its NUL) without white space, `/`, `:` and `,`. */
export type InterfaceName = t.Branded<string, InterfaceNameBrand>;

const MAX_BYTES = 15;
// NUL ends a name in the kernel and cannot be passed to any program.
const FORBIDDEN = /[\s/:,\0]/u;

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

export const isInterfaceName = (text: string): text is InterfaceName =>
  text !== '' && !FORBIDDEN.test(text) && utf8Length(text) <= MAX_BYTES;

export const InterfaceName = new t.Type<InterfaceName, string, unknown>(
  'one interface name of 1 to 15 bytes without white space, "/", ":" or ","',
  (value): value is InterfaceName => typeof value === 'string' && isInterfaceName(value),
  (value, context) =>
    typeof value === 'string' && isInterfaceName(value) ? t.success(value) : t.failure(value, context),
  String,
);
