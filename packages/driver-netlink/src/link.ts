import { AttributeTable, type Codec, nested, text, u32 } from './attributes.js';
import {
  AF_INET,
  AF_UNSPEC,
  IFF_UP,
  IFINFOMSG,
  IFLA_AF_SPEC,
  IFLA_EXT_MASK,
  IFLA_IFNAME,
  IFLA_INET_CONF,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_LINK,
  IFLA_LINKINFO,
  IFLA_LINK_NETNSID,
  IFLA_MASTER,
  IFLA_VXLAN_LINK,
  IPV4_DEVCONF_PROMOTE_SECONDARIES,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  RTEXT_FILTER_SKIP_STATS,
  RTM_GETLINK,
  RTM_SETLINK,
} from './constants.js';
import type { Message } from './message.js';
import type { MessageWriter } from './message-writer.js';

/** A network interface, as `RTM_NEWLINK` tells of it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** Administrative state. */
  readonly up: boolean;
  /** `veth`, `vlan`, … */
  readonly kind: string | undefined;
  /** Index of the link in this namespace that it is tied to: the parent, or the peer of a pair. */
  readonly tied: number | undefined;
  /** Index of the bridge, bond or VRF whose port it is. */
  readonly master: number | undefined;
  /** What the interface itself says, whatever `all` says; undefined: it was not told, as in a message that is not all of the link. */
  readonly promoteSecondaries: boolean | undefined;
}

/** Within `IFLA_INET_CONF`: `net.ipv4.conf.IF.promote_secondaries`. It is written as an attribute and read from an array. */
const promotion: Codec<boolean> = {
  read: (bytes, start, end) => {
    const at = start + (IPV4_DEVCONF_PROMOTE_SECONDARIES - 1) * 4;
    return at + 4 <= end ? bytes.getUint32(at, true) !== 0 : undefined;
  },
  write: (writer, on) => {
    const begin = writer.beginAttribute(IPV4_DEVCONF_PROMOTE_SECONDARIES);
    writer.u32(Number(on));
    writer.endAttribute(begin);
  },
};

const ATTRIBUTES = new AttributeTable({
  name: { type: IFLA_IFNAME, ...text },
  tied: { type: IFLA_LINK, ...u32 },
  master: { type: IFLA_MASTER, ...u32 },
  info: nested(
    IFLA_LINKINFO,
    new AttributeTable({
      kind: { type: IFLA_INFO_KIND, ...text },
      // Each kind has its own numbers: only of a vxlan is this read as it is meant.
      data: nested(IFLA_INFO_DATA, new AttributeTable({ vxlanLink: { type: IFLA_VXLAN_LINK, ...u32 } })),
    }),
  ),
  families: nested(
    IFLA_AF_SPEC,
    new AttributeTable({ ipv4: nested(AF_INET, new AttributeTable({ promoteSecondaries: { type: IFLA_INET_CONF, ...promotion } })) }),
  ),
  tiedElsewhere: { type: IFLA_LINK_NETNSID, ...u32 },
  filter: { type: IFLA_EXT_MASK, ...u32 },
});

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

/** Of `RTM_NEWLINK` and `RTM_DELLINK`; null: too short. */
export const readLinkFamily = ({ bytes, start, end }: Message): number | null => (start + IFINFOMSG > end ? null : bytes.getUint8(start));

/** What of a notice is told without a look at its attributes; null: too short. */
export function readLinkState({ bytes, start, end }: Message): Pick<Link, 'index' | 'up'> | null {
  if (start + IFINFOMSG > end) return null;
  return { index: bytes.getInt32(start + 4, true), up: (bytes.getUint32(start + 8, true) & IFF_UP) !== 0 };
}

/** @returns null where it is no link that has a name */
export function readLink(message: Message): Link | null {
  const state = readLinkState(message);
  if (state === null) return null;
  const { name, tied, master, info, families, tiedElsewhere } = ATTRIBUTES.read(message.bytes, message.start + IFINFOMSG, message.end);
  if (name === undefined) return null;
  const kind = info?.kind;
  // The kernel ties a VXLAN device to nothing; the device that it sends through stands among its details.
  const underlying = tied === undefined || tied === 0 ? (kind === 'vxlan' ? info?.data?.vxlanLink : undefined) : tied;
  return {
    index: state.index,
    name,
    up: state.up,
    kind,
    tied: tiedElsewhere === undefined ? underlying : undefined,
    master,
    promoteSecondaries: families?.ipv4?.promoteSecondaries,
  };
}

export const isSameLink = (one: Link, other: Link): boolean => (Object.keys(one) as (keyof Link)[]).every((key) => one[key] === other[key]);

// -------------------------------------------------------------------------------------
// writing
// -------------------------------------------------------------------------------------

/** `struct ifinfomsg`. @param change bits of `flags` that are meant */
function writeHeader(writer: MessageWriter, index: number, flags = 0, change = 0): void {
  writer.u8(AF_UNSPEC);
  writer.u8(0);
  writer.u16(0);
  writer.u32(index);
  writer.u32(flags);
  writer.u32(change);
}

/** Asks for all links. */
export function writeLinkDump(writer: MessageWriter, sequence: number): void {
  writer.begin(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, sequence);
  writeHeader(writer, 0);
  ATTRIBUTES.write(writer, { filter: RTEXT_FILTER_SKIP_STATS });
  writer.end();
}

/** Asks for one link by its index, or by its name (an alternative name leads to it too). */
export function writeLinkQuestion(writer: MessageWriter, sequence: number, link: number | string): void {
  writer.begin(RTM_GETLINK, NLM_F_REQUEST, sequence);
  writeHeader(writer, typeof link === 'number' ? link : 0);
  ATTRIBUTES.write(writer, { name: typeof link === 'string' ? link : undefined, filter: RTEXT_FILTER_SKIP_STATS });
  writer.end();
}

export function writeLinkState(writer: MessageWriter, sequence: number, index: number, up: boolean): void {
  writer.begin(RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, sequence);
  writeHeader(writer, index, up ? IFF_UP : 0, IFF_UP);
  writer.end();
}

export function writePromotion(writer: MessageWriter, sequence: number, index: number): void {
  writer.begin(RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, sequence);
  writeHeader(writer, index);
  ATTRIBUTES.write(writer, { families: { ipv4: { promoteSecondaries: true } } });
  writer.end();
}
