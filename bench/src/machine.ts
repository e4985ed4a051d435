import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { versionOf } from './contenders/peers.js';
import type { Machine } from './results.js';

const ipVersion = (): string => spawnSync('ip', ['-V'], { encoding: 'utf8' }).stdout.trim();

export function thisMachine(): Machine {
  const versions: Record<string, string> = { node: process.version, ip: ipVersion() };
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
