/** The daemon's command line. */
import { DEFAULT_CONFIG, DEFAULT_LOG_DIR, DEFAULT_SOCKET, DRIVERS, type DriverName, LOG_FILE } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { parseArgs } from 'node:util';

export interface Options {
  readonly config: string;
  /** Null: what the configuration names. */
  readonly driver: DriverName | null;
  readonly socket: string;
  readonly logDir: string;
  readonly dryRun: boolean;
  readonly check: boolean;
  readonly version: boolean;
  readonly help: boolean;
}

/** For parseArgs; each has its words in {@link OPTION_TABLE}. */
const PARSED = {
  config: { type: 'string', default: DEFAULT_CONFIG },
  driver: { type: 'string' },
  socket: { type: 'string', default: DEFAULT_SOCKET },
  'log-dir': { type: 'string', default: DEFAULT_LOG_DIR },
  'dry-run': { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  version: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export interface OptionWords {
  /** Of the value; null for a switch. */
  readonly value: string | null;
  readonly meaning: string;
}

/** Every option, by its long name: the one table behind usage and man page. */
export const OPTION_TABLE: Readonly<Record<keyof typeof PARSED, OptionWords>> = {
  config: { value: 'FILE', meaning: `configuration (default ${DEFAULT_CONFIG})` },
  driver: { value: 'NAME', meaning: `${DRIVERS.join(', ')}: how to speak to the kernel, whatever DRIVER in the configuration says` },
  socket: { value: 'PATH', meaning: `control socket (default ${DEFAULT_SOCKET})` },
  'log-dir': { value: 'DIR', meaning: `where ${LOG_FILE} stands (default ${DEFAULT_LOG_DIR})` },
  'dry-run': { value: null, meaning: 'change nothing: listen where the addresses are there, decide, and log each plan' },
  check: { value: null, meaning: 'print what is to be said about the configuration; exit 0, or 78 where it has an error' },
  version: { value: null, meaning: 'print the version' },
  help: { value: null, meaning: 'print this' },
};

/** What it does, line by line. */
export const DESCRIPTION: readonly string[] = [
  'Listens for the heartbeats of DPIs. When too many are silent it removes the addresses that the bypass cards ping and',
  'shuts down listed interfaces; when they are back it restores both. Runs in the foreground; logs to standard error and',
  'to a file. fbypass_ctl operates it.',
];

export const SIGNALS: readonly (readonly [signal: string, meaning: string])[] = [
  ['HUP', 'reloads the configuration'],
  ['TERM, INT', 'stop; nothing in the network is changed by a stop, but that leases of cards become permanent'],
];

export const EXIT_STATUSES: readonly (readonly [status: number, meaning: string])[] = [
  [0, 'stopped; with --check: no error'],
  [1, 'cannot run: another instance answers, or the control socket cannot be made'],
  [2, 'the command line is wrong'],
  [78, 'the configuration has an error of the whole; with --check: any error'],
];

const listed = (rows: readonly (readonly [term: string, meaning: string])[]): string => {
  const width = Math.max(...rows.map(([term]) => term.length));
  return rows.map(([term, meaning]) => `  ${term.padEnd(width)}  ${meaning}\n`).join('');
};

export const USAGE = `Usage: fastbypass_monitor [options]

${DESCRIPTION.join('\n')}

${listed(Object.entries(OPTION_TABLE).map(([name, { value, meaning }]) => [`--${name}${value === null ? '' : ` ${value}`}`, meaning]))}
Signals:
${listed(SIGNALS)}
Exit status:
${listed(EXIT_STATUSES.map(([status, meaning]) => [String(status), meaning]))}`;

/** Left: what is wrong with the words, in one sentence. */
export function readOptions(words: readonly string[]): E.Either<string, Options> {
  try {
    const { values } = parseArgs({
      args: [...words],
      strict: true,
      allowPositionals: false,
      options: PARSED,
    });
    const driver = values.driver === undefined ? null : DRIVERS.find((name) => name === values.driver);
    if (driver === undefined) return E.left(`--driver is ${JSON.stringify(values.driver)}; accepted: ${DRIVERS.join(', ')}`);
    const { config, socket, check, version, help } = values;
    return E.right({ config, socket, check, version, help, driver, logDir: values['log-dir'], dryRun: values['dry-run'] });
  } catch (error) {
    return E.left(error instanceof Error ? error.message : String(error));
  }
}
