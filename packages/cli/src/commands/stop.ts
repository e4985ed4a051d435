import * as E from 'fp-ts/lib/Either.js';
import type { Run } from '../command.js';
import { controlClient } from '../control-client.js';
import { tell } from '../control-error.js';
import { ExitStatus } from '../exit-status.js';
import { PATIENCE, stopDaemon } from '../stop-daemon.js';

export const run: Run<'socket' | 'json'> = async ({ options, terminal }) => {
  const stopped = await stopDaemon(controlClient(options.socket));
  if (E.isLeft(stopped)) return tell(terminal, stopped.left);
  if (stopped.right === 'still-answers') {
    terminal.err(`fbypass_ctl: fastbypass_monitor still answers on ${options.socket} ${String(PATIENCE / 1000)} s after the stop`);
    return ExitStatus.failed;
  }
  await terminal.out(
    options.json
      ? `${JSON.stringify({ stop: 'done' })}\n`
      : 'fastbypass_monitor has stopped. Addresses and interfaces stay as they are; nobody watches the DPIs until the next start.\n',
  );
  return ExitStatus.done;
};
