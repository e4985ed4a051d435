/** What the daemon runs by, once read and found good. */
import type { Cidr, IpAddress } from '../address.js';
import { isUnspecified } from '../address.js';
import type { InterfaceName } from '../interface-name.js';

export interface ListenerConfig {
  /** The n of `LISTEN_HB_HOST[n]`. */
  readonly index: number;
  readonly host: IpAddress;
  /** Bits, as configured; null: the full length. */
  readonly prefix: number | null;
  /** UDP, 1..65535. */
  readonly port: number;
  /** Null only for a wildcard that names none. */
  readonly interface: InterfaceName | null;
  readonly attempts: number;
  /** Length of a window, ms. */
  readonly timeout: number;
  readonly recover: number;
  /** Empty: anybody. Sorted. */
  readonly sources: readonly Cidr[];
  /** Interfaces that this listener's status shuts down; empty with flag 0. */
  readonly managed: readonly InterfaceName[];
}

export interface CardConfig {
  /** The n of `BYPASS_CARD_HOST[n]`. */
  readonly index: number;
  readonly address: IpAddress;
  /** Bits, as configured; null: the remembered ones, else the full length. */
  readonly prefix: number | null;
  readonly interface: InterfaceName;
}

export const LOG_LEVELS = ['ERROR', 'WARNING', 'INFO', 'DEBUG'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const DRIVERS = ['netlink', 'iproute2', 'mock'] as const;
export type DriverName = (typeof DRIVERS)[number];

export interface Config {
  /** By index. */
  readonly listeners: readonly ListenerConfig[];
  /** By index. */
  readonly cards: readonly CardConfig[];
  /** Failed listeners from which the mode is bypass. */
  readonly threshold: number;
  /** ms that bypass lasts at least. */
  readonly holdTime: number;
  /** Seconds; 0: off. */
  readonly cardLease: number;
  /** Interfaces that the mode shuts down; empty with flag 0. */
  readonly managed: readonly InterfaceName[];
}

/** Binds everywhere and manages no address. */
export const isWildcard = (listener: ListenerConfig): boolean => isUnspecified(listener.host);

/** What a socket is known by. */
export const endpointOf = ({ host, port }: Pick<ListenerConfig, 'host' | 'port'>): string => `${host}|${String(port)}`;

/** ms of silence after which the listener has failed. */
export const detectionTime = ({ attempts, timeout }: ListenerConfig): number => attempts * timeout;

/** Every interface whose list has flag 1, in order of first mention. */
export function managedInterfaces(config: Config): readonly InterfaceName[] {
  return [...new Set([config.managed, ...config.listeners.map(({ managed }) => managed)].flat())];
}

const sameSources = (a: readonly Cidr[], b: readonly Cidr[]): boolean =>
  a.length === b.length &&
  a.every(({ family, base, prefix }, position) => {
    const other = b[position];
    return other?.family === family && other.base === base && other.prefix === prefix;
  });

/** Whether a reload keeps the listener: index, prefix and interface list may change. */
export const isKept = (before: ListenerConfig, after: ListenerConfig): boolean =>
  before.host === after.host &&
  before.port === after.port &&
  before.interface === after.interface &&
  before.attempts === after.attempts &&
  before.timeout === after.timeout &&
  before.recover === after.recover &&
  sameSources(before.sources, after.sources);
