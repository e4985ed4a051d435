import { type AddressAttributes, type InterfaceAddress, type IpAddress, type Operation, familyOf, formatInterfaceAddress } from '@fastbypass/core';

/** Everything but `promote-secondaries`, for which `ip` has no words. */
export type IpOperation = Exclude<Operation, { readonly op: 'promote-secondaries' }>;

/** The words that make `ip` carry out `operation`. */
export function wordsOf(operation: IpOperation): readonly string[] {
  const device = ['dev', operation.interface];
  switch (operation.op) {
    case 'link-up':
      return ['link', 'set', ...device, 'up'];
    case 'link-down':
      return ['link', 'set', ...device, 'down'];
    case 'address-del':
      // Always with the prefix: without one `ip` deletes any instance.
      return ['address', 'del', formatInterfaceAddress(operation.address), ...device];
    case 'address-add':
      return addWords(operation.address, operation.attributes ?? {}, operation.interface);
  }
}

/** Without `-o`: the state of the link and all its addresses. (After one `link show`, a batch shows no addresses any more.) */
export const lookWords = (name: string): readonly string[] => ['address', 'show', 'dev', name];

/** The kernel deletes an IPv4 address that has a peer only where the peer is named. */
export const deletionWithPeer = ({ address, prefix }: InterfaceAddress, peer: IpAddress, name: string): readonly string[] => [
  'address',
  'del',
  address,
  'peer',
  `${peer}/${String(prefix)}`,
  'dev',
  name,
];

function addWords(added: InterfaceAddress, attributes: AddressAttributes, name: string): readonly string[] {
  const { address, prefix } = added;
  const { scope = 'global', label, broadcast, peer, metric, validLifetime, preferredLifetime, noPrefixRoute } = attributes;
  const four = familyOf(address) === 4;
  const valid = seconds(validLifetime);
  // `ip` takes an absent preferred lifetime for an endless one, and refuses it where the valid one is not.
  const preferred = seconds(preferredLifetime ?? validLifetime, 0);
  return [
    'address',
    // `replace` adds as well, and renews the lifetime of what is there, which `add` would refuse to touch.
    valid === null ? 'add' : 'replace',
    ...(peer === undefined ? [formatInterfaceAddress(added)] : [address, 'peer', `${peer.address}/${String(prefix)}`]),
    ...(broadcast === undefined ? [] : ['broadcast', broadcast]),
    // Known to iproute2 since 4.18; one that does not know it has not shown it either.
    ...(metric === undefined ? [] : ['metric', String(metric)]),
    // Said in any case: `ip` would choose another one for 127.0.0.0/8. For IPv6 the kernel chooses.
    ...(four ? ['scope', scope] : []),
    // `ip` refuses a label that does not begin with the interface's name.
    ...(four && label?.startsWith(name) === true ? ['label', label] : []),
    ...(valid === null ? [] : ['valid_lft', valid]),
    ...(preferred === null ? [] : ['preferred_lft', preferred]),
    ...(noPrefixRoute === true ? ['noprefixroute'] : []),
    ...(four ? [] : ['nodad']),
    'dev',
    name,
  ];
}

/** A lifetime as `ip` takes it, whole seconds or `forever`; null where none is named. */
function seconds(lifetime: number | undefined, least = 1): string | null {
  if (lifetime === undefined) return null;
  return lifetime === Infinity ? 'forever' : String(Math.max(least, Math.ceil(lifetime)));
}

/**
 * Whether `words` come through a batch as they are: there `#` begins a comment anywhere, quotes hold words together, and
 * a backslash may join two lines.
 */
export const fitsBatch = (words: readonly string[]): boolean => words.every((word) => /^[^\s#'"\\]+$/.test(word));

/** `ip` takes `if7` for the interface of index 7 where none has that name. */
export const mayBeIndex = (name: string): boolean => /^if\d+$/.test(name);
