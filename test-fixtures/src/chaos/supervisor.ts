/** The daemon's life: started, reloaded, stopped for a while, killed; and who of its kind is there. */
import type { StatusReport } from '@fastbypass/core';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { DaemonHome } from '../daemon/daemon-home.js';
import { CTL_BIN, DaemonProcess } from '../daemon/daemon-process.js';
import type { Namespace } from '../netns/namespace.js';
import { type Configuration, textOf } from './configuration.js';

/** ms for a stop. */
const PATIENCE = 5000;

export class Supervisor {
  readonly home = new DaemonHome();
  private daemon: DaemonProcess | null = null;
  /** What those have written that have ended, since it was last taken. */
  private written = '';

  constructor(
    private readonly namespace: Namespace,
    private readonly driver: string,
    /** In force, or about to be. */
    public configuration: Configuration,
  ) {
    this.home.configure(textOf(configuration));
  }

  async start(): Promise<void> {
    this.daemon = await DaemonProcess.start(this.home, { namespace: this.namespace, args: ['--driver', this.driver] });
  }

  async startAfter(ms: number): Promise<void> {
    await pause(ms);
    await this.start();
  }

  async kill(): Promise<void> {
    await this.daemon?.kill();
    this.keepWritten();
  }

  async stop(): Promise<void> {
    await this.daemon?.stop();
    this.keepWritten();
  }

  /** The last line of one that was killed may have no end. */
  private keepWritten(): void {
    this.written += `${this.daemon?.output ?? ''}\n`;
  }

  /** By `fbypass_ctl`, which stops the daemon. @returns what it should not have said; 1 is for what is missing just now */
  async force(command: 'force_on' | 'force_off'): Promise<string | null> {
    const { config, socket } = this.home;
    const words = [CTL_BIN, command, '--config', config, '--socket', socket, '--driver', this.driver];
    const said = await this.namespace.run(process.execPath, ...words).then(
      () => null,
      (error: unknown) => (error instanceof Error && 'code' in error && error.code === 1 ? null : String(error)),
    );
    // It has ended, or else this ends it.
    await this.stop();
    return said;
  }

  async freeze(ms: number): Promise<void> {
    this.daemon?.signal('SIGSTOP');
    await pause(ms);
    this.daemon?.signal('SIGCONT');
  }

  /** The answer must be as it is to be; otherwise it is told what was said. */
  async reload(configuration: Configuration): Promise<string | null> {
    this.configuration = configuration;
    this.home.configure(textOf(configuration));
    const answer = await this.daemon?.request('POST', '/v1/reload');
    return answer?.status === 200 ? null : `a valid reload was answered ${String(answer?.status)}: ${answer?.text ?? ''}`;
  }

  /** Through both ways. */
  async reloadAtOnce(count: number): Promise<void> {
    this.daemon?.signal('SIGHUP');
    const { daemon } = this;
    if (daemon !== null) await Promise.all(Array.from({ length: count }, () => daemon.request('POST', '/v1/reload')));
  }

  /** Lines of the log that match, so far. */
  countInLog(pattern: RegExp): number {
    return this.log().split('\n').filter((line) => pattern.test(line)).length;
  }

  async reloadBroken(text: string): Promise<string | null> {
    this.home.configure(text);
    const answer = await this.daemon?.request('POST', '/v1/reload');
    this.home.configure(textOf(this.configuration));
    return answer?.status === 422 ? null : `a broken reload was answered ${String(answer?.status)}: ${answer?.text ?? ''}`;
  }

  async status(): Promise<StatusReport | null> {
    return (await this.daemon?.status().catch(() => null)) ?? null;
  }

  /** All that those daemons have written that have ended since this was last asked. */
  takeWritten(): string {
    const taken = this.written;
    this.written = '';
    return taken;
  }

  /** What is wrong with the processes in the namespace. */
  async processFaults(): Promise<readonly string[]> {
    const pids = (await this.namespace.run('ip', 'netns', 'pids', this.namespace.name)).trim().split('\n').filter((it) => it !== '');
    const processes = pids.flatMap((pid) => processOf(pid) ?? []);
    const daemons = processes.filter(({ words }) => words.includes('fastbypass_monitor.js'));
    const faults = daemons.length === 1 ? [] : [`${daemons.length} daemons: ${daemons.map(({ pid }) => pid).join(', ')}`];
    const isStray = ({ words, parent }: ProcessSeen): boolean => /^(\S*\/)?ip\b/.test(words) && parent !== this.daemon?.pid && parent !== process.pid;
    return [...faults, ...processes.filter(isStray).map(({ pid, parent, words }) => `stray process ${pid} (parent ${parent}): ${words}`)];
  }

  get isRunning(): boolean {
    return this.daemon?.isRunning === true;
  }

  log(): string {
    try {
      return this.home.log();
    } catch {
      return this.daemon?.output ?? '';
    }
  }

  async close(): Promise<void> {
    // A daemon that is killed leaves its watcher behind, and that keeps the namespace.
    if (this.daemon !== null) await Promise.race([this.daemon.stop(), pause(PATIENCE)]);
    await this.daemon?.kill();
    this.home.remove();
  }
}

interface ProcessSeen {
  readonly pid: string;
  readonly parent: number;
  readonly words: string;
}

function processOf(pid: string): ProcessSeen | null {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
    return { pid, parent, words };
  } catch {
    return null;
  }
}
