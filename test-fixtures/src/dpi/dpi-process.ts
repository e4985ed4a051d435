/** `dpi-process HOST PORT INTERVAL`: obeys `talk` and `hush` on standard input, answers `hush` with the last instant. */
import { eachLine } from '../lines.js';
import { LocalDpi } from './dpi.js';

const [host = '', port, interval] = process.argv.slice(2);
const dpi = new LocalDpi({ host, port: Number(port), interval: Number(interval) });

eachLine(process.stdin, (line) => {
  if (line === 'talk') dpi.talk();
  else void dpi.hush().then((lastSent) => process.stdout.write(`${String(lastSent)}\n`));
});
process.stdin.once('end', () => {
  dpi.close();
});
// A terminal's Ctrl-C reaches it too: whoever started it closes standard input when the time has come.
process.on('SIGINT', () => undefined);
