/** `fbypass_ctl`: runs the command and leaves its outcome as the exit status. */
import { COMMANDS } from './command-table.js';
import { ExitStatus } from './exit-status.js';
import { runProgram } from './program.js';
import { ProcessTerminal } from './terminal.js';

async function main(): Promise<ExitStatus> {
  const terminal = new ProcessTerminal();
  let status: ExitStatus;
  try {
    status = await runProgram(process.argv.slice(2), COMMANDS, terminal);
  } catch (error) {
    // A bug of ours. An operator can do nothing with a stack.
    terminal.err(`fbypass_ctl: internal error: ${error instanceof Error ? error.message : String(error)}`);
    status = ExitStatus.failed;
  }
  if (terminal.writeFailure === null) return status;
  terminal.err(`fbypass_ctl: standard output cannot be written: ${terminal.writeFailure}`);
  return ExitStatus.failed;
}

// No process.exit: it would cut off what is still being written. No await: the package's bundle is CommonJS.
void main().then((status) => {
  process.exitCode = status;
});
