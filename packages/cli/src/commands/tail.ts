import { LOG_FILE } from '@fastbypass/core';
import { join } from 'node:path';
import type { Run } from '../command.js';
import { ExitStatus } from '../exit-status.js';
import { printLastLines } from '../log/last-lines.js';
import { tellLogError } from '../log/log-error.js';

export const run: Run<'logDir', number> = async ({ operand, options, terminal }) => {
  try {
    if (await printLastLines(options.logDir, operand, terminal)) return ExitStatus.done;
  } catch (error) {
    return tellLogError(terminal, options.logDir, error);
  }
  terminal.err(`fbypass_ctl: there is no ${join(options.logDir, LOG_FILE)}: the daemon has not logged there yet, or logs elsewhere (--log-dir)`);
  return ExitStatus.failed;
};
