import * as E from 'fp-ts/lib/Either.js';
import type { Run } from '../command.js';
import { ExitStatus } from '../exit-status.js';
import { stopDaemon, stopping } from '../stop-daemon.js';

export const run: Run<'socket' | 'json'> = async ({ options: { socket, json }, terminal }) => {
  const stopped = await stopDaemon(stopping(socket, terminal));
  if (E.isLeft(stopped)) return stopped.left;
  if (stopped.right === 'was-not') {
    terminal.err(`fbypass_ctl: fastbypass_monitor is not running: nobody answers on ${socket}`);
    return ExitStatus.notRunning;
  }
  await terminal.out(
    json
      ? `${JSON.stringify({ stop: 'done' })}\n`
      : 'fastbypass_monitor has stopped. Addresses and interfaces stay as they are; nobody watches the DPIs until the next start.\n',
  );
  return ExitStatus.done;
};
