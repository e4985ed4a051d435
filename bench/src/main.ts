/** `npm run bench`: measures the daemon and its peers in network namespaces. See docs/performance.md. */
import { whyNoNamespaces } from '@fastbypass/test-fixtures';
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { thisMachine } from './machine.js';
import { asShipped, compileNative } from './native.js';
import { RECORDED, writePages } from './pages.js';
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
import { worst } from './parts/worst.js';
import { type Result, ResultFile, readResults } from './results.js';
import { allTables } from './tables.js';

const PARTS: readonly Part[] = [failover, cards, spawn, start, cost, core, scale, plan, worst, day];

const LATEST = new URL('../results/latest.jsonl', import.meta.url);

const USAGE = `npm run bench -- [PART…] [--trials N]     as root; without a PART all of them, about 15 minutes; N is 100 without it
npm run bench -- --record                 all of them, and the tables of README.md and docs/performance.md anew
npm run bench -- --tables                 only the tables, from bench/results/recorded.jsonl

${PARTS.map(({ name, about }) => `${name.padEnd(10)}${about}`).join('\n')}`;

const EXIT = { done: 0, failed: 1, usage: 2 } as const;

interface Words {
  readonly parts: readonly Part[];
  readonly trials: number;
  readonly record: boolean;
  readonly tables: boolean;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Null: not understood. */
function readWords(argv: readonly string[]): Words | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { trials: { type: 'string', default: '100' }, record: { type: 'boolean', default: false }, tables: { type: 'boolean', default: false } },
    });
    const trials = Number(values.trials);
    const isGood = Number.isInteger(trials) && trials > 0 && positionals.every((word) => PARTS.some(({ name }) => name === word)) && !(values.record && positionals.length > 0);
    return isGood ? { ...values, trials, parts: PARTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name)) } : null;
  } catch {
    return null;
  }
}

async function measure({ parts, trials }: Words): Promise<void> {
  // It adds tens of ms to every start of Node, and is no part of what is measured.
  delete process.env.NODE_EXTRA_CA_CERTS;
  const native = compileNative(asShipped());
  const file = new ResultFile(LATEST);
  file.add(thisMachine());
  const record = (result: Result): void => {
    file.add(result);
  };
  for (const part of parts) {
    say(`${part.name}: ${part.about}`);
    const begun = performance.now();
    await part.run({ native, trials, say, record });
    say(`  took ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  }
  say(`\n${allTables(readResults(LATEST))}\n\nEach value: ${fileURLToPath(LATEST)}`);
}

async function main(): Promise<number> {
  const words = readWords(process.argv.slice(2));
  const why = words?.tables === true ? null : await whyNoNamespaces();
  if (words === null || why !== null) {
    say(why === null ? USAGE : `bench ${why}\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (!words.tables) await measure(words);
  if (words.record) copyFileSync(LATEST, RECORDED);
  if (words.record || words.tables) writePages();
  return EXIT.done;
}

// By way of exit, which takes children and namespaces away.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(EXIT.failed));

process.exitCode = await main().catch((error: unknown) => {
  say(String(error instanceof Error ? error.stack : error));
  return EXIT.failed;
});
process.exit();
