// `npm run package`: packaging/dist/fastbypass-monitor_X.Y.Z_amd64.deb, and fastbypass_monitor-X.Y.Z.deb, which is the same file.
// Needs Debian on amd64 with debhelper 13 and patchelf. Built twice from one commit on one machine it is the same, byte for byte.
import { bundle } from './bundle.js';
import { layOutRuntime } from './runtime.js';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const packaging = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const root = resolve(packaging, '..');
const out = join(packaging, 'dist');
const work = join(out, 'work');
const source = join(work, 'fastbypass-monitor');
const payload = join(source, 'payload');
const INSTALLED = '/usr/lib/fastbypass_monitor';
const lib = join(payload, INSTALLED);
const doc = join(payload, 'usr/share/doc/fastbypass-monitor');

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const PROGRAMS = { fastbypass_monitor: 'packages/daemon/dist/main.js', fbypass_ctl: 'packages/cli/dist/main.js' };

/** Seconds since 1970: as SOURCE_DATE_EPOCH says, of the last commit, or of package.json where there is no repository. */
function sourceDate() {
  if (process.env.SOURCE_DATE_EPOCH !== undefined) return Number(process.env.SOURCE_DATE_EPOCH);
  try {
    return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }));
  } catch {
    return Math.floor(statSync(join(root, 'package.json')).mtimeMs / 1000);
  }
}
const epoch = sourceDate();

function write(path, text, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

function install(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o644);
}

async function programs() {
  const licences = await bundle(root, PROGRAMS, join(lib, 'dist'));
  write(join(doc, 'third-party-licences'), licences);
  // Where the programs look for their version, and for their addons.
  write(join(lib, 'package.json'), `${JSON.stringify({ name: 'fastbypass-monitor', version, type: 'module' }, null, 2)}\n`);
  for (const addon of ['packages/driver-netlink/prebuilds/linux-x64/netlink.node', 'packages/daemon/prebuilds/linux-x64/unix-datagram.node']) {
    install(join(root, addon), join(lib, 'prebuilds/linux-x64', addon.replace(/.*\//, '')));
  }
  for (const name of Object.keys(PROGRAMS)) write(join(payload, 'usr/bin', name), `#!/bin/sh\nexec ${INSTALLED}/runtime/node ${INSTALLED}/dist/${name}.js "$@"\n`, 0o755);
}

function runtime() {
  const { node, builtUsing, copyrights } = layOutRuntime(join(packaging, 'runtime'), join(work, 'runtime'), join(lib, 'runtime'), `${INSTALLED}/runtime`);
  install(join(node, 'LICENSE'), join(doc, 'node-licence'));
  for (const { owner, text } of copyrights) write(join(doc, `${owner}-copyright`), text);
  return builtUsing;
}

function texts() {
  const backend = join(payload, 'var/fastbypass_monitor/backend');
  install(join(packaging, 'default.env'), join(backend, '.env'));
  install(join(packaging, 'sample.env'), join(backend, 'sample.env'));
  for (const name of readdirSync(join(root, 'docs')).filter((entry) => entry.endsWith('.md'))) install(join(root, 'docs', name), join(doc, name));
  // By a name that says what it is, debhelper would take it for the changelog of the package.
  install(join(root, 'CHANGELOG.md'), join(doc, 'release-notes.md'));
  const completion = join(packaging, 'completion/fbypass_ctl');
  if (existsSync(completion)) install(completion, join(payload, 'usr/share/bash-completion/completions/fbypass_ctl'));
  const pages = existsSync(join(packaging, 'man')) ? readdirSync(join(packaging, 'man')).filter((entry) => /\.[58]$/.test(entry)) : [];
  write(join(source, 'debian/fastbypass-monitor.manpages'), pages.map((page) => `${relative(source, join(packaging, 'man', page))}\n`).join(''));
}

/** The package's own changelog, as Debian wants one; what has changed stands in CHANGELOG.md, installed as release-notes.md. */
function changelog() {
  const date = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000');
  const [, maintainer] = /^Maintainer: (.*)$/m.exec(readFileSync(join(packaging, 'debian/control'), 'utf8')) ?? [];
  write(join(source, 'debian/changelog'), `fastbypass-monitor (${version}) unstable; urgency=medium\n\n  * ${version}; what is new in it stands in release-notes.md.\n\n -- ${maintainer}  ${date}\n`);
}

function debian(builtUsing) {
  execFileSync('dpkg-buildpackage', ['--build=binary', '--no-sign', '--no-check-builddeps'], {
    cwd: source,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch), BUILT_USING: builtUsing, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
  });
  const file = `fastbypass-monitor_${version}_amd64.deb`;
  for (const name of [file, `fastbypass_monitor-${version}.deb`]) rmSync(join(out, name), { force: true });
  renameSync(join(work, file), join(out, file));
  linkSync(join(out, file), join(out, `fastbypass_monitor-${version}.deb`));
  return join(out, file);
}

rmSync(work, { recursive: true, force: true });
mkdirSync(join(work, 'runtime'), { recursive: true });
cpSync(join(packaging, 'debian'), join(source, 'debian'), { recursive: true });
await programs();
const builtUsing = runtime();
texts();
changelog();
const built = debian(builtUsing);
rmSync(work, { recursive: true });
console.log(`built ${relative(process.cwd(), built)}`);
