import { type AddressAttributes, type InterfaceAddress, type IpAddress, type ObservedAddress, familyOf } from '@fastbypass/core';
import { AttributeTable, type Codec, ipAddress, text, u32 } from './attributes.js';
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  FOREVER,
  IFADDRMSG,
  IFA_ADDRESS,
  IFA_BROADCAST,
  IFA_CACHEINFO,
  IFA_FLAGS,
  IFA_F_NODAD,
  IFA_F_NOPREFIXROUTE,
  IFA_F_SECONDARY,
  IFA_LABEL,
  IFA_LOCAL,
  IFA_RT_PRIORITY,
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_ECHO,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  NLM_F_REQUEST,
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_NEWADDR,
  SCOPES,
} from './constants.js';
import type { Message } from './message.js';
import type { MessageWriter } from './message-writer.js';

/** An address of an interface, as `RTM_NEWADDR` tells of it. */
export interface SeenAddress {
  /** Of the interface. */
  readonly index: number;
  /** IPv4; absent: the interface had none. Labels that are the name of the interface say nothing. */
  readonly label: string | undefined;
  /** All but the label. */
  readonly address: ObservedAddress;
}

interface Lifetimes {
  /** Seconds, {@link FOREVER} for no end. */
  readonly preferred: number;
  readonly valid: number;
}

/** `struct ifa_cacheinfo`; when it was created and changed is left out. */
const lifetimes: Codec<Lifetimes> = {
  read: (bytes, start, end) => (end - start >= 8 ? { preferred: bytes.getUint32(start, true), valid: bytes.getUint32(start + 4, true) } : undefined),
  write: (writer, { preferred, valid }) => {
    for (const number of [preferred, valid, 0, 0]) writer.u32(number);
  },
};

const ATTRIBUTES = new AttributeTable({
  local: { type: IFA_LOCAL, ...ipAddress },
  far: { type: IFA_ADDRESS, ...ipAddress },
  label: { type: IFA_LABEL, ...text },
  broadcast: { type: IFA_BROADCAST, ...ipAddress },
  flags: { type: IFA_FLAGS, ...u32 },
  lifetimes: { type: IFA_CACHEINFO, ...lifetimes },
  metric: { type: IFA_RT_PRIORITY, ...u32 },
});

/** `struct ifaddrmsg`. */
function writeHeader(writer: MessageWriter, family: number, prefix: number, scope: number, index: number): void {
  writer.u8(family);
  writer.u8(prefix);
  // Flags of 8 bits: those of 32 stand among the attributes.
  writer.u8(0);
  writer.u8(scope);
  writer.u32(index);
}

const familyNumber = (address: IpAddress): number => (familyOf(address) === 4 ? AF_INET : AF_INET6);

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

/** Index of the interface that an `RTM_NEWADDR` or `RTM_DELADDR` is about; null: too short. */
export const readAddressIndex = ({ bytes, start, end }: Message): number | null => (start + IFADDRMSG > end ? null : bytes.getUint32(start + 4, true));

/** @returns null where it is no address of IPv4 or IPv6 */
export function readAddress({ bytes, start, end }: Message): SeenAddress | null {
  if (start + IFADDRMSG > end) return null;
  const { local, far, label, broadcast, flags, lifetimes: lives, metric } = ATTRIBUTES.read(bytes, start + IFADDRMSG, end);
  const address = local ?? far;
  if (address === undefined) return null;
  const four = familyOf(address) === 4;
  const prefix = bytes.getUint8(start + 1);
  const flag = flags ?? bytes.getUint8(start + 2);
  const scope = scopeName(bytes.getUint8(start + 3));
  const attributes: AddressAttributes = {
    // The kernel derives the scope of an IPv6 address from the address.
    ...(four && scope !== 'global' && { scope }),
    ...(broadcast !== undefined && { broadcast }),
    ...(far !== undefined && far !== address && { peer: { address: far, prefix } }),
    ...(metric !== undefined && { metric }),
    ...(lives !== undefined && lives.valid !== FOREVER && { validLifetime: lives.valid }),
    ...(lives !== undefined && lives.preferred !== FOREVER && { preferredLifetime: lives.preferred }),
    ...((flag & IFA_F_NOPREFIXROUTE) !== 0 && { noPrefixRoute: true }),
  };
  return {
    index: bytes.getUint32(start + 4, true),
    label: four ? label : undefined,
    address: { address, prefix, secondary: four && (flag & IFA_F_SECONDARY) !== 0, attributes },
  };
}

function scopeName(number: number): string {
  for (const [name, it] of SCOPES) if (it === number) return name;
  return String(number);
}

// -------------------------------------------------------------------------------------
// writing
// -------------------------------------------------------------------------------------

/** Asks for all addresses, of one family after the other. */
export function writeAddressDump(writer: MessageWriter, sequence: number): void {
  writer.begin(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, sequence);
  writeHeader(writer, AF_UNSPEC, 0, 0, 0);
  writer.end();
}

/** @param replace where it is there already, its lifetimes and metric are renewed */
export function writeAddition(
  writer: MessageWriter,
  sequence: number,
  index: number,
  { address, prefix }: InterfaceAddress,
  { scope = 'global', label, broadcast, peer, metric, validLifetime, preferredLifetime, noPrefixRoute }: AddressAttributes,
  replace: boolean,
): void {
  writer.begin(RTM_NEWADDR, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL), sequence);
  writeHeader(writer, familyNumber(address), prefix, SCOPES.get(scope) ?? Number(scope), index);
  const valid = seconds(validLifetime ?? Infinity, 1);
  ATTRIBUTES.write(writer, {
    local: address,
    far: peer?.address ?? address,
    label,
    broadcast: broadcast as IpAddress | undefined,
    flags: (familyOf(address) === 6 ? IFA_F_NODAD : 0) | (noPrefixRoute === true ? IFA_F_NOPREFIXROUTE : 0),
    // Without a preferred lifetime it is preferred to the end.
    lifetimes:
      validLifetime === undefined && preferredLifetime === undefined
        ? undefined
        : { valid, preferred: preferredLifetime === undefined ? valid : Math.min(valid, seconds(preferredLifetime, 0)) },
    metric,
  });
  writer.end();
}

/**
 * Where others may hang on an IPv4 address, the kernel is asked to tell in `RTM_DELADDR`, before its verdict, which ones it takes away: the
 * secondaries in their order, then the one that is named. A subnet of one address has none, and hearing it twice as much would take twice the time.
 *
 * @param peer of an IPv4 address that has one: without it the kernel does not find the address
 */
export function writeRemoval(writer: MessageWriter, sequence: number, index: number, { address, prefix }: InterfaceAddress, peer?: IpAddress): void {
  const alone = peer === undefined && (prefix === 32 || familyOf(address) === 6);
  writer.begin(RTM_DELADDR, NLM_F_REQUEST | NLM_F_ACK | (alone ? 0 : NLM_F_ECHO), sequence);
  writeHeader(writer, familyNumber(address), prefix, 0, index);
  // IFA_ADDRESS too: with IFA_LOCAL alone the kernel takes any prefix for the right one.
  ATTRIBUTES.write(writer, { local: address, far: peer ?? address });
  writer.end();
}

/** Whole seconds, as the kernel takes them. */
const seconds = (lifetime: number, least: number): number => Math.min(FOREVER, Math.max(least, Math.ceil(lifetime)));
