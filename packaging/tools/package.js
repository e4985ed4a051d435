// `npm run package`: packaging/dist/fastbypass-monitor_X.Y.Z_amd64.deb, and fastbypass_monitor-X.Y.Z.deb, which is the same file.
// Needs Debian on amd64 with debhelper 13 and patchelf. Built twice from one commit on one machine it is the same, byte for byte.
import { install, layOutPrograms, write } from './programs.js';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, linkSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
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

/** @returns Debian sources of the libraries in the runtime, as Built-Using names them */
async function programs() {
  const { licences, nodeLicence, builtUsing, copyrights } = await layOutPrograms(lib, join(payload, 'usr/bin'), INSTALLED);
  write(join(doc, 'third-party-licences'), licences);
  write(join(doc, 'node-licence'), nodeLicence);
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
cpSync(join(packaging, 'debian'), join(source, 'debian'), { recursive: true });
const builtUsing = await programs();
texts();
changelog();
const built = debian(builtUsing);
rmSync(work, { recursive: true });
console.log(`built ${relative(process.cwd(), built)}`);
