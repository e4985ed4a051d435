import type { Run } from '../command.js';
import { checkReport, checkStatus, renderCheck } from '../check-report.js';
import { readConfigFile } from '../config-file.js';

export const run: Run<'config' | 'json', string | null> = async ({ operand, options, terminal }) => {
  const report = checkReport(await readConfigFile(operand ?? options.config));
  await terminal.out(`${options.json ? JSON.stringify(report) : renderCheck(report)}\n`);
  return checkStatus(report);
};
