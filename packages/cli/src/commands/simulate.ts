import { readFile } from 'node:fs/promises';
import { formatDiagnostic } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import type { Run } from '../command.js';
import { readConfigFile } from '../config-file.js';
import { ExitStatus } from '../exit-status.js';
import { reasonOf } from '../file-error.js';
import { type SimulationRecord, simulate } from '../simulate/simulator.js';
import { type Trace, type TraceError, readTrace } from '../simulate/trace.js';

/** Characters that are written at once. */
const PORTION = 64 * 1024;

export const run: Run<'config' | 'trace'> = async ({ options, terminal, misuse }) => {
  if (options.trace === null) return misuse("required option '--trace <FILE>' is missing");
  const trace = await readTraceFile(options.trace);
  if (E.isLeft(trace)) {
    terminal.err(`fbypass_ctl: ${options.trace}: ${trace.left}`);
    return ExitStatus.usage;
  }
  const { reading } = await readConfigFile(options.config);
  // What is left out of the configuration is said beside the output, which is for programs.
  for (const diagnostic of reading.diagnostics) terminal.err(formatDiagnostic(diagnostic));
  if (reading.outcome !== 'configured') return ExitStatus.configuration;
  for (const portion of portions(simulate(reading, trace.right))) {
    if (terminal.closed.aborted) break;
    await terminal.out(portion);
  }
  return ExitStatus.done;
};

async function readTraceFile(path: string): Promise<E.Either<TraceError, Trace>> {
  try {
    return readTrace(await readFile(path, 'utf8'));
  } catch (error) {
    return E.left(`the trace cannot be read: ${reasonOf(error)}`);
  }
}

function* portions(records: Iterable<SimulationRecord>): Generator<string> {
  let portion = '';
  for (const record of records) {
    portion += `${JSON.stringify(record)}\n`;
    if (portion.length < PORTION) continue;
    yield portion;
    portion = '';
  }
  yield portion;
}
