/** What the daemon has left on record, and will read at its next start. */
import { type Config, type Ledger, emptyLedger, restoreLedger } from '@fastbypass/core';
import { readStateFile, stateFileOf } from '@fastbypass/daemon';
import * as E from 'fp-ts/lib/Either.js';
import type { Terminal } from '../terminal.js';

export function recall(socket: string, config: Config, terminal: Terminal): Ledger {
  const path = stateFileOf(socket);
  const read = readStateFile(path);
  if (E.isRight(read)) return restoreLedger(read.right, config);
  terminal.err(`fbypass_ctl: ${path} cannot be read, so prefixes and interfaces of earlier runs are not known: ${read.left}`);
  return emptyLedger;
}
