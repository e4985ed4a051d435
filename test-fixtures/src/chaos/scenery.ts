/** What stands in the namespace: the daemon's things, and those of others. */

export interface ListenerSpec {
  readonly host: string;
  /** As configured; null: none. */
  readonly prefix: number | null;
  readonly port: number;
  readonly interface: string;
}

export interface CardSpec {
  readonly address: string;
  readonly interface: string;
  /** Prefixes that somebody may add it under. */
  readonly prefixes: readonly number[];
}

export const LISTENERS: readonly ListenerSpec[] = [
  { host: '10.8.0.1', prefix: null, port: 3000, interface: 'l0' },
  { host: '10.8.0.2', prefix: null, port: 3001, interface: 'l0' },
  { host: '10.8.1.1', prefix: 24, port: 3002, interface: 'l1' },
  { host: 'fd00:8::3', prefix: null, port: 3003, interface: 'l1' },
];

/** Card 2 is the one whose prefix is configured. */
export const CARDS: readonly CardSpec[] = [
  { address: '10.1.1.211', interface: 'c0', prefixes: [24, 28, 32] },
  { address: '10.1.1.212', interface: 'c0', prefixes: [24, 28, 32] },
  { address: '10.2.2.211', interface: 'c1', prefixes: [24, 25, 32] },
  { address: 'fd00:2::211', interface: 'c1', prefixes: [64, 112, 128] },
];
export const NAMED = 2;

export const MANAGED = ['m0', 'm1', 'm2', 'm3'] as const;

export const INTERFACES: readonly string[] = ['l0', 'l1', 'c0', 'c1', ...MANAGED, 'f0'];

/** Addresses of others, in the order in which they are added: after card 0, whose /24 they share. */
export const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  l0: ['10.8.0.50/24', 'fd00:9::50/64'],
  l1: ['10.8.1.50/24', 'fd00:8::50/64'],
  c0: ['10.1.1.5/24', '10.1.1.6/24', 'fd00:1::5/64'],
  c1: ['10.2.2.5/25', '10.2.2.6/25', 'fd00:2::5/64'],
  m0: ['10.3.0.5/24', 'fd00:3::5/64'],
  m2: ['10.5.0.5/24', '10.5.0.6/24', 'fd00:5::5/64', 'fd00:5::6/64'],
  m3: ['fd00:6::5/64'],
  f0: ['10.7.0.5/24', 'fd00:7::5/64'],
};

/** Addresses of cards that are there before the daemon is. */
export const AT_FIRST: readonly (readonly [string, string])[] = [
  ['c0', '10.1.1.211/24'],
  ['c1', 'fd00:2::211/64'],
];

export const GATEWAY = { interface: 'c0', via: '10.1.1.254' } as const;

export const isV6 = (address: string): boolean => address.includes(':');
export const bitsOf = (address: string): number => (isV6(address) ? 128 : 32);
