/**
 * IP addresses: canonical text that compares as a number.
 *
 * An {@link IpAddress} is a string in canonical form (dotted quad; RFC 5952), so `===` compares addresses by
 * value and a `Map` may be keyed by them. Zones, brackets and leading zeros are refused.
 */
import * as t from 'io-ts';

export interface IpAddressBrand {
  readonly IpAddress: unique symbol;
}

/** A numeric IPv4 or IPv6 address in canonical text. */
export type IpAddress = t.Branded<string, IpAddressBrand>;

export type Family = 4 | 6;

/** An address as an interface bears it. `prefix` is its length in bits, 0..32 or 0..128. */
export interface InterfaceAddress {
  readonly address: IpAddress;
  readonly prefix: number;
}

/** A set of addresses; host bits of `base` are zero. */
export interface Cidr {
  readonly family: Family;
  readonly base: bigint;
  readonly prefix: number;
}

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const DOTTED_QUAD = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const HEXTET = /^[0-9a-f]{1,4}$/i;

const octetsOf = (text: string): readonly number[] | null => (DOTTED_QUAD.test(text) ? text.split('.').map(Number) : null);

function hextetsOfGroups(text: string): readonly number[] | null {
  if (text === '') return [];
  const hextets: number[] = [];
  const groups = text.split(':');
  for (const [position, group] of groups.entries()) {
    if (position === groups.length - 1 && group.includes('.')) {
      const octets = octetsOf(group);
      if (octets === null) return null;
      const [a = 0, b = 0, c = 0, d = 0] = octets;
      hextets.push(a * 256 + b, c * 256 + d);
    } else {
      if (!HEXTET.test(group)) return null;
      hextets.push(parseInt(group, 16));
    }
  }
  return hextets;
}

function hextetsOf(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [headText = '', tailText] = halves;
  if (tailText === undefined) {
    const hextets = hextetsOfGroups(headText);
    return hextets?.length === 8 ? hextets : null;
  }
  // A dotted quad may stand at the very end of the whole text alone.
  if (headText.includes('.')) return null;
  const head = hextetsOfGroups(headText);
  const tail = hextetsOfGroups(tailText);
  if (head === null || tail === null || head.length + tail.length > 7) return null;
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function isMapped(hextets: readonly number[]): boolean {
  return hextets.slice(0, 5).every((hextet) => hextet === 0) && hextets[5] === 0xffff;
}

function textOfHextets(hextets: readonly number[]): string {
  if (isMapped(hextets)) {
    const [high = 0, low = 0] = hextets.slice(6);
    return `::ffff:${String(high >> 8)}.${String(high & 255)}.${String(low >> 8)}.${String(low & 255)}`;
  }
  // RFC 5952: the longest run of two or more zeros is shortened, the first of equals.
  let runStart = -1;
  let runLength = 1;
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && hextets[end] === 0) end++;
    if (end - start > runLength) {
      runStart = start;
      runLength = end - start;
    }
  }
  const groups = hextets.map((hextet) => hextet.toString(16));
  if (runStart < 0) return groups.join(':');
  return `${groups.slice(0, runStart).join(':')}::${groups.slice(runStart + runLength).join(':')}`;
}

/** The canonical form of `text`, or null where it is no numeric address. */
export function parseIpAddress(text: string): IpAddress | null {
  if (text.includes(':')) {
    const hextets = hextetsOf(text);
    return hextets === null ? null : (textOfHextets(hextets) as IpAddress);
  }
  return DOTTED_QUAD.test(text) ? (text as IpAddress) : null;
}

/** The address of 4 or 16 bytes in network order, or null where they are of another number. */
export function addressOfBytes(bytes: Uint8Array): IpAddress | null {
  if (bytes.length === 4) return bytes.join('.') as IpAddress;
  if (bytes.length !== 16) return null;
  return textOfHextets(Array.from({ length: 8 }, (_, place) => (bytes[2 * place] ?? 0) * 256 + (bytes[2 * place + 1] ?? 0))) as IpAddress;
}

/** `address` or `address/prefix`; `prefix` is null where none was written. */
export function parseWithPrefix(text: string): { readonly address: IpAddress; readonly prefix: number | null } | null {
  const slash = text.indexOf('/');
  const address = parseIpAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  if (slash < 0) return { address, prefix: null };
  const digits = text.slice(slash + 1);
  const prefix = /^\d+$/.test(digits) ? Number(digits) : Infinity;
  return prefix <= bitsOf(address) ? { address, prefix } : null;
}

/** As {@link parseWithPrefix}, with the full length (/32, /128) where none was written. */
export function parseInterfaceAddress(text: string): InterfaceAddress | null {
  const parsed = parseWithPrefix(text);
  return parsed && { address: parsed.address, prefix: parsed.prefix ?? bitsOf(parsed.address) };
}

// -------------------------------------------------------------------------------------
// codecs
// -------------------------------------------------------------------------------------

export const IpAddress = new t.Type<IpAddress, string, unknown>(
  'an IPv4 or IPv6 address',
  (value): value is IpAddress => typeof value === 'string' && parseIpAddress(value) === value,
  (value, context) => {
    const address = typeof value === 'string' ? parseIpAddress(value) : null;
    return address === null ? t.failure(value, context) : t.success(address);
  },
  String,
);

export const InterfaceAddress = new t.Type<InterfaceAddress, string, unknown>(
  'an IPv4 or IPv6 address, optionally with /prefix',
  (value): value is InterfaceAddress => typeof value === 'object' && value !== null && 'address' in value && 'prefix' in value,
  (value, context) => {
    const parsed = typeof value === 'string' ? parseInterfaceAddress(value) : null;
    return parsed === null ? t.failure(value, context) : t.success(parsed);
  },
  (value) => formatInterfaceAddress(value),
);

// -------------------------------------------------------------------------------------
// questions
// -------------------------------------------------------------------------------------

export const familyOf = (address: IpAddress): Family => (address.includes(':') ? 6 : 4);

/** 32 or 128. */
export const bitsOf = (address: IpAddress): number => (familyOf(address) === 4 ? 32 : 128);

export const formatInterfaceAddress = ({ address, prefix }: InterfaceAddress): string => `${address}/${String(prefix)}`;

/** `0.0.0.0` or `::`: as a listener's host it binds everywhere. */
export const isUnspecified = (address: IpAddress): boolean => address === '0.0.0.0' || address === '::';

/** `::ffff:a.b.c.d`, the shape in which a dual-stack socket shows an IPv4 peer. */
export const isIpv4Mapped = (address: IpAddress): boolean => address.startsWith('::ffff:') && address.includes('.');

/** 224.0.0.0/4 and ff00::/8. */
export const isMulticast = (address: IpAddress): boolean => (familyOf(address) === 4 ? firstGroup(address) >> 4 === 0xe : firstGroup(address) >> 8 === 0xff);

/** fe80::/10. */
export const isIpv6LinkLocal = (address: IpAddress): boolean => familyOf(address) === 6 && firstGroup(address) >> 6 === 0xfe80 >> 6;

/** The first octet, or the first 16 bits; NaN, which shifts as 0, where zeros at the beginning are left out. */
const firstGroup = (address: IpAddress): number => parseInt(address, familyOf(address) === 4 ? 10 : 16);

/** The address as an unsigned number of 32 or 128 bits. */
export function numberOf(address: IpAddress): bigint {
  const parts = familyOf(address) === 4 ? octetsOf(address) : hextetsOf(address);
  const width = familyOf(address) === 4 ? 8n : 16n;
  return (parts ?? []).reduce((sum, part) => (sum << width) | BigInt(part), 0n);
}

/** The network part of `address` under a mask of `prefix` bits. */
export function networkOf(address: IpAddress, prefix: number): bigint {
  const hostBits = BigInt(bitsOf(address) - prefix);
  return (numberOf(address) >> hostBits) << hostBits;
}

/** An IPv4 network as a number: equal where mask and network are. */
export const ipv4Network = (address: IpAddress, prefix: number): number => prefix * 2 ** 32 + (prefix === 0 ? 0 : ipv4Number(address) >>> (32 - prefix));

/** 32 bits of a canonical dotted quad. */
function ipv4Number(address: IpAddress): number {
  let number = 0;
  let octet = 0;
  for (let place = 0; place < address.length; place++) {
    const digit = address.charCodeAt(place) - 48;
    if (digit >= 0) {
      octet = octet * 10 + digit;
    } else {
      number = (number << 8) | octet;
      octet = 0;
    }
  }
  return (number << 8) | octet;
}

export const cidrOf = ({ address, prefix }: InterfaceAddress): Cidr => ({
  family: familyOf(address),
  base: networkOf(address, prefix),
  prefix,
});

export const inCidr = (cidr: Cidr, address: IpAddress): boolean =>
  cidr.family === familyOf(address) && networkOf(address, cidr.prefix) === cidr.base;

/** A sender as it is compared: an IPv4-mapped one as IPv4. */
export function unmapped(address: IpAddress): IpAddress {
  return isIpv4Mapped(address) ? (address.slice('::ffff:'.length) as IpAddress) : address;
}
