import test from 'ava';
import { pages } from '../dist/pages.js';
import { percentile } from '../dist/percentile.js';
import type { Result } from '../dist/results.js';
import { allTables, inDigits, shortTable } from '../dist/tables.js';

test('a percentile is a value that was measured', (t) => {
  const values = [5, 1, 4, 2, 3];
  t.deepEqual([0, 0.2, 0.5, 0.9, 1].map((share) => percentile(values, share)), [1, 1, 3, 5, 5]);
  t.is(percentile([], 0.5), NaN);
});

test('three digits are told, and no more', (t) => {
  t.deepEqual([0.3349, 12.34, 864.2, 7, -0.02].map(inDigits), ['0.33', '12.3', '864', '7', '-0.02']);
});

const RESULTS: readonly Result[] = [
  { part: 'machine', date: '2026-11-22T20:00:00.000Z', processor: 'Z80', cores: 1, memory: 2, kernel: '6.1', versions: { node: 'v20.20.2' } },
  { part: 'failover', subject: 'we', what: 'failover, stopped', unit: 'ms', values: [0.5, 0.25] },
  { part: 'failover', subject: 'bird', skipped: 'bird is not installed' },
  { part: 'cost', subject: 'we', what: 'idle: processor', unit: '‰', values: [3, 4] },
  { part: 'cost', subject: 'we', what: 'idle: memory', unit: 'MB', values: [48.25] },
];

test('the short table holds failovers and what it costs to wait for them', (t) => {
  t.deepEqual(shortTable(RESULTS).split('\n'), [
    'Measured on 2026-11-22: Z80, 1 cores, 2 GB, Linux 6.1; node: v20.20.2.',
    '',
    '|  | p50 ms | p90 ms | p99 ms | max ms | idle ‰ of a core | MB |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    '| we | 0.25 | 0.50 | 0.50 | 0.50 | 3 | 48.3 |',
  ]);
});

test('what was skipped is named', (t) => {
  t.true(allTables(RESULTS).endsWith('- skipped in failover: bird (bird is not installed)'));
});

test('the pages carry the recorded results (npm run bench -- --tables)', (t) => {
  for (const { path, present, wanted } of pages()) t.is(present, wanted, path);
});
