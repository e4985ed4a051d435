import type { StatusReport } from '@fastbypass/core';
import test from 'ava';
import { plain } from '../../dist/terminal.js';
import { nextSentences } from '../../dist/why/turn-words.js';
import { renderWhy } from '../../dist/why/why-view.js';
import { NORMAL, TROUBLED } from '../support/status-report.js';

process.env['TZ'] = 'UTC';
const now = Date.parse('2026-01-05T03:12:43.000Z');
const render = (report: StatusReport): string => renderWhy(report, { now, paint: plain });

test('a troubled night, to the letter', (check) => {
  check.is(
    render(TROUBLED),
    `MODE BYPASS  for 12 min 5 s, since 2026-01-05 03:00:38 +0000
  1 of 3 listeners has failed (listener 1), which reaches the threshold of 1.

INPUTS
  failed   1 of 3 listeners; bypass from 1 on (LISTEN_HEARTBEAT_FAILED)
  settled  yes
  hold     until 2026-01-05 03:13:03 +0000, another 20 s (BYPASS_HOLD_TIME)

LISTENERS
  #  STATUS       WOULD CHANGE
  0  active       failed after 2.8 s more of silence (1 window)
  1  failed       active when heard 2 more times in a row
  2  unavailable  when it can be launched

NEXT
  - normal when listener 1 is heard 2 more times in a row, at the earliest at
    03:13:03 because of BYPASS_HOLD_TIME`,
  );
});

type Why = StatusReport['why'];
const next = (rest: Partial<StatusReport>, why: Partial<Why>): readonly string[] => nextSentences({ ...NORMAL, ...rest, why: { ...NORMAL.why, ...why } }, now);

const sentences: readonly (readonly [string, Partial<StatusReport>, Partial<Why>, readonly string[]])[] = [
  ['silence of one', {}, {}, ['bypass when listener 0 stays silent for another 2.8 s (until 03:12:45)']],
  [
    'silence of several',
    {},
    { next: [{ to: 'bypass', silent: [1, 4], heard: [], inMs: 950 }] },
    ['bypass when listeners 1, 4 stay silent for another 950 ms (until 03:12:43)'],
  ],
  [
    'several that lack different numbers of heartbeats',
    {},
    { verdict: 'threshold-reached', next: [{ to: 'normal', silent: [], heard: [{ index: 0, heartbeats: 1 }, { index: 2, heartbeats: 3 }, { index: 3, heartbeats: 3 }], inMs: 0 }] },
    ['normal when listener 0 is heard once and listeners 2, 3 are each heard 3 more times in a row'],
  ],
  [
    'the hold alone',
    { mode: 'bypass', threshold: 2 },
    { verdict: 'held', holdLeftMs: 12_000, next: [{ to: 'normal', silent: [], heard: [], inMs: 12_000 }] },
    ['normal in 12 s, at 03:12:55, when BYPASS_HOLD_TIME ends, unless 2 listeners have failed by then'],
  ],
  [
    'settling in the mode that is',
    { mode: 'bypass', settled: false },
    { verdict: 'unsettled', waitsFor: [1], next: [{ to: 'normal', silent: [], heard: [{ index: 1, heartbeats: 1 }], inMs: 0 }, { to: 'bypass', silent: [1], heard: [], inMs: 100 }] },
    ['normal when listener 1 is heard once', 'still bypass, but managed again, when listener 1 stays silent for another 100 ms (until 03:12:43)'],
  ],
  ['no configuration', {}, { verdict: 'not-configured', next: [] }, ['nothing, until a configuration names listeners and cards: write it, then "fbypass_ctl reload"']],
  ['nobody launched', {}, { verdict: 'unsettled', next: [] }, ['nothing, until a listener can be launched: "fbypass_ctl status" names what keeps it from that']],
  ['a threshold out of reach', { threshold: 3 }, { next: [] }, ['nothing: bypass needs 3 failed listeners (LISTEN_HEARTBEAT_FAILED), and 2 of 2 can fail']],
];
for (const [what, rest, why, expected] of sentences) {
  test(`what would come next: ${what}`, (check) => {
    check.deepEqual(next(rest, why), expected);
  });
}

test('an unsettled monitor says whom it waits for; a listener that is launched now says so', (check) => {
  const why: Why = { ...NORMAL.why, verdict: 'unsettled', waitsFor: [1], next: [], listeners: [{ index: 1, status: 'unknown', failsInMs: null, windowsLeft: null, heartbeatsNeeded: null }] };
  const text = render({ ...NORMAL, mode: 'unknown', settled: false, why });
  check.regex(text, /settled {2}no: waits for the first report of listener 1\n/);
  check.regex(text, /1 {2}unknown {2}when it is launched/);
});
