import { type IpAddress, parseInterfaceAddress, parseIpAddress } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import type { SeenAddress, SeenLink } from './observed-state.js';

/** What stands before the first `: <` of a line of `ip -o link`, taken apart. */
export interface LinkHead {
  readonly index: number;
  /** With `@` and what it is tied to, where it is tied. */
  readonly title: string;
  readonly rest: string;
}

export function readLinkHead(line: string): LinkHead | null {
  const found = /^(\d+): (\S+): (<.*)$/s.exec(line);
  const [, index, title, rest] = found ?? [];
  if (index === undefined || title === undefined || rest === undefined) return null;
  return { index: Number(index), title, rest };
}

/** @param rest of a {@link LinkHead} */
export const isUp = (rest: string): boolean => /^<([^>]*)>/.exec(rest)?.[1]?.split(',').includes('UP') === true;

/**
 * Parts `eth0.5@eth0`. Names may themselves hold an `@`: that one parts behind which a link can be named.
 *
 * @param known whether there is a link of that name
 */
export function partTitle(title: string, known: (name: string) => boolean): { readonly name: string; readonly tied: string | null } {
  for (const [name, tied] of partings(title).reverse()) {
    if (tied === 'NONE' || /^if\d+$/.test(tied) || known(tied)) return { name, tied };
  }
  return { name: title, tied: null };
}

/** The ways to part a title, from the left. */
const partings = (title: string): (readonly [string, string])[] =>
  [...title.matchAll(/@/g)].filter(({ index }) => index > 0).map(({ index }) => [title.slice(0, index), title.slice(index + 1)]);

/** What may be the name in a title. */
export const namesWithin = (title: string): readonly string[] => [title, ...partings(title).map(([name]) => name)];

/** What may be a name among the titles of all links. */
export const namesIn = (heads: readonly LinkHead[]): ReadonlySet<string> => new Set(heads.flatMap(({ title }) => namesWithin(title)));

/**
 * Reads what `ip -o -details link show` and `ip -o -details address show` print.
 *
 * @returns left: which line cannot be read, for a person
 */
export function readTextOutput(linkText: string, addressText: string): E.Either<string, readonly SeenLink[]> {
  const addresses = new Map<number, SeenAddress[]>();
  for (const line of linesOf(addressText)) {
    const found = /^(\d+): \S+\s+(\S+) (.*)$/s.exec(line);
    const [, index, family, rest] = found ?? [];
    if (index === undefined || rest === undefined) return unreadable(line);
    if (family !== 'inet' && family !== 'inet6') continue;
    const address = readAddress(rest, family);
    if (address === null) return unreadable(line);
    const others = addresses.get(Number(index));
    if (others === undefined) addresses.set(Number(index), [address]);
    else others.push(address);
  }
  const heads: LinkHead[] = [];
  for (const line of linesOf(linkText)) {
    const head = readLinkHead(line);
    if (head === null) return unreadable(line);
    heads.push(head);
  }
  const names = namesIn(heads);
  return E.right(heads.map((head) => readLink(head, (name) => names.has(name), addresses.get(head.index) ?? [])));
}

const unreadable = (line: string): E.Either<string, never> => E.left(`the line "${line.slice(0, 80)}" cannot be read`);

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');

/** `-o` writes a backslash for each line break, and each further line begins with white space. */
const partsOf = (text: string): readonly string[] => text.split(/\\ {4,}/);

function readLink({ index, title, rest }: LinkHead, known: (name: string) => boolean, addresses: readonly SeenAddress[]): SeenLink {
  const [head = '', linkLayer = '', details = ''] = partsOf(rest);
  const { name, tied } = partTitle(title, known);
  // The third part tells the kind, if there is one; without one it may be the port's or an alias.
  const kind = details.split(' ')[0];
  const underlying = kind === 'vxlan' ? / dev (\S+)/.exec(details)?.[1] : undefined;
  const elsewhere = / link-netns(?:id)? /.test(linkLayer);
  return {
    index,
    name,
    up: isUp(rest),
    kind,
    tied: elsewhere ? undefined : (tied ?? underlying),
    master: / master (\S+)/.exec(head)?.[1],
    addresses,
  };
}

/** Reads what stands behind the family; null where that cannot be read. */
export function readAddress(text: string, family: string): SeenAddress | null {
  const [head = '', lifetimes = ''] = partsOf(text);
  const words = head.trim().split(' ');
  const following = (keyword: string): string | undefined => {
    const place = words.indexOf(keyword);
    return place < 0 ? undefined : words[place + 1];
  };
  const [local = ''] = words;
  const peerText = following('peer');
  const far = parseInterfaceAddress(peerText ?? local);
  const address: IpAddress | null = parseIpAddress(local.split('/')[0] ?? '');
  if (far === null || address === null) return null;
  const scopeAt = words.indexOf('scope');
  // IPv4 addresses have a label at the end, which may be spelt like a flag.
  const label = family === 'inet' ? words.at(-1) : undefined;
  const flags = words.slice(scopeAt + 2, family === 'inet' ? -1 : undefined);
  const metric = following('metric');
  const lifetime = (name: string): number | undefined => {
    const seconds = new RegExp(`${name} (\\d+)sec`).exec(lifetimes)?.[1];
    return seconds === undefined ? undefined : Number(seconds);
  };
  return {
    address,
    prefix: far.prefix,
    peer: peerText === undefined ? undefined : far.address,
    secondary: flags.includes('secondary'),
    scope: words[scopeAt + 1],
    label,
    broadcast: following('brd'),
    metric: metric === undefined ? undefined : Number(metric),
    validLifetime: lifetime('valid_lft'),
    preferredLifetime: lifetime('preferred_lft'),
    noPrefixRoute: flags.includes('noprefixroute'),
  };
}
