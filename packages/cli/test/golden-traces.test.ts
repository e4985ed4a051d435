/**
 * Golden traces: `simulate` on test-fixtures/traces/CASE must tell exactly what its expected.ndjson says. Each case was
 * reasoned from the contract; its WHY.md says how. `npm run traces:rewrite` accepts what is told now: read the diff.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import test from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { readConfig } from '@fastbypass/core';
import { type SimulationRecord, simulate } from '../dist/simulate/simulator.js';
import { readTrace } from '../dist/simulate/trace.js';

const CASES = new URL('../../../test-fixtures/traces/', import.meta.url);
const rewrite = process.env['REWRITE'] === '1';

const fileOf = (name: string, file: string): URL => new URL(`${name}/${file}`, CASES);

function told(name: string): readonly SimulationRecord[] {
  const reading = readConfig(readFileSync(fileOf(name, 'config.env'), 'utf8'), 'config.env');
  const trace = readTrace(readFileSync(fileOf(name, 'trace.ndjson'), 'utf8'));
  if (E.isLeft(trace)) throw new Error(trace.left);
  if (reading.outcome !== 'configured') throw new Error(`config.env is ${reading.outcome}`);
  return [...simulate(reading, trace.right)];
}

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

const names = readdirSync(CASES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

test('there are cases', (t) => {
  t.true(names.length >= 32);
});

for (const name of names) {
  test(name, (t) => {
    const records = told(name);
    if (rewrite) writeFileSync(fileOf(name, 'expected.ndjson'), records.map((it) => `${JSON.stringify(it)}\n`).join(''));
    const expected = lines(readFileSync(fileOf(name, 'expected.ndjson'), 'utf8')).map((line) => JSON.parse(line) as unknown);
    for (const [position, record] of expected.entries()) {
      t.deepEqual(JSON.parse(JSON.stringify(records[position] ?? null)), record, `record ${String(position + 1)}`);
    }
    t.deepEqual(records.slice(expected.length), [], 'more is told than expected');
    t.true(readFileSync(fileOf(name, 'WHY.md'), 'utf8').trim().length > 20);
  });
}
