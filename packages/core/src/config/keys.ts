/** Every key of the configuration: the one table behind the parser, its messages and `sample.env`. */

export type ListenerKey =
  | 'LISTEN_HB_HOST'
  | 'LISTEN_HB_PORT'
  | 'LISTEN_HEARTBEAT_IFS'
  | 'LISTEN_HEARTBEAT_ATTEMPTS'
  | 'LISTEN_HEARTBEAT_TIMEOUT'
  | 'LISTEN_HEARTBEAT_RECOVER'
  | 'LISTEN_HB_SOURCE'
  | 'LISTEN_CUBRO_IFS'
  | 'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS';
export type CardKey = 'BYPASS_CARD_HOST' | 'BYPASS_CARD_IFS';
export type WholeKey = 'LISTEN_HEARTBEAT_FAILED' | 'BYPASS_CARD_LEASE' | 'BYPASS_HOLD_TIME' | 'LOG_LEVEL' | 'DRIVER';
export type KeyName = ListenerKey | CardKey | WholeKey;

export interface Key {
  readonly name: KeyName;
  /** Whether the key stands without an index, with one, or both ways. */
  readonly form: 'global' | 'indexed' | 'both';
  /** Whom an index names. */
  readonly of: 'listener' | 'card' | 'whole';
  /** What an operator is told the key does. */
  readonly meaning: string;
  /** As it would be written; null where there is none. */
  readonly default: string | null;
  readonly example: string;
}

export const KEYS: readonly Key[] = [
  {
    name: 'LISTEN_HB_HOST',
    form: 'indexed',
    of: 'listener',
    meaning:
      'Address on which the heartbeats of one DPI arrive, IPv4 or IPv6, optionally with /prefix (without one: /32, /128). 0.0.0.0 and :: bind everywhere, need no interface and manage no address.',
    default: null,
    example: '192.168.1.202',
  },
  {
    name: 'LISTEN_HB_PORT',
    form: 'indexed',
    of: 'listener',
    meaning: 'UDP port on which they arrive, 1..65535.',
    default: null,
    example: '3000',
  },
  {
    name: 'LISTEN_HEARTBEAT_IFS',
    form: 'both',
    of: 'listener',
    meaning: "Interface that bears the listeners' addresses; with [n], that of listener n.",
    default: null,
    example: 'eth0',
  },
  {
    name: 'LISTEN_HEARTBEAT_ATTEMPTS',
    form: 'both',
    of: 'listener',
    meaning: 'Windows in a row without a heartbeat until a listener has failed, 1..1000.',
    default: '1',
    example: '3',
  },
  {
    name: 'LISTEN_HEARTBEAT_TIMEOUT',
    form: 'both',
    of: 'listener',
    meaning: 'Length of one window in milliseconds, 10..3600000. Longer than the pause between two heartbeats of a DPI.',
    default: '3000',
    example: '1000',
  },
  {
    name: 'LISTEN_HEARTBEAT_RECOVER',
    form: 'both',
    of: 'listener',
    meaning: 'Heartbeats in a row, no window missed between them, until a failed listener is active again, 1..1000.',
    default: '1',
    example: '3',
  },
  {
    name: 'LISTEN_HEARTBEAT_FAILED',
    form: 'global',
    of: 'whole',
    meaning: 'How many failed listeners make the mode bypass, at least 1.',
    default: '1',
    example: '1',
  },
  {
    name: 'LISTEN_HB_SOURCE',
    form: 'indexed',
    of: 'listener',
    meaning: 'Senders that listener n accepts: addresses or CIDRs, comma separated. Others are counted and ignored.',
    default: null,
    example: '192.168.1.0/24, 10.0.0.7',
  },
  {
    name: 'BYPASS_CARD_HOST',
    form: 'indexed',
    of: 'card',
    meaning: 'Address that bypass card n pings, IPv4 or IPv6, optionally with /prefix. Present in normal, absent in bypass.',
    default: null,
    example: '192.168.1.211',
  },
  {
    name: 'BYPASS_CARD_IFS',
    form: 'both',
    of: 'card',
    meaning: "Interface that bears the cards' addresses; with [n], that of card n.",
    default: null,
    example: 'eth0',
  },
  {
    name: 'BYPASS_CARD_LEASE',
    form: 'global',
    of: 'whole',
    meaning:
      'Seconds, 0 = off, else 2..3600. Card addresses carry this lifetime in the kernel and are renewed every third of it: a daemon that dies or hangs lets them expire, and the cards go to bypass.',
    default: '0',
    example: '30',
  },
  {
    name: 'BYPASS_HOLD_TIME',
    form: 'global',
    of: 'whole',
    meaning: 'Milliseconds that bypass lasts at least before normal may follow, 0..86400000.',
    default: '0',
    example: '10000',
  },
  {
    name: 'LISTEN_CUBRO_IFS',
    form: 'both',
    of: 'listener',
    meaning:
      'Interfaces, separated by commas or white space: without an index shut down by the mode, with [n] by the status of listener n alone. Neither is inherited from the other.',
    default: null,
    example: 'eth1, eth2',
  },
  {
    name: 'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS',
    form: 'both',
    of: 'listener',
    meaning: '1: the list of the same index (or the one without) is managed. 0: left alone.',
    default: '0',
    example: '1',
  },
  {
    name: 'LOG_LEVEL',
    form: 'global',
    of: 'whole',
    meaning: 'ERROR, WARNING, INFO or DEBUG.',
    default: 'INFO',
    example: 'INFO',
  },
  {
    name: 'DRIVER',
    form: 'global',
    of: 'whole',
    meaning: 'How the daemon speaks to the kernel: netlink, iproute2 or mock (a network in memory).',
    default: 'netlink',
    example: 'netlink',
  },
];

const BY_NAME: ReadonlyMap<string, Key> = new Map(KEYS.map((key) => [key.name, key]));

export const keyNamed = (name: string): Key | undefined => BY_NAME.get(name);

/** `KEY` or `KEY[n]`, as it stands in a file. */
export const formatKey = (name: string, index: number | null): string => (index === null ? name : `${name}[${String(index)}]`);

/** Edits (insert, delete, replace, swap of neighbours) that lead from one word to the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (last[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const shifted = 1 + Math.min(last[column] ?? 0, current[column - 1] ?? 0);
      const swapped =
        from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1] ? 1 + (beforeLast[column - 2] ?? 0) : Infinity;
      current.push(Math.min(replaced, shifted, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}

/** A longer word is no typing mistake, and comparing it would cost its square. */
const LONGEST_COMPARED = 64;

/** The known key most like `name`, whatever its case. */
export function nearestKey(name: string): Key {
  const wanted = name.slice(0, LONGEST_COMPARED).toUpperCase();
  const distances = KEYS.map((key) => ({ key, distance: editDistance(wanted, key.name) }));
  return distances.reduce((best, candidate) => (candidate.distance < best.distance ? candidate : best)).key;
}
