import { type Plan, operationsOf, planRecord } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import type { Run } from '../command.js';
import { ExitStatus } from '../exit-status.js';
import { recall } from '../force/memory.js';
import { type ForcedMode, operationText, outlook, unmetAfter } from '../force/outlook.js';
import { prepare } from '../force/preparation.js';
import { listOf, printable } from '../text.js';

export const run: Run<'config' | 'driver' | 'socket' | 'json' | 'mode'> = async ({ options, terminal, misuse }) => {
  const { mode, socket, json } = options;
  if (mode === null) return misuse("required option '--mode <MODE>' is missing");
  const prepared = await prepare(options, terminal);
  if (E.isLeft(prepared)) return prepared.left;
  const { config, driver, observed } = prepared.right;
  await driver.close();
  const found = outlook(mode, config, recall(socket, config, terminal), observed);
  if (found.spared.length > 0) terminal.err(`fbypass_ctl: left as they are, because what bears listeners or cards stands on them: ${listOf(found.spared)}`);
  for (const sentence of unmetAfter(mode, config, found, observed)) terminal.err(`fbypass_ctl: would still not be so: ${sentence}`);
  await terminal.out(json ? `${JSON.stringify(planRecord(found.plan))}\n` : render(mode, found.plan));
  return ExitStatus.done;
};

function render(mode: ForcedMode, plan: Plan): string {
  if (plan.length === 0) return `For ${mode} there is nothing to do now.\n`;
  return operationsOf(plan).map((operation) => `${printable(operationText(operation))}\n`).join('');
}
