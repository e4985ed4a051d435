import { IpAddress } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { SeenAddress, SeenLink } from './observed-state.js';

const JsonAddress = t.intersection([
  t.type({ local: IpAddress, prefixlen: t.number }),
  t.partial({
    /** The peer. */
    address: IpAddress,
    broadcast: t.string,
    scope: t.string,
    label: t.string,
    metric: t.number,
    secondary: t.boolean,
    noprefixroute: t.boolean,
    valid_life_time: t.number,
    preferred_life_time: t.number,
  }),
]);

const JsonLink = t.intersection([
  t.type({ ifindex: t.number, ifname: t.string, flags: t.array(t.string) }),
  t.partial({
    /** null: tied to none (`@NONE`). */
    link: t.union([t.string, t.null]),
    /** The tied link is in that other namespace. */
    link_netnsid: t.number,
    master: t.string,
    linkinfo: t.partial({ info_kind: t.string, info_data: t.UnknownRecord }),
    addr_info: t.array(t.UnknownRecord),
  }),
]);

const Output = t.array(t.UnknownRecord);

/** How `ip -json` writes "for ever". */
const FOREVER = 0xffff_ffff;

/**
 * Reads what `ip -json -details address show` prints.
 *
 * @returns left: in what respect it is not of the expected form, for a person
 */
export function readJsonOutput(text: string): E.Either<string, readonly SeenLink[]> {
  let parsed: unknown;
  try {
    // Where there is no link at all, early versions print nothing.
    parsed = JSON.parse(text.trim() === '' ? '[]' : text);
  } catch {
    return E.left('it is no JSON');
  }
  const records = decode(Output, parsed);
  if (E.isLeft(records)) return records;
  const links: SeenLink[] = [];
  for (const record of records.right) {
    // Early versions leave an empty object for what they filter out.
    if (Object.keys(record).length === 0) continue;
    const link = readLink(record);
    if (E.isLeft(link)) return link;
    links.push(link.right);
  }
  return E.right(links);
}

function readLink(record: unknown): E.Either<string, SeenLink> {
  const decoded = decode(JsonLink, record);
  if (E.isLeft(decoded)) return decoded;
  const { ifindex, ifname, flags, link, link_netnsid, master, linkinfo, addr_info = [] } = decoded.right;
  const addresses: SeenAddress[] = [];
  for (const candidate of addr_info) {
    if (candidate['family'] !== 'inet' && candidate['family'] !== 'inet6') continue;
    const address = decode(JsonAddress, candidate);
    if (E.isLeft(address)) return E.left(`${address.left} of ${ifname}`);
    addresses.push(seenAddress(address.right));
  }
  const kind = linkinfo?.info_kind;
  // The kernel ties a VXLAN device to nothing; the device that it sends through stands among its details.
  const underlying = kind === 'vxlan' ? linkinfo?.info_data?.['link'] : undefined;
  const tied = link_netnsid === undefined ? (link ?? underlying) : undefined;
  return E.right({ index: ifindex, name: ifname, up: flags.includes('UP'), kind, tied: typeof tied === 'string' ? tied : undefined, master, addresses });
}

function seenAddress({ local, prefixlen, address, ...rest }: t.TypeOf<typeof JsonAddress>): SeenAddress {
  const lifetime = (seconds: number | undefined): number | undefined => (seconds === FOREVER ? undefined : seconds);
  return {
    address: local,
    prefix: prefixlen,
    peer: address,
    secondary: rest.secondary ?? false,
    scope: rest.scope,
    label: rest.label,
    broadcast: rest.broadcast,
    metric: rest.metric,
    validLifetime: lifetime(rest.valid_life_time),
    preferredLifetime: lifetime(rest.preferred_life_time),
    noPrefixRoute: rest.noprefixroute ?? false,
  };
}

function decode<A>(codec: t.Decoder<unknown, A>, value: unknown): E.Either<string, A> {
  return E.mapLeft(([first]: t.Errors): string => {
    const field = first?.context.map(({ key }) => key).filter((key) => /\D/.test(key)).at(-1);
    return field === undefined ? 'it is not of the expected form' : `"${field}" is not as expected`;
  })(codec.decode(value));
}
