/** The daemon's command line. */
import { DEFAULT_CONFIG, DEFAULT_LOG_DIR, DEFAULT_SOCKET, DRIVERS, type DriverName } from '@fastbypass/core';
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

export const USAGE = `Usage: fastbypass_monitor [options]

Listens for the heartbeats of DPIs. When too many are silent it removes the addresses that the bypass cards ping and
shuts down listed interfaces; when they are back it restores both. Runs in the foreground; logs to standard error and
to a file. fbypass_ctl operates it.

  --config FILE    configuration (default ${DEFAULT_CONFIG})
  --driver NAME    ${DRIVERS.join(', ')}: how to speak to the kernel, whatever DRIVER in the configuration says
  --socket PATH    control socket (default ${DEFAULT_SOCKET})
  --log-dir DIR    where fastbypass_monitor.log stands (default ${DEFAULT_LOG_DIR})
  --dry-run        change nothing: listen where the addresses are there, decide, and log each plan
  --check          print what is to be said about the configuration; exit 0, or 78 where it has an error
  --version        print the version
  --help           print this

Signals: HUP reloads the configuration, TERM and INT stop; nothing in the network is changed by a stop.
Exit status: 0 stopped, 1 cannot run, 2 wrong usage, 78 the configuration has an error of the whole.
`;

/** Left: what is wrong with the words, in one sentence. */
export function readOptions(words: readonly string[]): E.Either<string, Options> {
  try {
    const { values } = parseArgs({
      args: [...words],
      strict: true,
      allowPositionals: false,
      options: {
        config: { type: 'string', default: DEFAULT_CONFIG },
        driver: { type: 'string' },
        socket: { type: 'string', default: DEFAULT_SOCKET },
        'log-dir': { type: 'string', default: DEFAULT_LOG_DIR },
        'dry-run': { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const driver = values.driver === undefined ? null : DRIVERS.find((name) => name === values.driver);
    if (driver === undefined) return E.left(`--driver is ${JSON.stringify(values.driver)}; accepted: ${DRIVERS.join(', ')}`);
    const { config, socket, check, version, help } = values;
    return E.right({ config, socket, check, version, help, driver, logDir: values['log-dir'], dryRun: values['dry-run'] });
  } catch (error) {
    return E.left(error instanceof Error ? error.message : String(error));
  }
}
