// Removes compiled files whose source is gone: tsc never does, and a test of a deleted source would go on running.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const compiled = /\.(?:js|d\.ts)(?:\.map)?$/;
const folders = [
  ['src', 'dist'],
  ['test', 'dist-test'],
];

const workspaces = [
  ...readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, 'packages', entry.name)),
  join(root, 'test-fixtures'),
  join(root, 'bench'),
  join(root, 'packaging'),
];

for (const workspace of workspaces) {
  for (const [sources, outputs] of folders) {
    const from = join(workspace, sources);
    const to = join(workspace, outputs);
    // Without a source folder what lies there is not compiled: packaging/dist holds packages.
    if (!existsSync(from) || !existsSync(to)) continue;
    for (const name of readdirSync(to, { recursive: true })) {
      if (compiled.test(name) && !existsSync(join(from, name.replace(compiled, '.ts')))) {
        rmSync(join(to, name));
        console.log(`pruned ${relative(root, join(to, name))}`);
      }
    }
  }
}
