import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Namespace } from '@fastbypass/test-fixtures';
import { Child } from '../child.js';
import type { Contender } from '../contender.js';
import { peerFile } from '../native.js';

/** First line that a program says of itself; null where it is not installed. */
export function versionOf(program: string): string | null {
  const { stdout, stderr, error } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return error === undefined ? (`${stdout}${stderr}`.trim().split('\n')[0] ?? '') : null;
}

/** Words that start a peer on a configuration, with a folder for its own files. */
type Command = (config: string, folder: string) => readonly string[];

const bird: Command = (config, folder) => ['bird', '-f', '-c', config, '-s', join(folder, 'control'), '-P', join(folder, 'pid')];

const keepalived: Command = (config, folder) => ['keepalived', '--dont-fork', '--log-console', '-f', config, '-p', join(folder, 'pid'), '-r', join(folder, 'vrrp'), '-b', join(folder, 'bfd')];

interface Role {
  readonly name: string;
  readonly program: 'bird' | 'keepalived';
  readonly command: Command;
  /** Name of its configurations. */
  readonly files: string;
}

/** The same program at both ends. */
function peer({ name, program, command, files }: Role, rest: Pick<Contender, 'heartbeats' | 'interval' | 'nominal' | 'failover' | 'restore'>): Contender {
  const start = (namespace: Namespace, end: 'near' | 'far'): Child => {
    const folder = mkdtempSync(join(tmpdir(), 'fastbypass-peer-'));
    const child = Child.spawn(namespace, command(peerFile(`${files}-${end}.conf`), folder));
    const tidy = (): void => {
      rmSync(folder, { recursive: true, force: true });
    };
    child.exited.then(tidy, tidy);
    return child;
  };
  return {
    name,
    ...rest,
    restoresAtOnce: false,
    lacking: () => (versionOf(program) === null ? `${program} is not installed` : null),
    launch: async (stage) => {
      const near = start(stage.near, 'near');
      return { near: { pid: near.pid, end: () => near.end() }, far: start(stage.far, 'far') };
    },
  };
}

/** 50 ms x 3. */
const BFD = { heartbeats: { protocol: 17, port: 3784 }, interval: 50, nominal: 150 } as const;

export const birdBfd = peer({ name: 'BIRD: BFD, route withdrawn', program: 'bird', command: bird, files: 'bird' }, { ...BFD, failover: '-r', restore: '+r' });

export const keepalivedBfd = peer({ name: 'keepalived: track_bfd, address removed', program: 'keepalived', command: keepalived, files: 'keepalived-bfd' }, { ...BFD, failover: '-a', restore: '+a' });

/** 3 adverts and the skew of priority 100: 3 × 100 ms + (256 − 100) / 256 × 100 ms. */
export const keepalivedVrrp = peer(
  { name: 'keepalived: VRRP, address taken over', program: 'keepalived', command: keepalived, files: 'keepalived-vrrp' },
  { heartbeats: { protocol: 112, port: 0 }, interval: 100, nominal: 300 + (156 / 256) * 100, failover: '+a', restore: '-a' },
);
