/** The last decision as a person reads it: its inputs, how far each listener is from another status, what would come next. */
import type { StatusReport } from '@fastbypass/core';
import { modeLine } from '../status/mode-line.js';
import { reasonOf } from '../status/reason.js';
import type { View } from '../status/status-view.js';
import { type Cell, table } from '../table.js';
import { clockTime, countOf, duration, indented, listenersOf } from '../text.js';
import { nextSentences, times } from './turn-words.js';

type Distance = StatusReport['why']['listeners'][number];

/** Ends without an end of line. */
export function renderWhy(report: StatusReport, view: View): string {
  const { now, paint } = view;
  const title = (text: string): string => paint('bold', text);
  const head = [modeLine(report, view), indented(reasonOf(report))].join('\n');
  const inputs = [title('INPUTS'), ...inputRows(report, now).map(([name, value]) => indented(value, `  ${name.padEnd(9)}`))].join('\n');
  const rows = report.why.listeners.map((it): readonly Cell[] => [String(it.index), it.status, wayOf(it)]);
  const distances = rows.length === 0 ? '' : [title('LISTENERS'), table(['#', 'STATUS', 'WOULD CHANGE'], rows, paint)].join('\n');
  const next = [title('NEXT'), ...nextSentences(report, now).map((sentence) => indented(sentence, '  - '))].join('\n');
  return [head, inputs, distances, next].filter((section) => section !== '').join('\n\n');
}

function inputRows({ failed, threshold, listeners, settled, mode, why }: StatusReport, now: number): readonly (readonly [string, string])[] {
  const hold = why.holdLeftMs;
  return [
    ['failed', `${String(failed)} of ${countOf(listeners.length, 'listener')}; bypass from ${String(threshold)} on (LISTEN_HEARTBEAT_FAILED)`],
    ['settled', settled ? 'yes' : why.waitsFor.length === 0 ? 'no: no listener is active or failed' : `no: waits for the first report of ${listenersOf(why.waitsFor)}`],
    ['hold', hold === null ? `none runs${mode === 'bypass' ? ': normal may follow at once' : ''} (BYPASS_HOLD_TIME)` : `until ${clockTime(new Date(now + hold).toISOString())}, another ${duration(hold)} (BYPASS_HOLD_TIME)`],
  ];
}

/** What it takes until its status is another one. */
function wayOf({ status, failsInMs, windowsLeft, heartbeatsNeeded }: Distance): string {
  const silence = failsInMs === null ? [] : [`failed after ${duration(failsInMs)} more of silence (${countOf(windowsLeft ?? 0, 'window')})`];
  const heartbeats = heartbeatsNeeded === null ? [] : [`active when heard ${times(heartbeatsNeeded)}`];
  if (status === 'unavailable') return 'when it can be launched';
  const ways = [...heartbeats, ...silence];
  return ways.length === 0 ? 'when it is launched' : ways.join('; ');
}
