/** Configurations that the daemon is given, as values. */
import type { Random } from './random.js';
import { CARDS, LISTENERS, MANAGED, NAMED } from './scenery.js';

export interface Configuration {
  readonly threshold: number;
  /** Indices of {@link LISTENERS}, with their windows in ms. */
  readonly listeners: ReadonlyMap<number, number>;
  /** Indices of {@link CARDS}. */
  readonly cards: ReadonlySet<number>;
  readonly namedPrefix: number;
  readonly global: readonly string[];
  readonly own: ReadonlyMap<number, readonly string[]>;
  /** Of cards' addresses, s; 0: none. */
  readonly lease: number;
}

/** ms */
export const SHORTEST_WINDOW = 300;

export const BASE: Configuration = {
  threshold: 2,
  listeners: new Map(LISTENERS.map((_, index) => [index, SHORTEST_WINDOW])),
  cards: new Set(CARDS.keys()),
  namedPrefix: 25,
  global: ['m0', 'm1'],
  own: new Map([
    [1, ['m2']],
    [2, ['m3', 'm1']],
    [3, ['m3']],
  ]),
  lease: 0,
};

/** A valid one; half the time the base. */
export function anyConfiguration(random: Random): Configuration {
  if (random.chance(0.4)) return BASE;
  const cards = random.chance(0.5) ? BASE.cards : new Set([...BASE.cards].filter((index) => index === NAMED || random.chance(0.7)));
  const listeners = new Map([...BASE.listeners].filter(([index]) => index < 2 || random.chance(0.75)).map(([index, ms]) => [index, random.chance(0.3) ? ms + 50 : ms]));
  return {
    threshold: random.between(1, 2),
    listeners,
    cards,
    namedPrefix: random.pick([25, 25, 28]),
    global: random.some(MANAGED, 0.5),
    own: random.chance(0.5) ? BASE.own : new Map([[1, random.some(MANAGED, 0.5)]]),
    // No freeze and no restart takes so long: addresses do not expire.
    lease: random.pick([0, 0, 6]),
  };
}

export function textOf({ threshold, listeners, cards, namedPrefix, global, own, lease }: Configuration): string {
  const lines = ['LISTEN_HEARTBEAT_ATTEMPTS=2', `LISTEN_HEARTBEAT_FAILED=${threshold}`, 'LOG_LEVEL=DEBUG'];
  for (const [index, ms] of listeners) {
    const spec = LISTENERS[index];
    if (spec === undefined) continue;
    const host = spec.prefix === null ? spec.host : `${spec.host}/${spec.prefix}`;
    lines.push(`LISTEN_HB_HOST[${index}]=${host}`, `LISTEN_HB_PORT[${index}]=${spec.port}`, `LISTEN_HEARTBEAT_IFS[${index}]=${spec.interface}`, `LISTEN_HEARTBEAT_TIMEOUT[${index}]=${ms}`);
    const names = own.get(index) ?? [];
    if (names.length > 0) lines.push(`LISTEN_CUBRO_IFS[${index}]=${names.join(',')}`, `LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS[${index}]=1`);
  }
  for (const index of cards) {
    const spec = CARDS[index];
    if (spec === undefined) continue;
    const host = index === NAMED ? `${spec.address}/${namedPrefix}` : spec.address;
    lines.push(`BYPASS_CARD_HOST[${index}]=${host}`, `BYPASS_CARD_IFS[${index}]=${spec.interface}`);
  }
  if (global.length > 0) lines.push(`LISTEN_CUBRO_IFS=${global.join(' ')}`, 'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1');
  if (lease > 0) lines.push(`BYPASS_CARD_LEASE=${lease}`);
  return `${lines.join('\n')}\n`;
}

/** Texts that a reload must refuse. */
export const BROKEN: readonly string[] = ['', 'LISTEN_HB_HOST[0]=10.8.0.999\n', 'no line at all\n', 'LISTEN_HEARTBEAT_FAILED=0\n'];

export interface Wanted {
  readonly mode: 'normal' | 'bypass';
  /** By index: whether it is to be active; else failed. */
  readonly active: ReadonlyMap<number, boolean>;
  readonly up: ReadonlyMap<string, boolean>;
}

/** What the contract asks for, where exactly these DPIs are heard. */
export function wantedFor({ threshold, listeners, global, own }: Configuration, talking: ReadonlySet<number>): Wanted {
  const active = new Map([...listeners.keys()].map((index) => [index, talking.has(index)]));
  const failed = [...active.values()].filter((it) => !it).length;
  const mode = failed >= threshold ? 'bypass' : 'normal';
  const down = new Set(mode === 'bypass' ? global : []);
  for (const [index, names] of own) if (active.get(index) === false) for (const name of names) down.add(name);
  return { mode, active, up: new Map(MANAGED.map((name) => [name, !down.has(name)])) };
}
