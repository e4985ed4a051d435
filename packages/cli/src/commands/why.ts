import * as E from 'fp-ts/lib/Either.js';
import type { Run } from '../command.js';
import { controlClient } from '../control-client.js';
import { tell } from '../control-error.js';
import { ExitStatus } from '../exit-status.js';
import { renderWhy } from '../why/why-view.js';

export const run: Run<'socket' | 'json'> = async ({ options, terminal }) => {
  const report = await controlClient(options.socket).status();
  if (E.isLeft(report)) return tell(terminal, report.left);
  const { mode, since, settled, failed, threshold, why } = report.right;
  const text = options.json ? JSON.stringify({ mode, since, settled, failed, threshold, ...why }) : renderWhy(report.right, { now: Date.now(), paint: terminal.paint });
  await terminal.out(`${text}\n`);
  return ExitStatus.done;
};
