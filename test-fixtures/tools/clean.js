// Removes everything that a build or a test run leaves behind.
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const workspaces = [...readdirSync(join(root, 'packages')).map((name) => join('packages', name)), 'test-fixtures', 'bench', 'packaging'];

for (const workspace of workspaces) {
  for (const output of ['dist', 'dist-test', 'prebuilds']) rmSync(join(root, workspace, output), { recursive: true, force: true });
}
rmSync(join(root, 'coverage'), { recursive: true, force: true });
