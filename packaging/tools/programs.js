// All that runs of ours: both programs, their addons, the runtime, and what starts them. For the package, and for the benchmark:
// `node packaging/tools/programs.js FOLDER` lays FOLDER out so that FOLDER/bin/fastbypass_monitor runs, as the installed one does.
import { bundle } from './bundle.js';
import { LOADER, layOutRuntime } from './runtime.js';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * `atOnce` and `flags` are what is asked of V8, before Node and before the program begins. For the daemon: less memory, and no failover later for it; what
 * each is worth stands in docs/decisions/0019.
 */
const PROGRAMS = {
  fastbypass_monitor: { entry: 'packages/daemon/dist/main.js', atOnce: ['--max-semi-space-size=1'], flags: ['--no-maglev', '--no-turbofan'] },
  fbypass_ctl: { entry: 'packages/cli/dist/main.js', atOnce: [], flags: [] },
};

const ADDONS = ['packages/driver-netlink/prebuilds/linux-x64/netlink.node', 'packages/daemon/prebuilds/linux-x64/unix-datagram.node', 'packages/daemon/prebuilds/linux-x64/udp-sockets.node'];

/**
 * @param lib folder for the programs and their runtime; in use it is `installed`
 * @param bin folder for what starts them
 * @returns `licences` of the npm packages in the programs, one text; and of the runtime what {@link layOutRuntime} tells
 */
export async function layOutPrograms(lib, bin, installed) {
  const entries = Object.fromEntries(Object.entries(PROGRAMS).map(([name, { entry }]) => [name, entry]));
  const licences = await bundle(root, entries, join(lib, 'dist'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // Where the programs look for their version, and for their addons.
  write(join(lib, 'package.json'), `${JSON.stringify({ name: 'fastbypass-monitor', version, type: 'commonjs' }, null, 2)}\n`);
  for (const addon of ADDONS) install(join(root, addon), join(lib, 'prebuilds/linux-x64', addon.replace(/.*\//, '')));
  install(join(root, 'packaging/begin.cjs'), join(lib, 'begin.cjs'));
  const about = runtime(join(lib, 'runtime'), `${installed}/runtime`);
  for (const [name, { atOnce, flags }] of Object.entries(PROGRAMS)) {
    const words = [`${installed}/runtime/node`, ...atOnce, `${installed}/begin.cjs`, ...flags, `${installed}/dist/${name}.js`];
    write(join(bin, name), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, 0o755);
    bytecode(join(lib, 'runtime'), atOnce, join(lib, 'dist', `${name}.js`), `${installed}/dist/${name}.js`);
  }
  return { licences, ...about };
}

/** Made by the very runtime that will read it, which is not yet where its loader would look for it. */
function bytecode(folder, flags, program, installed) {
  const tool = join(root, 'packaging/tools/bytecode.cjs');
  execFileSync(join(folder, LOADER), ['--library-path', folder, join(folder, 'node'), '--random-seed=1', ...flags, tool, program, installed], { stdio: 'inherit' });
}

function runtime(folder, installed) {
  const work = mkdtempSync(join(tmpdir(), 'fastbypass-runtime-'));
  try {
    return layOutRuntime(join(root, 'packaging/runtime'), work, folder, installed);
  } finally {
    rmSync(work, { recursive: true });
  }
}

export function write(path, text, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

export function install(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o644);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2]);
  await layOutPrograms(folder, join(folder, 'bin'), folder);
}
