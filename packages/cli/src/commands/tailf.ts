import { LOG_FILE } from '@fastbypass/core';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Run } from '../command.js';
import { ExitStatus } from '../exit-status.js';
import { LogFollower } from '../log/follower.js';
import { tellLogError } from '../log/log-error.js';

/** Lines shown before the first new one. */
const CONTEXT = 10;
/** ms; polling works on every file system, and survives what renames do to a watch. */
const POLL = 200;

export const run: Run<'logDir'> = async ({ options, terminal }) => {
  const ended = terminal.untilInterrupted();
  const follower = new LogFollower(options.logDir, terminal);
  try {
    if (!(await follower.begin(CONTEXT))) terminal.err(`fbypass_ctl: there is no ${join(options.logDir, LOG_FILE)} yet: waiting for it`);
    while (!ended.aborted) {
      await follower.advance();
      await setTimeout(POLL, undefined, { signal: ended }).catch(() => undefined);
    }
    return ExitStatus.done;
  } catch (error) {
    return tellLogError(terminal, options.logDir, error);
  } finally {
    await follower.close();
  }
};
