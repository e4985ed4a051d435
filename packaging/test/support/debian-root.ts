/** Minimal Debian roots, one tar file for each suite, kept from run to run. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { succeed } from './command.js';

/** Beside what is essential: what any broker has, and what the tests look with. */
const PACKAGES = ['systemd', 'systemd-sysv', 'dbus', 'iproute2', 'man-db', 'bash-completion'];

/** FASTBYPASS_ROOTS, or a folder of the user's cache; a root that is to be made anew is deleted there. */
const CACHE = process.env.FASTBYPASS_ROOTS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fastbypass', 'roots');

/** @returns the tar file of a root of this suite, made now if there is none */
export async function debianRoot(suite: string): Promise<string> {
  const kept = join(CACHE, `${suite}-${createHash('sha256').update(PACKAGES.join()).digest('hex').slice(0, 8)}.tar`);
  if (existsSync(kept)) return kept;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = join(CACHE, `${suite}.${String(process.pid)}.tar`);
  try {
    await succeed(['mmdebstrap', '--variant=minbase', `--include=${PACKAGES.join(',')}`, ...(await aptOptions()), suite, unfinished, await mirror()]);
    renameSync(unfinished, kept);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return kept;
}

/** Where this machine itself takes Debian's packages from. */
async function mirror(): Promise<string> {
  const sources = await succeed(['apt-get', 'indextargets', '--format', '$(REPO_URI) $(LABEL) $(CODENAME) $(COMPONENT)', 'Created-By: Packages']);
  const [, found] = /^(\S+) Debian \w+ main$/m.exec(sources) ?? [];
  if (found === undefined) throw new Error(`apt of this machine names no source of Debian's main; it names:\n${sources}`);
  return found;
}

/** How this machine reaches it: proxies, certificates, the age that its lists may have. */
async function aptOptions(): Promise<readonly string[]> {
  const settings = await succeed(['apt-config', 'dump']);
  return settings.split('\n').filter((line) => /^Acquire::(https?::|Check-).*"[^"]+";$/.test(line)).map((line) => `--aptopt=${line}`);
}
