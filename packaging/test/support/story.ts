import type { ExecutionContext } from 'ava';
import { Broker } from './broker.js';
import { debianRoot } from './debian-root.js';
import { Machine } from './machine.js';
import { carry } from './package.js';

/** What one machine goes through, from scene to scene. */
export interface Story {
  readonly broker: Broker;
  /** The package, on this machine. */
  readonly deb: string;
  /** The package, in that one. */
  readonly path: string;
  /** Its files before the package came. */
  readonly before: ReadonlySet<string>;
}

/** Declares a test that goes on where the last one has ended. */
export type Scene = (title: string, body: (t: ExecutionContext, story: Story) => Promise<void>) => void;

/** A machine of this suite that has just been booted. */
export async function beginStory(suite: string, deb: string): Promise<Story> {
  const machine = await Machine.create(await debianRoot(suite));
  try {
    await machine.boot();
    return { broker: await Broker.create(machine), deb, path: carry(deb, machine), before: await filesOf(machine) };
  } catch (error) {
    await machine.destroy();
    throw error;
  }
}

/** What no installation leaves alone, and what is not the package's. */
const ELSEWHERE = ['/root', '/var/lib/dpkg', '/var/log', '/var/cache', '/var/lib/systemd', '/var/tmp', '/tmp', '/var/backups', '/etc/passwd-', '/etc/group-', '/etc/shadow-', '/etc/gshadow-'];

export async function filesOf(machine: Machine): Promise<ReadonlySet<string>> {
  const all = (await machine.succeed('find', '/', '-xdev')).split('\n');
  return new Set(all.filter((path) => !ELSEWHERE.some((place) => path === place || path.startsWith(`${place}/`))));
}
