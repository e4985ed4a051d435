import { ExitStatus } from '../exit-status.js';
import { isRefusal, reasonOf } from '../file-error.js';
import { AS_MEMBER } from '../permission.js';
import type { Terminal } from '../terminal.js';

/** Says why the log cannot be read, and gives the status to end with. */
export function tellLogError(terminal: Terminal, folder: string, error: unknown): ExitStatus {
  terminal.err(`fbypass_ctl: the log in ${folder} cannot be read: ${reasonOf(error)}${isRefusal(error) ? `; ${AS_MEMBER}` : ''}`);
  return isRefusal(error) ? ExitStatus.notPermitted : ExitStatus.failed;
}
