/** Every option of every command: the one table behind parsing, help, man page and completion. */
import { DEFAULT_CONFIG, DEFAULT_LOG_DIR, DEFAULT_SOCKET, DRIVERS, type DriverName, type IpAddress, parseIpAddress } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';

/** The options as a command gets them; a command names those that it takes. */
export interface Options {
  readonly config: string;
  /** Null: as the configuration says. */
  readonly driver: DriverName | null;
  readonly socket: string;
  readonly logDir: string;
  readonly json: boolean;
  readonly watch: boolean;
  readonly trace: string | null;
  readonly mode: 'normal' | 'bypass' | null;
  /** ms */
  readonly interval: number;
  /** Null: endless. */
  readonly count: number | null;
  /** Null: as the kernel chooses. */
  readonly bind: IpAddress | null;
}
export type OptionName = keyof Options;

/** From the text of a value to what it means; to the left stands what is accepted. */
export type Reader<A> = (text: string) => E.Either<string, A>;

interface Option<A> {
  /** Of the value, as help shows it; null for a switch. */
  readonly value: string | null;
  readonly meaning: string;
  readonly fallback: A;
  /** Null for a switch. */
  readonly read: Reader<A> | null;
  readonly completion: Completion;
}

/** What a shell can offer for a value: these words, a path, or nothing. */
export type Completion = readonly string[] | 'file' | 'folder' | null;

export function wholeNumber(least: number, most: number): Reader<number> {
  const range = `a whole number from ${String(least)} to ${String(most)}`;
  return (text) => (/^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most ? E.right(Number(text)) : E.left(range));
}

const path: Reader<string> = (text) => (text === '' ? E.left('a path') : E.right(text));

const driver: Reader<DriverName> = (text) => E.fromNullable(`one of ${DRIVERS.join(', ')}`)(DRIVERS.find((name) => name === text));

const MODES = ['normal', 'bypass'] as const;

const mode: Reader<(typeof MODES)[number]> = (text) => E.fromNullable(MODES.join(' or '))(MODES.find((name) => name === text));

const address: Reader<IpAddress> = (text) => E.fromNullable('an IPv4 or IPv6 address')(parseIpAddress(text));

export const OPTIONS: { readonly [K in OptionName]: Option<Options[K]> } = {
  config: { value: 'FILE', meaning: 'the configuration', fallback: DEFAULT_CONFIG, read: path, completion: 'file' },
  driver: { value: 'NAME', meaning: `how to speak to the kernel: ${DRIVERS.join(', ')}`, fallback: null, read: driver, completion: DRIVERS },
  socket: { value: 'PATH', meaning: 'the control socket of the daemon', fallback: DEFAULT_SOCKET, read: path, completion: 'file' },
  logDir: { value: 'DIR', meaning: 'the folder of the log', fallback: DEFAULT_LOG_DIR, read: path, completion: 'folder' },
  json: { value: null, meaning: 'print JSON, for programs', fallback: false, read: null, completion: null },
  watch: { value: null, meaning: 'show it anew each second, until Ctrl-C', fallback: false, read: null, completion: null },
  trace: { value: 'FILE', meaning: 'what happens, as NDJSON', fallback: null, read: path, completion: 'file' },
  mode: { value: 'MODE', meaning: 'normal or bypass', fallback: null, read: mode, completion: MODES },
  interval: { value: 'MS', meaning: 'milliseconds from one heartbeat to the next', fallback: 1000, read: wholeNumber(1, 3_600_000), completion: null },
  count: { value: 'N', meaning: 'heartbeats to send; without it, until Ctrl-C', fallback: null, read: wholeNumber(1, 1e12), completion: null },
  bind: { value: 'ADDR', meaning: 'the address to send from', fallback: null, read: address, completion: null },
};

/** Accepted by every command, before or after its name; help shows them with those that use them. */
export const COMMON_OPTIONS: readonly OptionName[] = ['config', 'driver', 'socket', 'logDir', 'json'];

/** `logDir` is `--log-dir`. */
export const longFlag = (name: OptionName): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export const FALLBACKS: Options = {
  config: OPTIONS.config.fallback,
  driver: OPTIONS.driver.fallback,
  socket: OPTIONS.socket.fallback,
  logDir: OPTIONS.logDir.fallback,
  json: OPTIONS.json.fallback,
  watch: OPTIONS.watch.fallback,
  trace: OPTIONS.trace.fallback,
  mode: OPTIONS.mode.fallback,
  interval: OPTIONS.interval.fallback,
  count: OPTIONS.count.fallback,
  bind: OPTIONS.bind.fallback,
};
