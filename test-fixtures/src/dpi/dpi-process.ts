/**
 * `dpi-process HOST PORT INTERVAL`: obeys `talk`, `hush` and `gap` on standard input; answers `hush` with the last instant,
 * `gap` with the longest time between two heartbeats since it was last asked.
 */
import { eachLine } from '../lines.js';
import { LocalDpi } from './dpi.js';

const [host = '', port, interval] = process.argv.slice(2);
const dpi = new LocalDpi({ host, port: Number(port), interval: Number(interval) });

eachLine(process.stdin, (line) => {
  if (line === 'talk') dpi.talk();
  else if (line === 'gap') {
    process.stdout.write(`${String(dpi.longestGap)}\n`);
    dpi.forgetGaps();
  } else void dpi.hush().then((lastSent) => process.stdout.write(`${String(lastSent)}\n`));
});
process.stdin.once('end', () => {
  dpi.close();
});
// A terminal's Ctrl-C reaches it too: whoever started it closes standard input when the time has come.
process.on('SIGINT', () => undefined);
