/** `npm run replay -- LOG…`: what daemons decided in these logs, held against what `simulate` makes of the same events. */
import { readFileSync } from 'node:fs';
import { replay, summaryOf } from './replay.js';

const USAGE = 'npm run replay -- LOG...     logs of a daemon at LOG_LEVEL=DEBUG, oldest first';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const EXIT = { done: 0, failed: 1, usage: 2 } as const;

async function main(files: readonly string[]): Promise<number> {
  if (files.length === 0) {
    say(USAGE);
    return EXIT.usage;
  }
  const replayed = await replay(files.map((file) => readFileSync(file, 'utf8')).join(''));
  say(summaryOf(replayed));
  for (const fault of replayed.faults) say(fault);
  if (replayed.same > 0 && replayed.faults.length === 0) return EXIT.done;
  say(replayed.faults.length > 0 ? 'NOT ALIKE' : 'NOTHING COMPARED: no log of a daemon at LOG_LEVEL=DEBUG from its start on');
  return EXIT.failed;
}

process.exitCode = await main(process.argv.slice(2));
