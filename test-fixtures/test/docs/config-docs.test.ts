/** What docs/configuration.md and packaging/sample.env say of keys is what the parser knows of them. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { KEYS, isError, managedInterfaces, readConfig } from '@fastbypass/core';
import { keyTables, sampleEnv } from '../../dist/docs/config-docs.js';

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

test('every key stands in both', (t) => {
  for (const { name, default: fallback } of KEYS) {
    t.regex(sampleEnv(), new RegExp(`^#${name}(\\[0\\])?=`, 'm'));
    t.regex(keyTables(), new RegExp(`^\\| \`${name}(\\[n\\])?\``, 'm'));
    if (fallback !== null) t.true(keyTables().includes(`| ${fallback} |`), name);
  }
});

test('sample.env as it stands names nothing: the daemon would wait for a configuration', (t) => {
  const { outcome, diagnostics } = readConfig(sampleEnv(), 'sample.env');
  t.is(outcome, 'not-configured');
  t.is(diagnostics.length, 1);
});

test('sample.env with its examples uncommented is a configuration without errors and warnings', (t) => {
  const reading = readConfig(sampleEnv().replace(/^#(?=[A-Z_]+(?:\[\d+\])?=)/gm, ''), 'sample.env');
  t.deepEqual(reading.diagnostics, []);
  t.is(reading.outcome, 'configured');
  if (reading.outcome !== 'configured') return;
  t.is(reading.config.listeners.length, 2);
  t.is(reading.config.cards.length, 2);
  t.deepEqual(managedInterfaces(reading.config), ['eth1', 'eth2', 'eth3']);
});

/** Every whole configuration that a page shows as a block of `env`. */
const blocks = (path: string): readonly string[] => [...read(path).matchAll(/^```env\n([^]*?)^```/gm)].map(([, text = '']) => text);

for (const path of ['README.md', 'docs/configuration.md']) {
  test(`the configurations that ${path} shows are good`, (t) => {
    t.true(blocks(path).length > 0);
    for (const text of blocks(path)) {
      const reading = readConfig(text, path);
      t.deepEqual(reading.diagnostics.filter(isError), []);
      t.is(reading.outcome, 'configured');
    }
  });
}
