import type { Run } from '../command.js';
import { checkReport, isGood, renderCheck } from '../check-report.js';
import { readConfigFile } from '../config-file.js';
import { ExitStatus } from '../exit-status.js';

export const run: Run<'config' | 'json', string | null> = async ({ operand, options, terminal }) => {
  const { reading } = await readConfigFile(operand ?? options.config);
  const report = checkReport(reading);
  await terminal.out(`${options.json ? JSON.stringify(report) : renderCheck(report)}\n`);
  return isGood(report) ? ExitStatus.done : ExitStatus.configuration;
};
