import { setTimeout } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import type { Run } from '../command.js';
import { type ControlClient, controlClient } from '../control-client.js';
import { tell } from '../control-error.js';
import { ExitStatus } from '../exit-status.js';

/** ms that the daemon may take to end, once it has said that it will. */
const PATIENCE = 30_000;
/** ms */
const POLL = 50;

export const run: Run<'socket' | 'json'> = async ({ options, terminal }) => {
  const client = controlClient(options.socket);
  const report = await client.stop();
  // It may end faster than it answers.
  if (E.isLeft(report) && report.left.type !== 'broken') return tell(terminal, report.left);
  if (!(await isGone(client))) {
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

async function isGone({ status }: ControlClient): Promise<boolean> {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    const report = await status();
    if (E.isLeft(report) && report.left.type === 'not-running') return true;
    await setTimeout(POLL);
  }
  return false;
}
