import { StatusReport } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Namespace } from '../netns/namespace.js';
import { type ControlAnswer, controlRequest } from './control-request.js';
import type { DaemonHome } from './daemon-home.js';
import { EventStream } from './event-stream.js';

/** What a user starts; found by its place, because the daemon's own tests use this package. */
export const DAEMON_BIN = fileURLToPath(new URL('../../../packages/daemon/bin/fastbypass_monitor.js', import.meta.url));

export const CTL_BIN = fileURLToPath(new URL('../../../packages/cli/bin/fbypass_ctl.js', import.meta.url));

/** ms until the control socket must answer. */
const START_LIMIT = 20_000;
const POLL = 10;

export interface DaemonStart {
  /** Words after `--config`, `--socket` and `--log-dir`, which the home gives. */
  readonly args?: readonly string[];
  /** Where it runs; without one, on this machine's network. */
  readonly namespace?: Pick<Namespace, 'prefix'>;
  /** Words that start it; without them, that of this clone. */
  readonly program?: readonly string[];
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface DaemonExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Children that are still there. */
const running = new Set<ChildProcess>();

let sweeping = false;

function sweepAtExit(): void {
  if (sweeping) return;
  sweeping = true;
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL');
  });
}

/** A real fastbypass_monitor, as a child process. */
export class DaemonProcess {
  readonly exited: Promise<DaemonExit>;
  private written = '';
  private exit: DaemonExit | null = null;

  private constructor(
    readonly home: DaemonHome,
    private readonly child: ChildProcess,
  ) {
    sweepAtExit();
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        this.written += text;
      });
    }
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        running.delete(child);
        this.exit = { code, signal };
        resolve(this.exit);
      });
    });
  }

  /** Does not wait for anything. */
  static spawn(home: DaemonHome, { args = [], namespace, program = [process.execPath, DAEMON_BIN], env = {} }: DaemonStart = {}): DaemonProcess {
    const own = ['--config', home.config, '--socket', home.socket, '--log-dir', home.logDir];
    const [file = '', ...words] = [...(namespace?.prefix ?? []), ...program, ...own, ...args];
    return new DaemonProcess(home, spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } }));
  }

  /** Resolves when its control socket answers; rejects with its words where it ends before that. */
  static async start(home: DaemonHome, how: DaemonStart = {}): Promise<DaemonProcess> {
    const daemon = DaemonProcess.spawn(home, how);
    await daemon.answers();
    return daemon;
  }

  /** Resolves when the control socket answers; otherwise kills it and rejects with its words. */
  async answers(): Promise<void> {
    const end = performance.now() + START_LIMIT;
    for (;;) {
      const status = await this.status().catch(() => null);
      // A predecessor may still answer on the same socket.
      if (status?.pid === this.pid) return;
      if (this.exit !== null || performance.now() > end) {
        await this.kill();
        throw new Error(`the daemon did not start (exit ${String(this.exit?.code)}):\n${this.output}`);
      }
      await pause(POLL);
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Standard output and standard error so far. */
  get output(): string {
    return this.written;
  }

  get isRunning(): boolean {
    return this.exit === null;
  }

  request(method: 'GET' | 'POST', path: string): Promise<ControlAnswer> {
    return controlRequest(this.home.socket, method, path);
  }

  async status(): Promise<StatusReport> {
    const { text } = await this.request('GET', '/v1/status');
    const decoded = StatusReport.decode(JSON.parse(text));
    if (E.isRight(decoded)) return decoded.right;
    throw new Error(`not a status report at ${decoded.left.map(({ context }) => context.map(({ key }) => key).join('.')).join(', ')}: ${text}`);
  }

  events(): Promise<EventStream> {
    return EventStream.open(this.home.socket);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Closes our ends of its standard output and error. */
  hangUp(): void {
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.destroy();
  }

  /** As an init system does it. */
  async stop(): Promise<DaemonExit> {
    this.signal('SIGTERM');
    this.signal('SIGCONT');
    return this.exited;
  }

  /** Without a chance to clean up. Idempotent. */
  async kill(): Promise<DaemonExit> {
    this.signal('SIGKILL');
    return this.exited;
  }
}
