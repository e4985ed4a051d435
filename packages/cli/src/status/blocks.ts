/** The status as successive blocks, or lines of JSON: one at the beginning, one at each change. */
import type { StatusReport } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { messageOf } from '../control-error.js';
import type { Terminal } from '../terminal.js';
import { clockTime } from '../text.js';
import type { Display, Sight } from './display.js';
import { renderStatus } from './status-view.js';

export function blocks(terminal: Terminal, json: boolean): Display {
  let told = '';
  return {
    show: async (sight, now) => {
      const gist = gistOf(sight);
      if (gist === told) return;
      told = gist;
      if (json && E.isLeft(sight)) terminal.err(`fbypass_ctl: ${messageOf(sight.left)}`);
      else await terminal.out(json ? `${JSON.stringify(E.isRight(sight) ? sight.right : null)}\n` : block(sight, now, terminal));
    },
    close: () => Promise.resolve(),
  };
}

const block = (sight: Sight, now: number, { paint }: Terminal): string =>
  `==== ${clockTime(new Date(now).toISOString())}\n${E.isRight(sight) ? renderStatus(sight.right, { now, paint }) : messageOf(sight.left)}\n\n`;

/** What is worth a block: ages, counters and the numbers in problems go on all the time. */
function gistOf(sight: Sight): string {
  if (E.isLeft(sight)) return messageOf(sight.left);
  const { pid, mode, since, settled, converged, problems, listeners, cards, interfaces, config }: StatusReport = sight.right;
  const statuses = listeners.map(({ index, host, port, status }) => [index, host, port, status]);
  const standing = problems.map((text) => text.replaceAll(/\d+/g, '#'));
  return JSON.stringify([pid, mode, since, settled, converged, standing, statuses, cards, interfaces, config]);
}
