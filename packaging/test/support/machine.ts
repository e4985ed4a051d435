/** A Debian that systemd-nspawn boots: a real systemd, with one interface `host0` that leads to a namespace of ours. */
import { Namespace } from '@fastbypass/test-fixtures';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ran, command, succeed } from './command.js';
import { until } from './until.js';

const INSIDE = ['env', '-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8', 'TERM=dumb'];

/** Configures host0 as a host of the last century would, and only if somebody wants it; e1 is what bypass may shut down. */
const NETWORKING = `[Unit]
Before=network.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/ip link set dev host0 up
ExecStart=/bin/ip address add 10.77.0.2/24 dev host0
ExecStart=/bin/ip link add name e1 type veth peer name e1-peer
ExecStart=/bin/ip link set dev e1 up
`;

export class Machine {
  private child: ChildProcess | null = null;
  private console = '';

  private constructor(
    /** Its files. */
    readonly root: string,
    /** Its network: the other end of host0 is in here, at 10.77.0.1. */
    readonly outside: Namespace,
    private readonly name: string,
  ) {}

  /** @param tar of a Debian root */
  static async create(tar: string): Promise<Machine> {
    const root = mkdtempSync('/var/tmp/fbt-root-');
    await succeed(['tar', '--numeric-owner', '-xf', tar, '-C', root]);
    writeFileSync(join(root, 'etc/systemd/system/networking.service'), NETWORKING);
    return new Machine(root, await Namespace.create(), `f${randomBytes(4).toString('hex')}`);
  }

  /** Resolves when systemd has started everything. */
  async boot(): Promise<void> {
    const nspawn = ['systemd-nspawn', '--quiet', `--directory=${this.root}`, `--machine=${this.name}`, '--boot', '--register=no', '--keep-unit', '--network-veth', '--console=pipe'];
    const [file = '', ...words] = [...this.outside.prefix, ...nspawn];
    const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' } });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (this.console += text));
    process.once('exit', () => {
      this.unplug();
    });
    this.child = child;
    await this.isUp();
  }

  /** Reboots, and resolves when all is started again. */
  async reboot(): Promise<void> {
    const { child } = this;
    if (child === null) throw new Error('a machine that was never booted cannot be rebooted');
    const down = once(child, 'close');
    await this.run('systemctl', 'reboot');
    // With --keep-unit systemd-nspawn leaves it to its caller to start it again.
    await down;
    await this.boot();
  }

  /** Pulls the plug and removes all of it. Idempotent. */
  async destroy(): Promise<void> {
    const { child } = this;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const closed = new Promise((resolve) => child.once('close', resolve));
      this.unplug();
      await closed;
    }
    await this.outside.delete();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Runs a command inside, as root. */
  run(...words: readonly string[]): Promise<Ran> {
    return command(['nsenter', '--all', '--target', String(this.leader()), '--', ...INSIDE, ...words]);
  }

  /** As {@link run}, where anything but status 0 is an error. */
  succeed(...words: readonly string[]): Promise<string> {
    return succeed(['nsenter', '--all', '--target', String(this.leader()), '--', ...INSIDE, ...words]);
  }

  /** Sends a signal to a process inside. */
  async kill(signal: string, pid: string): Promise<void> {
    await this.succeed('sh', '-c', `kill -${signal} ${pid}`);
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Whether a bypass card outside would be answered. */
  async answers(address: string): Promise<boolean> {
    return (await command([...this.outside.prefix, 'ping', '-c1', '-W1', address])).status === 0;
  }

  /** The first process inside takes all others with it; systemd-nspawn alone would leave them all behind. */
  private unplug(): void {
    const leader = this.leader();
    if (leader !== 0) killNow(leader);
    this.child?.kill('SIGKILL');
  }

  /** PID 1 of the machine, as this one sees it; 0: there is none. */
  private leader(): number {
    const pid = String(this.child?.pid ?? 0);
    try {
      return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
    } catch {
      return 0;
    }
  }

  private async isUp(): Promise<void> {
    const dead = (): boolean => this.child?.exitCode !== null;
    await until(
      'the machine is up',
      async () => {
        if (dead()) throw new Error(`systemd-nspawn has ended:\n${this.console}`);
        return this.leader() !== 0 && /^(running|degraded)$/m.test((await this.run('systemctl', 'is-system-running')).output);
      },
      () => this.console,
    );
    const far = `ve-${this.name}`;
    await this.outside.ip('address', 'replace', '10.77.0.1/24', 'dev', far);
    await this.outside.ip('link', 'set', 'dev', far, 'up');
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
