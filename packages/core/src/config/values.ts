/**
 * Codecs of single values. The name of each is the sentence that a person reads after "accepted:".
 */
import * as t from 'io-ts';
import {
  type Cidr,
  type IpAddress,
  bitsOf,
  cidrOf,
  isIpv4Mapped,
  isIpv6LinkLocal,
  isMulticast,
  isUnspecified,
  parseInterfaceAddress,
  parseIpAddress,
  parseWithPrefix,
} from '../address.js';
import { InterfaceName, isInterfaceName } from '../interface-name.js';

/** From the text of a value to what it means. */
export type ValueCodec<A> = t.Decoder<string, A>;

function codec<A>(accepted: string, read: (text: string) => A | null): ValueCodec<A> {
  return new t.Type<A, A, string>(
    accepted,
    (_value): _value is A => true,
    (text, context) => {
      const value = read(text);
      return value === null ? t.failure(text, context) : t.success(value);
    },
    t.identity,
  );
}

/** Decimal digits alone, leading zeros allowed; above 2^53 it counts as 2^53 - 1. */
export function wholeNumber(least: number, most: number): ValueCodec<number> {
  const range = most === Infinity ? `a whole number, at least ${String(least)}` : `a whole number from ${String(least)} to ${String(most)}`;
  return codec(range, (text) => {
    if (!/^\d+$/.test(text)) return null;
    const number = Math.min(Number(text), Number.MAX_SAFE_INTEGER);
    return number >= least && number <= most ? number : null;
  });
}

export const Flag: ValueCodec<boolean> = codec('0 or 1', (text) => (/^0*[01]$/.test(text) ? Number(text) === 1 : null));

export const Lease: ValueCodec<number> = codec('0, or a whole number of seconds from 2 to 3600', (text) => {
  const seconds = /^\d+$/.test(text) ? Number(text) : NaN;
  return seconds === 0 || (seconds >= 2 && seconds <= 3600) ? seconds : null;
});

export function oneOf<const A extends string>(words: readonly A[]): ValueCodec<A> {
  return codec(`one of ${words.join(', ')}`, (text) => words.find((word) => word === text) ?? null);
}

export const Interface: ValueCodec<InterfaceName> = codec(InterfaceName.name, (text) => (isInterfaceName(text) ? text : null));

const items = (text: string, separator: RegExp): readonly string[] =>
  text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Repeats count once. */
export const InterfaceList: ValueCodec<readonly InterfaceName[]> = codec(
  'interface names of 1 to 15 bytes without "/" or ":", separated by commas or white space',
  (text) => {
    const names = items(text, /[\s,]+/);
    return names.every(isInterfaceName) ? [...new Set(names)] : null;
  },
);

/** What of {@link InterfaceList} can be read at all. */
export const interfaceNamesIn = (text: string): readonly InterfaceName[] => items(text, /[\s,]+/).filter(isInterfaceName);

export interface Host {
  readonly address: IpAddress;
  /** Null where none was written. */
  readonly prefix: number | null;
}

const isBroadcast = (address: IpAddress): boolean => address === '255.255.255.255';

export const ListenerHost: ValueCodec<Host> = codec(
  'an IPv4 or IPv6 address without brackets or zone, optionally with /prefix; not multicast, 255.255.255.255, IPv4-mapped or link-local IPv6',
  (text) => {
    const host = parseWithPrefix(text);
    if (host === null) return null;
    const { address } = host;
    return isMulticast(address) || isBroadcast(address) || isIpv4Mapped(address) || isIpv6LinkLocal(address) ? null : host;
  },
);

export const CardHost: ValueCodec<Host> = codec(
  'an IPv4 or IPv6 address without brackets or zone, optionally with /prefix; not multicast, 255.255.255.255, IPv4-mapped or unspecified',
  (text) => {
    const host = parseWithPrefix(text);
    if (host === null) return null;
    const { address } = host;
    return isMulticast(address) || isBroadcast(address) || isIpv4Mapped(address) || isUnspecified(address) ? null : host;
  },
);

/** An address however unusable, for naming what is left out. */
export const anyHost = (text: string): IpAddress | null => parseIpAddress(text.split('/')[0] ?? '');

/** Sorted and without repeats, so that lists that accept the same senders compare equal. */
export const Sources: ValueCodec<readonly Cidr[]> = codec('IPv4 or IPv6 addresses or CIDRs, separated by commas; not multicast, 255.255.255.255 or IPv4-mapped', (text) => {
  const parsed = items(text, /,/).map(parseInterfaceAddress);
  const cidrs = new Map<string, Cidr>();
  for (const source of parsed) {
    // None of these can be a sender; a mapped one is compared as IPv4.
    if (source === null || isMulticast(source.address) || isBroadcast(source.address) || isIpv4Mapped(source.address)) return null;
    const cidr = cidrOf(source);
    cidrs.set(`${String(bitsOf(source.address))} ${String(cidr.base)}/${String(cidr.prefix)}`, cidr);
  }
  return [...cidrs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cidr]) => cidr);
});
