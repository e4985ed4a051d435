/** What must hold between valid components; each breach is an error of the whole. */
import { type IpAddress, familyOf } from '../address.js';
import type { InterfaceName } from '../interface-name.js';
import { type CardConfig, type ListenerConfig, endpointOf, isWildcard } from './config.js';
import { type KeyName, formatKey } from './keys.js';
import type { KeyedValues } from './keyed-values.js';

export function crossCheck(
  values: KeyedValues,
  listeners: readonly ListenerConfig[],
  cards: readonly CardConfig[],
  managed: readonly InterfaceName[],
): void {
  const refuse = (name: KeyName, index: number | null, found: string, problem: string, accepted: string): void => {
    const entry = values.entry(name, index);
    const key = formatKey(name, index);
    values.error('whole', { line: entry?.line ?? null, key, found: entry?.value ?? found, accepted, message: `${key}: ${problem}; accepted: ${accepted}` });
  };
  /** Told at the first that was named in vain. */
  const nobody = (what: string, names: readonly KeyName[], accepted: string): void => {
    const [index] = values.indicesOf(names);
    const named = index === undefined ? undefined : names.map((name) => values.entry(name, index)).find((entry) => entry !== undefined);
    const at = { line: named?.line ?? null, key: named?.key ?? null, found: named?.value ?? null };
    values.error('whole', { ...at, accepted, message: `there is no valid ${what}${named === undefined ? '' : `: what ${named.key} (${JSON.stringify(named.value)}) names is left out`}; accepted: ${accepted}` });
  };
  if (listeners.length === 0) nobody('listener', ['LISTEN_HB_HOST', 'LISTEN_HB_PORT'], 'at least one LISTEN_HB_HOST[n] with LISTEN_HB_PORT[n]');
  if (cards.length === 0) nobody('card', ['BYPASS_CARD_HOST'], 'at least one BYPASS_CARD_HOST[n]');

  for (const [listener, other] of overlaps(listeners)) {
    const endpoint = `${listener.host} port ${String(listener.port)}`;
    refuse('LISTEN_HB_HOST', listener.index, endpoint, `listener ${String(listener.index)} on ${endpoint} overlaps listener ${String(other.index)} on ${other.host} port ${String(other.port)}`, 'one listener on a host and port, where 0.0.0.0 and :: stand for every host of their family');
  }
  const cardOf = new Map<IpAddress, CardConfig>();
  for (const card of cards) {
    const other = cardOf.get(card.address);
    if (other === undefined) cardOf.set(card.address, card);
    else refuse('BYPASS_CARD_HOST', card.index, card.address, `card ${String(card.index)} has the address ${card.address} of card ${String(other.index)}`, 'an address of its own for each card');
  }
  for (const listener of listeners) {
    const card = cardOf.get(listener.host);
    if (card !== undefined) {
      refuse('LISTEN_HB_HOST', listener.index, listener.host, `listener ${String(listener.index)} has the address ${listener.host} of card ${String(card.index)}`, 'an address that is no card\'s: in bypass it would be taken away');
    }
  }
  const bearers = bearersOf(listeners, cards);
  const lists = [{ index: null, managed }, ...listeners] as const;
  for (const { index, managed: names } of lists) {
    for (const name of names) {
      const bearer = bearers.get(name);
      if (bearer !== undefined) {
        const what = `${'host' in bearer ? 'listener' : 'card'} ${String(bearer.index)}`;
        refuse('LISTEN_CUBRO_IFS', index, name, `${name} bears ${what}: shut down, it could never come back`, 'interfaces that bear neither a listener nor a card');
      }
    }
  }
}

/** Each listener that cannot be bound beside an earlier one. `::` is bound for IPv6 alone. */
function overlaps(listeners: readonly ListenerConfig[]): readonly (readonly [ListenerConfig, ListenerConfig])[] {
  const onEndpoint = new Map<string, ListenerConfig>();
  const onPort = new Map<number, ListenerConfig>();
  const wildcardOnPort = new Map<number, ListenerConfig>();
  const pairs: (readonly [ListenerConfig, ListenerConfig])[] = [];
  for (const listener of listeners) {
    const endpoint = endpointOf(listener);
    const isWild = isWildcard(listener);
    // Of IPv6 above all ports of IPv4.
    const port = listener.port + (familyOf(listener.host) === 4 ? 0 : 65536);
    const other = onEndpoint.get(endpoint) ?? (isWild ? onPort : wildcardOnPort).get(port);
    if (other !== undefined) pairs.push([listener, other]);
    if (!onEndpoint.has(endpoint)) onEndpoint.set(endpoint, listener);
    if (!onPort.has(port)) onPort.set(port, listener);
    if (isWild && !wildcardOnPort.has(port)) wildcardOnPort.set(port, listener);
  }
  return pairs;
}

/** What stands on each interface: listeners before cards, the last of them. */
function bearersOf(listeners: readonly ListenerConfig[], cards: readonly CardConfig[]): ReadonlyMap<InterfaceName | null, ListenerConfig | CardConfig> {
  return new Map([...cards, ...listeners].map((it) => [it.interface, it]));
}
