import test from 'ava';
import { spawnSync } from 'node:child_process';
import { addonPath } from '../dist/addon.js';

/** A process of its own: what is measured is kept as long as it lives. It ends by itself, with what it has written on standard output. */
const MEASURE = `
  const { measureClock } = require(process.argv[1]);
  const begun = performance.now();
  for (let time = 0; time < 3; time++) measureClock();
  process.stdout.write(String(performance.now() - begun < 1000));
`;

test('whatever locks this Node has: the clock is measured beside the loop, once or again, and keeps no process from ending', (t) => {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', MEASURE, addonPath('unix-datagram')], { encoding: 'utf8' });
  t.deepEqual([status, signal, stdout, stderr], [0, null, 'true', '']);
});
