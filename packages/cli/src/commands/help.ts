import type { Run } from '../command.js';
import { ExitStatus } from '../exit-status.js';

export const run: Run<never, string | null> = ({ operand, misuse, showHelp }) => {
  if (!showHelp(operand)) misuse(`unknown command '${operand ?? ''}'`);
  return Promise.resolve(ExitStatus.done);
};
