/** What must be sure before anything is changed or stopped: the configuration, and a driver that works. */
import { type Config, type ConfigReading, type NetworkDriver, type ObservedState, formatDiagnostic, isError } from '@fastbypass/core';
import { chooseDriver } from '@fastbypass/daemon';
import * as E from 'fp-ts/lib/Either.js';
import { readConfigFile } from '../config-file.js';
import { ExitStatus } from '../exit-status.js';
import type { Options } from '../option.js';
import type { Terminal } from '../terminal.js';
import { listOf } from '../text.js';
import { driverStatus } from './driver-status.js';

export interface Prepared {
  readonly config: Config;
  /** To be closed. */
  readonly driver: NetworkDriver;
  readonly observed: ObservedState;
}

/** Says what is wrong; to the left stands the status to end with. */
export async function prepare(options: Pick<Options, 'config' | 'driver'>, terminal: Terminal): Promise<E.Either<ExitStatus, Prepared>> {
  const { reading, refusal } = await readConfigFile(options.config);
  for (const diagnostic of reading.diagnostics) terminal.err(formatDiagnostic(diagnostic));
  if (reading.outcome !== 'configured') {
    const why = reading.outcome === 'refused' ? 'has an error that concerns all of it' : 'names no listener and no card';
    terminal.err(`fbypass_ctl: ${reading.file} ${why}: nothing was done, and a running fastbypass_monitor was left alone`);
    return E.left(refusal);
  }
  sayWhatIsLeftOut(reading, terminal);
  const chosen = chooseDriver(options.driver ?? reading.driver, reading);
  if (E.isLeft(chosen)) {
    terminal.err(`fbypass_ctl: ${chosen.left}`);
    return E.left(ExitStatus.failed);
  }
  const { driver, note } = chosen.right;
  if (note !== null) terminal.err(`fbypass_ctl: ${note}`);
  const observed = await driver.observe();
  if (E.isRight(observed)) return E.right({ config: reading.config, driver, observed: observed.right });
  await driver.close();
  terminal.err(`fbypass_ctl: the network cannot be seen, nothing was done: ${observed.left.message}`);
  return E.left(driverStatus(observed.left));
}

function sayWhatIsLeftOut({ diagnostics, unwatched }: ConfigReading, terminal: Terminal): void {
  if (diagnostics.some(isError)) terminal.err('fbypass_ctl: what has an error is left out; all else is done');
  if (unwatched.length > 0) terminal.err(`fbypass_ctl: left out, so neither taken away nor put there: ${listOf(unwatched)}`);
}
