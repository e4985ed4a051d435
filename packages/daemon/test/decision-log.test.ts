import test from 'ava';
import { DecisionLog } from '../dist/decision-log.js';
import type { Logger } from '../dist/logger.js';

function logged(): { readonly decisions: DecisionLog; readonly lines: string[] } {
  const lines: string[] = [];
  const log = { isDebug: () => true, debug: (line: string) => lines.push(line) } as unknown as Logger;
  return { decisions: new DecisionLog(log, 0), lines };
}

test('heartbeats that come too fast are counted before the next line, and a while later there is room again', (t) => {
  const { decisions, lines } = logged();
  for (let count = 0; count < 2500; count++) decisions.heartbeat(10, count, null);
  t.is(lines.length, 1000);
  decisions.decided(15);
  t.deepEqual(lines.slice(1000), ['step {"at":15,"unwritten":1500}', 'step {"at":15,"decided":true}']);
  decisions.heartbeat(19, 7, null);
  for (let count = 0; count < 150; count++) decisions.heartbeat(20, count, null);
  t.is(lines[1002], 'step {"at":20,"unwritten":1}');
  t.is(lines.length, 1003 + 50, '5 for each ms since');
});

test('a crowd that beats at once is written down whole', (t) => {
  const { decisions, lines } = logged();
  for (let second = 0; second < 3; second++) for (let listener = 0; listener < 1000; listener++) decisions.heartbeat(second * 1000, listener, null);
  t.is(lines.length, 3000);
});
