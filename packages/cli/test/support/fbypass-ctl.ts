/** The real command as a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

export const BIN = fileURLToPath(new URL('../../bin/fbypass_ctl.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly end: Promise<Outcome>;
}

/** Starts it; it is killed with the test. `command`: what runs it, node by default. */
export function start(check: ExecutionContext, args: readonly string[], command: readonly string[] = []): Running {
  const [program, ...rest] = [...command, process.execPath, BIN, ...args];
  if (program === undefined) throw new Error('no program');
  const child = spawn(program, rest, { env: { ...process.env, TZ: 'UTC' }, stdio: ['ignore', 'pipe', 'pipe'] });
  check.teardown(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const end = once(child, 'close').then(([status]) => ({ status: status as number | null, stdout, stderr }));
  return { child, stdout: () => stdout, stderr: () => stderr, end };
}

export const run = (check: ExecutionContext, ...args: readonly string[]): Promise<Outcome> => start(check, args).end;

/** Polls until it holds, and fails after 20 s. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`in vain: ${what}`);
    await setTimeout(10);
  }
}

/** A folder that is gone after the test; its path is short enough for sockets. */
export function temporaryFolder(check: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'fbc-'));
  check.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
