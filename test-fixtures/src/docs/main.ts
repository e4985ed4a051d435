/** `npm run docs`: writes what is made from the programs' tables into the repository. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { madeFiles } from './made-files.js';

const root = new URL('../../../', import.meta.url);
for (const { path, text } of madeFiles(root)) {
  if (text === null) {
    process.stderr.write(`${path} has lost the marks between which its made part stands\n`);
    process.exitCode = 1;
  } else {
    const file = new URL(path, root);
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, text);
  }
}
