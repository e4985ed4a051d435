/**
 * From the text of a `.env` file to a configuration, with everything that is to be said about it.
 *
 * The street: text -> entries ({@link readEnvFile}) -> values by key ({@link KeyedValues}) -> listeners and cards,
 * each good or left out -> what holds between them ({@link crossCheck}) -> {@link ConfigReading}.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { IpAddress } from '../address.js';
import { isUnspecified } from '../address.js';
import { type InterfaceName, isInterfaceName } from '../interface-name.js';
import { type CardConfig, type Config, DRIVERS, type DriverName, LOG_LEVELS, type ListenerConfig, type LogLevel } from './config.js';
import { crossCheck } from './cross-check.js';
import { type Diagnostic, isError } from './diagnostic.js';
import { type Entry, readEnvFile } from './env-file.js';
import { KEYS, type KeyName, formatKey } from './keys.js';
import { type Entries, KeyedValues } from './keyed-values.js';
import {
  CardHost,
  Flag,
  Interface,
  InterfaceList,
  Lease,
  ListenerHost,
  Sources,
  type ValueCodec,
  anyHost,
  interfaceNamesIn,
  oneOf,
  wholeNumber,
} from './values.js';

/** What was made of one file. */
export type ConfigReading = {
  readonly file: string;
  /** By line; those that no line says come last. */
  readonly diagnostics: readonly Diagnostic[];
  readonly logLevel: LogLevel;
  /** Null where the file names none: netlink, or what works in its place. */
  readonly driver: DriverName | null;
  readonly entries: Entries;
  /** Every interface that any key names, whatever becomes of it. */
  readonly interfaces: readonly InterfaceName[];
  /** Addresses of cards that were left out: nobody will take them away in bypass. */
  readonly unwatched: readonly IpAddress[];
} & (
  | { readonly outcome: 'configured'; readonly config: Config }
  /** No listener and no card is named: the daemon waits for a configuration. */
  | { readonly outcome: 'not-configured' }
  /** An error of the whole. */
  | { readonly outcome: 'refused' }
);

const ATTEMPTS = wholeNumber(1, 1000);
const TIMEOUT = wholeNumber(10, 3_600_000);
const RECOVER = wholeNumber(1, 1000);
const PORT = wholeNumber(1, 65535);
const THRESHOLD = wholeNumber(1, Infinity);
const HOLD_TIME = wholeNumber(0, 86_400_000);
const LOG_LEVEL = oneOf(LOG_LEVELS);
const DRIVER = oneOf(DRIVERS);

/** Longer detection times are probably seconds written as milliseconds. ms. */
const LONG_DETECTION = 60_000;

/** `BAD` is a value that has been told as an error already. */
const BAD = Symbol('bad');
type Read<A> = A | typeof BAD;

const fromEither = <A>(either: E.Either<'bad', A>): Read<A> => (E.isRight(either) ? either.right : BAD);

/**
 * Reads a configuration. Never throws, whatever the text.
 *
 * @param text the content of the file; a BOM and CRLF are fine
 * @param file its name, as diagnostics shall give it
 */
export function readConfig(text: string, file: string): ConfigReading {
  const values = new KeyedValues(file, readEnvFile(text));
  const listenerIndices = values.indicesOf(['LISTEN_HB_HOST', 'LISTEN_HB_PORT']);
  const cardIndices = values.indicesOf(['BYPASS_CARD_HOST']);

  const logLevel = global(values, 'LOG_LEVEL', LOG_LEVEL, 'INFO', 'line');
  const driver = global(values, 'DRIVER', DRIVER, null, 'whole');
  const threshold = global(values, 'LISTEN_HEARTBEAT_FAILED', THRESHOLD, 1, 'whole');
  const holdTime = global(values, 'BYPASS_HOLD_TIME', HOLD_TIME, 0, 'whole');
  const cardLease = global(values, 'BYPASS_CARD_LEASE', Lease, 0, 'whole');
  const managed = managedList(values, null);
  warnOfStrangers(values, listenerIndices, cardIndices);
  warnOfBadDefaults(values, listenerIndices, cardIndices);
  const readListener = listenerReader(values);
  const readCard = cardReader(values);
  const listeners = listenerIndices.map(readListener).filter((listener) => listener !== null);
  const cards = cardIndices.map(readCard).filter((card) => card !== null);

  const reading = {
    file,
    logLevel: logLevel === BAD ? 'INFO' : logLevel,
    driver: driver === BAD ? null : driver,
    entries: values.entries,
    interfaces: interfacesIn(values),
    unwatched: unwatchedOf(values, cardIndices, cards),
  } as const;
  if (listenerIndices.length === 0 && cardIndices.length === 0) {
    values.error('whole', {
      line: null,
      key: null,
      found: null,
      accepted: 'at least one LISTEN_HB_HOST[n] with LISTEN_HB_PORT[n] and one BYPASS_CARD_HOST[n]',
      message: 'no listener and no card is named: not configured yet; accepted: at least one LISTEN_HB_HOST[n] with LISTEN_HB_PORT[n] and one BYPASS_CARD_HOST[n]',
    });
    return { ...reading, diagnostics: byLine(values.diagnostics), outcome: 'not-configured' };
  }
  crossCheck(values, listeners, cards, managed === BAD ? [] : managed);
  warnOfRisks(values, listeners, threshold === BAD ? null : threshold);
  const diagnostics = byLine(values.diagnostics);
  if (
    threshold === BAD ||
    holdTime === BAD ||
    cardLease === BAD ||
    managed === BAD ||
    diagnostics.some((diagnostic) => isError(diagnostic) && diagnostic.scope === 'whole')
  ) {
    return { ...reading, diagnostics, outcome: 'refused' };
  }
  return { ...reading, diagnostics, outcome: 'configured', config: { listeners, cards, threshold, holdTime, cardLease, managed } };
}

/** A file that could not be read at all is an error of the whole. */
export function unreadableConfig(file: string, reason: string): ConfigReading {
  const accepted = 'a readable .env file';
  const diagnostic: Diagnostic = {
    severity: 'error',
    scope: 'whole',
    file,
    line: null,
    key: null,
    found: null,
    accepted,
    message: `the file cannot be read: ${reason}; accepted: ${accepted}`,
  };
  return { file, diagnostics: [diagnostic], logLevel: 'INFO', driver: null, entries: new Map(), interfaces: [], unwatched: [], outcome: 'refused' };
}

/** Whether a reload may take it: any error rejects. */
export const isFaultless = (reading: ConfigReading): boolean => !reading.diagnostics.some(isError);

// -------------------------------------------------------------------------------------
// values
// -------------------------------------------------------------------------------------

function global<A, B>(values: KeyedValues, name: KeyName, codec: ValueCodec<A>, fallback: B, scope: 'line' | 'whole'): Read<A | B> {
  const entry = values.entry(name, null);
  return entry === undefined ? fallback : fromEither(values.read(entry, codec, scope));
}

type Inherited<A> = (index: number, bearer: string) => Read<A>;

/** Reads the value of `NAME[index]`, else that of `NAME`, else `fallback`. What thousands inherit is decoded once, and only a bad one told for each. */
function inherited<A, B>(values: KeyedValues, name: KeyName, codec: ValueCodec<A>, fallback: B): Inherited<A | B> {
  const common = values.entry(name, null);
  const decoded = common && codec.decode(common.value);
  return (index, bearer) => {
    const own = values.entry(name, index);
    if (own !== undefined) return fromEither(values.read(own, codec, 'component'));
    if (common === undefined || decoded === undefined) return fallback;
    return E.isRight(decoded) ? decoded.right : fromEither(values.read(common, codec, 'component', `${bearer}: `));
  };
}

/** The interfaces of a list with flag 1; none with flag 0, whatever the list names. */
function managedList(values: KeyedValues, index: number | null): Read<readonly InterfaceName[]> {
  const scope = index === null ? 'whole' : 'component';
  const list = values.entry('LISTEN_CUBRO_IFS', index);
  const flagEntry = values.entry('LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS', index);
  const flag = flagEntry === undefined ? false : fromEither(values.read(flagEntry, Flag, scope));
  if (flag === BAD) return BAD;
  if (list === undefined) return [];
  if (flag) return fromEither(values.read(list, InterfaceList, scope));
  const flagKey = formatKey('LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS', index);
  values.warning(scope, list, `${list.key} names ${JSON.stringify(list.value)} but ${flagKey} is 0: these interfaces are left alone; accepted: 1, for them to be managed`, { accepted: `${flagKey}=1` });
  return [];
}

function missing(values: KeyedValues, index: number, name: KeyName, accepted: string, bearer: string, at: Entry | undefined): typeof BAD {
  const key = formatKey(name, index);
  values.error('component', { line: at?.line ?? null, key, found: null, accepted, message: `${bearer}: ${key} is missing; accepted: ${accepted}` });
  return BAD;
}

function listenerReader(values: KeyedValues): (index: number) => ListenerConfig | null {
  const interfaceOf = inherited(values, 'LISTEN_HEARTBEAT_IFS', Interface, null);
  const attemptsOf = inherited(values, 'LISTEN_HEARTBEAT_ATTEMPTS', ATTEMPTS, 1);
  const timeoutOf = inherited(values, 'LISTEN_HEARTBEAT_TIMEOUT', TIMEOUT, 3000);
  const recoverOf = inherited(values, 'LISTEN_HEARTBEAT_RECOVER', RECOVER, 1);
  return (index) => {
    const bearer = `listener ${String(index)}`;
    const hostEntry = values.entry('LISTEN_HB_HOST', index);
    const portEntry = values.entry('LISTEN_HB_PORT', index);
    const anchor = hostEntry ?? portEntry;
    const host =
      hostEntry === undefined
        ? missing(values, index, 'LISTEN_HB_HOST', ListenerHost.name, bearer, anchor)
        : fromEither(values.read(hostEntry, ListenerHost, 'component'));
    const port =
      portEntry === undefined
        ? missing(values, index, 'LISTEN_HB_PORT', PORT.name, bearer, anchor)
        : fromEither(values.read(portEntry, PORT, 'component'));
    const named = interfaceOf(index, bearer);
    const needsInterface = named === null && host !== BAD && !isUnspecified(host.address);
    const name = needsInterface ? missing(values, index, 'LISTEN_HEARTBEAT_IFS', `${Interface.name}, here or in LISTEN_HEARTBEAT_IFS`, bearer, anchor) : named;
    const attempts = attemptsOf(index, bearer);
    const timeout = timeoutOf(index, bearer);
    const recover = recoverOf(index, bearer);
    const sourceEntry = values.entry('LISTEN_HB_SOURCE', index);
    const sources = sourceEntry === undefined ? [] : fromEither(values.read(sourceEntry, Sources, 'component'));
    const managed = managedList(values, index);
    if (host === BAD || port === BAD || name === BAD || attempts === BAD || timeout === BAD || recover === BAD || sources === BAD || managed === BAD) {
      return null;
    }
    return { index, host: host.address, prefix: host.prefix, port, interface: name, attempts, timeout, recover, sources, managed };
  };
}

function cardReader(values: KeyedValues): (index: number) => CardConfig | null {
  const interfaceOf = inherited(values, 'BYPASS_CARD_IFS', Interface, null);
  return (index) => {
    const bearer = `card ${String(index)}`;
    const entry = values.entry('BYPASS_CARD_HOST', index);
    if (entry === undefined) return null;
    const host = fromEither(values.read(entry, CardHost, 'component'));
    const named = interfaceOf(index, bearer);
    const name = named ?? missing(values, index, 'BYPASS_CARD_IFS', `${Interface.name}, here or in BYPASS_CARD_IFS`, bearer, entry);
    if (host === BAD || name === BAD) return null;
    return { index, address: host.address, prefix: host.prefix, interface: name };
  };
}

// -------------------------------------------------------------------------------------
// warnings
// -------------------------------------------------------------------------------------

/** `[n]` keys of a listener or card that does not exist. */
function warnOfStrangers(values: KeyedValues, listeners: readonly number[], cards: readonly number[]): void {
  const known = { listener: new Set(listeners), card: new Set(cards) };
  const makers = { listener: 'LISTEN_HB_HOST[n] or LISTEN_HB_PORT[n]', card: 'BYPASS_CARD_HOST[n]' };
  for (const { name, of } of KEYS) {
    if (of === 'whole') continue;
    const accepted = `an index of a ${of} that ${makers[of]} names`;
    for (const entry of values.entriesOf(name)) {
      if (typeof entry.index !== 'number' || known[of].has(entry.index)) continue;
      values.warning('component', entry, `${entry.key} is ${JSON.stringify(entry.value)}, of no effect: there is no ${of} ${String(entry.index)}; accepted: ${accepted}`, { accepted });
    }
  }
}

/** A bad default is an error of each heir; where nobody inherits it, it does no harm. */
function warnOfBadDefaults(values: KeyedValues, listeners: readonly number[], cards: readonly number[]): void {
  const defaults: readonly (readonly [KeyName, ValueCodec<unknown>, readonly number[]])[] = [
    ['LISTEN_HEARTBEAT_IFS', Interface, listeners],
    ['LISTEN_HEARTBEAT_ATTEMPTS', ATTEMPTS, listeners],
    ['LISTEN_HEARTBEAT_TIMEOUT', TIMEOUT, listeners],
    ['LISTEN_HEARTBEAT_RECOVER', RECOVER, listeners],
    ['BYPASS_CARD_IFS', Interface, cards],
  ];
  for (const [name, codec, indices] of defaults) {
    const entry = values.entry(name, null);
    if (entry === undefined || E.isRight(codec.decode(entry.value)) || indices.some((index) => values.entry(name, index) === undefined)) continue;
    values.warning('line', entry, `${name} is ${JSON.stringify(entry.value)}, which nobody inherits; accepted: ${codec.name}`, { accepted: codec.name });
  }
}

function warnOfRisks(values: KeyedValues, listeners: readonly ListenerConfig[], threshold: number | null): void {
  const thresholdEntry = values.entry('LISTEN_HEARTBEAT_FAILED', null);
  if (threshold !== null && listeners.length > 0 && threshold > listeners.length) {
    const accepted = `at most ${String(listeners.length)}`;
    values.warning('whole', thresholdEntry, `LISTEN_HEARTBEAT_FAILED is ${thresholdEntry?.value ?? String(threshold)}, more than there are listeners (${String(listeners.length)}): bypass can never be reached; accepted: ${accepted}`, { accepted });
  }
  const attemptsEntry = (index: number): Entry | undefined =>
    values.entry('LISTEN_HEARTBEAT_ATTEMPTS', index) ?? values.entry('LISTEN_HEARTBEAT_ATTEMPTS', null);
  for (const { index, attempts, timeout } of listeners) {
    if (attempts * timeout <= LONG_DETECTION) continue;
    const entry = values.entry('LISTEN_HEARTBEAT_TIMEOUT', index) ?? values.entry('LISTEN_HEARTBEAT_TIMEOUT', null) ?? attemptsEntry(index);
    values.warning('component', entry, `listener ${String(index)}: its failure is detected only after ${String(attempts * timeout)} ms (ATTEMPTS ${String(attempts)} × TIMEOUT ${String(timeout)} ms); accepted without this warning: at most ${String(LONG_DETECTION)} ms`, { accepted: `at most ${String(LONG_DETECTION)} ms` });
  }
  const hasty = listeners.filter(({ attempts }) => attempts === 1).map(({ index }) => index);
  const [first] = hasty;
  if (threshold === 1 && first !== undefined) {
    const accepted = 'ATTEMPTS of at least 2, or FAILED of at least 2';
    const message = `LISTEN_HEARTBEAT_ATTEMPTS is 1 for listener ${hasty.join(', ')} and LISTEN_HEARTBEAT_FAILED is 1: one lost datagram may bypass everything; accepted without this warning: ${accepted}`;
    values.warning('component', attemptsEntry(first), message, { key: attemptsEntry(first)?.key ?? 'LISTEN_HEARTBEAT_ATTEMPTS', found: '1', accepted });
  }
}

// -------------------------------------------------------------------------------------
// what a reading carries besides
// -------------------------------------------------------------------------------------

function interfacesIn(values: KeyedValues): readonly InterfaceName[] {
  const names = new Set<InterfaceName>();
  for (const name of ['LISTEN_HEARTBEAT_IFS', 'BYPASS_CARD_IFS'] as const) for (const { value } of values.entriesOf(name)) if (isInterfaceName(value)) names.add(value);
  for (const { value } of values.entriesOf('LISTEN_CUBRO_IFS')) for (const name of interfaceNamesIn(value)) names.add(name);
  return [...names];
}

function unwatchedOf(values: KeyedValues, indices: readonly number[], cards: readonly CardConfig[]): readonly IpAddress[] {
  const good = new Set(cards.map(({ index }) => index));
  const watched = new Set(cards.map(({ address }) => address));
  return indices
    .filter((index) => !good.has(index))
    .map((index) => anyHost(values.entry('BYPASS_CARD_HOST', index)?.value ?? ''))
    .filter((address) => address !== null)
    .filter((address) => !watched.has(address));
}

function byLine(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity) || 0);
}
