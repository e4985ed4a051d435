import type { Run } from '../command.js';
import { ExitStatus } from '../exit-status.js';
import { version } from '../version.js';

export const run: Run<'json'> = async ({ options, terminal }) => {
  await terminal.out(options.json ? `${JSON.stringify({ version: version() })}\n` : `fbypass_ctl ${version()}\n`);
  return ExitStatus.done;
};
