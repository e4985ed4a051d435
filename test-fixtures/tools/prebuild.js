// Compiles an addon for every architecture that its published package carries, before that is packed: prebuilds/linux-x64 and
// prebuilds/linux-arm64. Needs a compiler for both: Debian's crossbuild-essential-arm64, or on arm64 crossbuild-essential-amd64.
//
//   node test-fixtures/tools/prebuild.js packages/NAME/addon/ADDON.c
import { spawnSync } from 'node:child_process';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = resolve(process.argv[2] ?? '');
const name = basename(source, '.c');
const builder = join(dirname(fileURLToPath(import.meta.url)), 'build-addon.js');
const TRIPLETS = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** That of Debian 9: a binary that asks for a younger one would not load there. */
const OLDEST_GLIBC = [2, 24];

function giveUp(reason) {
  console.error(`${name}: the package cannot be packed: ${reason}`);
  process.exit(1);
}

function compile(arch, triplet) {
  const CC = `${triplet}-gcc`;
  const { status, error } = spawnSync(process.execPath, [builder, '--require', source], { stdio: ['ignore', 2, 2], env: { ...process.env, CC, ADDON_ARCH: arch } });
  if (error ?? status !== 0) giveUp(`the addon for ${arch} cannot be compiled (it takes ${CC}: apt-get install crossbuild-essential-${arch === 'x64' ? 'amd64' : arch})`);
}

/** The youngest glibc that the binary asks for. */
function check(arch, triplet) {
  const binary = join(dirname(source), `../prebuilds/linux-${arch}/${name}.node`);
  const { stdout, error } = spawnSync(`${triplet}-objdump`, ['-T', binary], { encoding: 'utf8' });
  if (error) giveUp(`${triplet}-objdump: ${error.message}`);
  const versions = [...stdout.matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(([, major, minor]) => [Number(major), Number(minor)]);
  if (versions.length === 0) giveUp(`${binary} is not for ${arch}`);
  const [major, minor] = versions.reduce((a, b) => (b[0] - a[0] || b[1] - a[1]) > 0 ? b : a);
  if ((major - OLDEST_GLIBC[0] || minor - OLDEST_GLIBC[1]) > 0) giveUp(`${binary} needs glibc ${major}.${minor}, hosts may have ${OLDEST_GLIBC.join('.')}`);
  console.error(`${name}: prebuilds/linux-${arch}/${name}.node, glibc ${major}.${minor} or later`);
}

for (const [arch, triplet] of Object.entries(TRIPLETS)) {
  compile(arch, triplet);
  check(arch, triplet);
}
