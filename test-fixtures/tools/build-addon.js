// Compiles packages/NAME/addon/ADDON.c to packages/NAME/prebuilds/linux-ARCH/ADDON.node, where a C compiler and Node's headers
// are. Where not, it says so in one line and ends with status 0: the rest of the workspace is of use without the addon, and
// who loads it says what is missing. Only `--require` makes that a failure (packaging).
//
//   node test-fixtures/tools/build-addon.js [--require] packages/NAME/addon/ADDON.c
//
// Headers: npm_config_nodedir, beside the running node, /usr/include/node. Compiler: CC, or cc.
// Another architecture: CC and ADDON_ARCH, as prebuild.js sets them for the published packages.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [source = ''] = process.argv.slice(2).filter((word) => word !== '--require').map((word) => resolve(word));
const name = basename(source, '.c');
const target = join(dirname(source), '../prebuilds', `linux-${process.env.ADDON_ARCH ?? process.arch}`, `${name}.node`);
const FLAGS = ['-std=gnu11', '-O2', '-fPIC', '-shared', '-fvisibility=hidden', '-Wall', '-Wextra', '-Werror=implicit-function-declaration', '-s'];

function giveUp(reason) {
  console.log(`addon ${name}: not built: ${reason}`);
  process.exit(process.argv.includes('--require') ? 1 : 0);
}

const age = (path) => statSync(path).mtimeMs;

if (process.platform !== 'linux') giveUp(`it is of Linux, this is ${process.platform}`);
// Headers that it shares with others stand beside it.
const sources = readdirSync(dirname(source)).map((file) => join(dirname(source), file));
if (existsSync(target) && age(target) > Math.max(...sources.map(age), age(fileURLToPath(import.meta.url)))) process.exit(0);

const places = [
  process.env.npm_config_nodedir && join(process.env.npm_config_nodedir, 'include/node'),
  resolve(dirname(process.execPath), '../include/node'),
  '/usr/include/node',
].filter((place) => place);
const headers = places.find((place) => ['node_api.h', 'uv.h'].every((header) => existsSync(join(place, header))));
if (headers === undefined) giveUp(`no Node headers in ${places.join(', ')}`);

const created = mkdirSync(dirname(target), { recursive: true });
// Under another name first: a half-written file must not be loaded, and one that is loaded must not be overwritten.
const unfinished = `${target}.${process.pid}`;
const compiler = process.env.CC ?? 'cc';
const run = spawnSync(compiler, [...FLAGS, `-I${headers}`, '-o', unfinished, source], { encoding: 'utf8' });
if (created !== undefined && run.status !== 0) rmSync(created, { recursive: true });
// EACCES: it is in no folder of the PATH that this user may read.
if (run.error) giveUp(['ENOENT', 'EACCES'].includes(run.error.code) ? `there is no C compiler ${compiler}` : run.error.message);
if (run.status !== 0) {
  rmSync(unfinished, { force: true });
  const [line = `status ${run.status}`] = run.stderr.split('\n').filter((text) => /error/.test(text));
  giveUp(`${compiler} failed: ${line}`);
}
if (run.stderr !== '') console.log(run.stderr.trimEnd());
renameSync(unfinished, target);
console.log(`addon ${name}: built ${relative(process.cwd(), target)}`);
