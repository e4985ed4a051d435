import * as E from 'fp-ts/lib/Either.js';
import type { Run } from '../command.js';
import { controlClient } from '../control-client.js';
import { tell } from '../control-error.js';
import { ExitStatus } from '../exit-status.js';
import { renderStatus } from '../status/status-view.js';

export const run: Run<'socket' | 'json' | 'watch'> = async (call) => {
  const { options, terminal } = call;
  if (options.watch) return (await import('../status/watch.js')).watch(call);
  const report = await controlClient(options.socket).status();
  if (E.isLeft(report)) return tell(terminal, report.left);
  const text = options.json ? JSON.stringify(report.right) : renderStatus(report.right, { now: Date.now(), paint: terminal.paint });
  await terminal.out(`${text}\n`);
  return ExitStatus.done;
};
