/** `npm run docs:config`: writes what is made from the table of keys into the repository. */
import { readFileSync, writeFileSync } from 'node:fs';
import { sampleEnv, withKeyTables } from './config-docs.js';

const root = new URL('../../../', import.meta.url);
const page = new URL('docs/configuration.md', root);

const text = withKeyTables(readFileSync(page, 'utf8'));
if (text === null) {
  process.stderr.write('docs/configuration.md has lost the marks between which the tables stand\n');
  process.exitCode = 1;
} else {
  writeFileSync(page, text);
  writeFileSync(new URL('packaging/sample.env', root), sampleEnv());
}
