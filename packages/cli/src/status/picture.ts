/** The status as a picture that is drawn anew in place: on the second screen of a terminal, which leaves the first as it was. */
import type { StatusReport } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { messageOf } from '../control-error.js';
import type { Screen, Terminal } from '../terminal.js';
import { clockTime, duration, indented, timeOfDay } from '../text.js';
import type { Display, Sight } from './display.js';
import { renderStatus } from './status-view.js';

// Second screen, no cursor, and no wrapping: a narrow terminal cuts lines off and keeps their number.
const OPEN = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const CLOSE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

/** One write that overwrites in place and never clears the screen first: nothing flickers. */
const drawn = (lines: readonly string[]): string => `\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`;

export async function picture(terminal: Terminal, screen: Screen): Promise<Display> {
  let lines: readonly string[] = [];
  let last: Seen | null = null;
  const draw = (): Promise<void> => terminal.out(drawn(fitting(lines, screen.rows())));
  screen.onResize(() => void draw());
  await terminal.out(OPEN);
  return {
    show: (sight, now) => {
      if (E.isRight(sight)) last = { report: sight.right, at: now };
      lines = [terminal.paint('dim', `${timeOfDay(now)}  fbypass_ctl status --watch, each second; Ctrl-C ends it`), ...linesOf(sight, last, now, terminal)];
      return draw();
    },
    close: () => terminal.out(CLOSE),
  };
}

interface Seen {
  readonly report: StatusReport;
  /** ms since 1970 */
  readonly at: number;
}

function linesOf(sight: Sight, last: Seen | null, now: number, { paint }: Terminal): readonly string[] {
  if (E.isRight(sight)) return renderStatus(sight.right, { now, paint }).split('\n');
  const told = indented(messageOf(sight.left), '').split('\n').map((line) => paint(['bold', 'red'], line));
  if (last === null) return told;
  const { mode } = last.report;
  return [...told, ...indented(`Seen last ${duration(now - last.at)} ago, at ${clockTime(new Date(last.at).toISOString())}: mode ${mode.toUpperCase()}.`).split('\n')];
}

/** The worst stands first, so what is too much is cut off at the end. */
function fitting(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  return [...lines.slice(0, rows - 1), `... ${String(lines.length - rows + 1)} more lines: "fbypass_ctl status" shows all`];
}
