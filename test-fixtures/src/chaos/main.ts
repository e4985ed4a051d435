/** `npm run chaos`: the real daemon on the real kernel, in a namespace, amid trouble that a seed makes again. */
import { parseArgs } from 'node:util';
import { whyNoNamespaces } from '../netns/namespace.js';
import { summaryOf } from '../replay/replay.js';
import { Chaos, ChaosFault } from './run.js';

const USAGE = 'npm run chaos -- [--seconds N] [--seed S] [--driver netlink|iproute2]     as root';
const EXIT = { done: 0, failed: 1, usage: 2 } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function readWords(words: readonly string[]): { readonly seconds: number; readonly seed: number; readonly driver: string } | null {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' }, driver: { type: 'string', default: 'netlink' } },
    });
    const seconds = Number(values.seconds);
    const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
    const isGood = seconds > 0 && Number.isInteger(seed) && ['netlink', 'iproute2'].includes(values.driver);
    return isGood ? { seconds, seed, driver: values.driver } : null;
  } catch {
    return null;
  }
}

async function main(): Promise<number> {
  const options = readWords(process.argv.slice(2));
  if (options === null) {
    say(USAGE);
    return EXIT.usage;
  }
  const why = await whyNoNamespaces();
  if (why !== null) {
    say(`chaos ${why}. ${USAGE}`);
    return EXIT.usage;
  }
  say(`seed ${options.seed}, driver ${options.driver}, ${options.seconds} s`);
  try {
    const { phases, kinds, converged, replayed } = await Chaos.run(options, say);
    say(summaryOf(replayed));
    const events = [...kinds].sort(([a], [b]) => a.localeCompare(b)).map(([kind, count]) => `${kind} ${count}`).join(', ');
    say(`good: seed ${options.seed}, driver ${options.driver}, ${phases} phases; ${events}; longest time until all was done ${Math.max(...converged)} ms`);
    return EXIT.done;
  } catch (error) {
    say(error instanceof ChaosFault ? error.message : String(error instanceof Error ? error.stack : error));
    return EXIT.failed;
  }
}

process.exitCode = await main();
process.exit();
