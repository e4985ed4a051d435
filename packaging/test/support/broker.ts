/** A machine with the package on it, as its operator sees it. */
import { StatusReport } from '@fastbypass/core';
import { RemoteDpi } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';
import type { Ran } from './command.js';
import type { Machine } from './machine.js';
import { until } from './until.js';

export const BACKEND = '/var/fastbypass_monitor/backend';
export const UNIT = 'fastbypass_monitor.service';
export const LISTENER = '10.77.0.202';
export const CARDS = ['10.77.0.211', '10.77.0.212'] as const;
const PORTS = [3000, 3100] as const;

/** Two DPIs, two cards, and an interface that bypass shuts down. */
export const CONFIG = `\
LISTEN_HEARTBEAT_IFS=host0
LISTEN_HEARTBEAT_ATTEMPTS=2
LISTEN_HEARTBEAT_TIMEOUT=1000
LISTEN_HB_HOST[0]=${LISTENER}
LISTEN_HB_PORT[0]=${String(PORTS[0])}
LISTEN_HB_HOST[1]=${LISTENER}
LISTEN_HB_PORT[1]=${String(PORTS[1])}
BYPASS_CARD_IFS=host0
BYPASS_CARD_HOST[0]=${CARDS[0]}
BYPASS_CARD_HOST[1]=${CARDS[1]}
LISTEN_CUBRO_IFS=e1
LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1
`;

export class Broker {
  private constructor(
    readonly machine: Machine,
    /** They live outside. */
    readonly dpis: readonly RemoteDpi[],
  ) {}

  static async create(machine: Machine): Promise<Broker> {
    const dpis = await Promise.all(PORTS.map((port) => RemoteDpi.start(machine.outside, { host: LISTENER, port, interval: 100 })));
    return new Broker(machine, dpis);
  }

  async end(): Promise<void> {
    for (const dpi of this.dpis) dpi.close();
    await this.machine.destroy();
  }

  configure(text: string): void {
    this.machine.write(`${BACKEND}/.env`, text);
  }

  talk(): void {
    for (const dpi of this.dpis) dpi.talk();
  }

  async hush(): Promise<void> {
    await Promise.all(this.dpis.map((dpi) => dpi.hush()));
  }

  ctl(...words: readonly string[]): Promise<Ran> {
    return this.machine.run('fbypass_ctl', ...words);
  }

  async status(): Promise<StatusReport> {
    const read = StatusReport.decode(JSON.parse(await this.machine.succeed('fbypass_ctl', 'status', '--json')));
    if (E.isRight(read)) return read.right;
    throw new Error('not a status report');
  }

  /** Waits until the mode is this one and the network is as it asks. */
  async is(mode: 'normal' | 'bypass'): Promise<void> {
    await until(
      `the mode is ${mode} and the network as it asks`,
      async () => {
        const { status, output } = await this.ctl('status', '--json');
        return status === 0 && new RegExp(`"mode":"${mode}",.*"converged":true`).test(output);
      },
      async () => `${(await this.ctl('status')).output}\n${await this.journal()}`,
    );
  }

  /** What the kernel has, in one line: `cards 2 e1 up`. */
  async network(): Promise<string> {
    const addresses = await this.machine.succeed('ip', '-o', '-4', 'address', 'show', 'dev', 'host0');
    const e1 = await this.machine.succeed('ip', '-o', 'link', 'show', 'dev', 'e1');
    return `cards ${String(CARDS.filter((card) => addresses.includes(` ${card}/`)).length)} e1 ${/[<,]UP[,>]/.test(e1) ? 'up' : 'down'}`;
  }

  /** A property of the unit, as systemd has it. */
  async property(name: string): Promise<string> {
    return (await this.machine.succeed('systemctl', 'show', '--property', name, UNIT)).trim().replace(/^\w+=/, '');
  }

  /** Waits until systemd has started the daemon anew, in a process other than `pid`. */
  async restartedSince(pid: string): Promise<void> {
    await until(
      `another process than ${pid} runs`,
      async () => (await this.property('ActiveState')) === 'active' && (await this.property('MainPID')) !== pid,
      () => this.journal(),
    );
  }

  async journal(): Promise<string> {
    return this.machine.succeed('journalctl', '--no-pager', '--output=short', '--unit', UNIT);
  }
}
