import { ExitStatus } from '../exit-status.js';
import { AS_ROOT } from '../permission.js';
import type { Terminal } from '../terminal.js';
import type { SystemdError } from './systemctl.js';

/**
 * Says it, and gives the status to end with.
 *
 * @param instead what to do where there is no systemd, or it does not know the unit
 */
export function tellSystemdError(terminal: Terminal, error: SystemdError, instead: string): ExitStatus {
  if (error.type === 'absent') {
    terminal.err(`fbypass_ctl: ${error.why}: ${instead}`);
    return ExitStatus.failed;
  }
  terminal.err(error.words);
  if (error.type === 'not-permitted') {
    terminal.err(`fbypass_ctl: not permitted to ${error.verb} the service: ${AS_ROOT}`);
    return ExitStatus.notPermitted;
  }
  return ExitStatus.failed;
}
