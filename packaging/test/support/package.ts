/** The .deb under test. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { succeed } from './command.js';
import type { Machine } from './machine.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Builds it. @returns its path */
export async function buildPackage(): Promise<string> {
  const output = await succeed([process.execPath, 'packaging/tools/package.js'], { cwd: ROOT });
  const [, path] = /^built (\S+\.deb)$/m.exec(output) ?? [];
  if (path === undefined) throw new Error(`the build names no package:\n${output}`);
  return join(ROOT, path);
}

/** Puts it into the machine. @returns the path there */
export function carry(deb: string, machine: Machine): string {
  const path = `/root/${basename(deb)}`;
  copyFileSync(deb, join(machine.root, path));
  return path;
}

/** The same package as a later version, in the machine. @returns its path there */
export async function laterVersion(deb: string, machine: Machine): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fbt-'));
  try {
    await succeed(['dpkg-deb', '--raw-extract', deb, folder]);
    const control = join(folder, 'DEBIAN/control');
    writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, '$&+later'));
    await succeed(['dpkg-deb', '-Znone', '--root-owner-group', '--build', folder, join(machine.root, 'root/later.deb')]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return '/root/later.deb';
}
