/** `npm run bench`: measures the daemon and its peers in network namespaces. See docs/performance.md. */
import { whyNoNamespaces } from '@fastbypass/test-fixtures';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { thisMachine } from './machine.js';
import { compileNative } from './native.js';
import type { Part } from './part.js';
import { cards } from './parts/cards.js';
import { core } from './parts/core.js';
import { cost } from './parts/cost.js';
import { day } from './parts/day.js';
import { failover } from './parts/failover.js';
import { plan } from './parts/plan.js';
import { scale } from './parts/scale.js';
import { spawn } from './parts/spawn.js';
import { start } from './parts/start.js';
import { percentile } from './percentile.js';
import { type Result, ResultFile } from './results.js';

const PARTS: readonly Part[] = [failover, cards, spawn, start, cost, core, scale, plan, day];

const results = (name: string): string => fileURLToPath(new URL(`../results/${name}`, import.meta.url));

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const inWords = (result: Result): string => {
  if (!('values' in result)) return JSON.stringify(result);
  const [p50, p90, p99, max] = [0.5, 0.9, 0.99, 1].map((share) => percentile(result.values, share).toFixed(2));
  return `  ${result.subject}, ${result.what}: ${p50} ${p90} ${p99} ${max} ${result.unit} (${result.values.length}; least ${Math.min(...result.values).toFixed(2)})`;
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { trials: { type: 'string', default: '100' } } });
  const trials = Number(values.trials);
  const why = await whyNoNamespaces();
  if (why !== null) {
    say(why);
    return 2;
  }
  // It adds tens of ms to every start of Node, and is no part of what is measured.
  delete process.env.NODE_EXTRA_CA_CERTS;
  const file = new ResultFile(results('latest.jsonl'));
  const native = compileNative();
  const machine = thisMachine();
  file.add(machine);
  say(JSON.stringify(machine));
  for (const part of PARTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
    const begun = performance.now();
    say(`${part.name}: ${part.about}`);
    const record = (result: Result): void => {
      file.add(result);
      say(inWords(result));
    };
    await part.run({ native, trials, say, record });
    say(`  took ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  }
  return 0;
}

process.exitCode = await main();
process.exit();
