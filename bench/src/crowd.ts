/** A daemon with many listeners, and what its kernel and it say of their datagrams. */
import type { DaemonProcess } from '@fastbypass/test-fixtures';
import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from './child.js';
import type { Contender, Subject, Task } from './contender.js';
import { startSender } from './contenders/heartbeat-contender.js';
import { configOf, oursNetlink, startDaemon } from './contenders/ours.js';
import { monotonicNow } from './observer.js';
import type { Monitor } from './native.js';
import type { Rig } from './rig.js';
import { PORT, type Stage } from './stage.js';

/** ms in which all that is on its way has been read. */
const SETTLING = 500;
const POLL = 20;

/** Our daemon, and a sender for the first listener alone, whose death is to be noticed; another one sends for all others. */
export class Crowd {
  daemon: DaemonProcess | null = null;
  /** Datagrams that the senders have sent, once they have ended. */
  sent = 0;
  private others: Child | null = null;

  constructor(private readonly further: readonly string[] = []) {}

  /** As a contender. */
  get contender(): Contender {
    return {
      ...oursNetlink,
      launch: async (stage, native, task) => {
        const near = await this.start(stage, native.monitor, task);
        const count = (sent: number): void => {
          this.sent += sent;
        };
        this.others = startSender(stage, native, { ...task, listeners: task.listeners - 1 }, PORT + 1, count);
        return { near, far: startSender(stage, native, { ...task, listeners: 1 }, PORT, count) };
      },
      interval: 10,
    };
  }

  private async start(stage: Stage, monitor: Monitor, task: Task): Promise<Subject> {
    const { daemon, subject } = await startDaemon(stage, monitor, configOf(task, 'netlink', this.further));
    this.daemon = daemon;
    return subject;
  }

  /** Ends the senders of all but the first. */
  async endOthers(): Promise<void> {
    await this.others?.end();
    this.others = null;
  }

  /** From a moment at which all listeners are active. @returns ms until the daemon has answered */
  async reload(task: Task, further: readonly string[]): Promise<number> {
    while (!(await this.isCalm())) await pause(POLL);
    this.daemon?.home.configure(configOf(task, 'netlink', further));
    const begun = monotonicNow();
    const answer = await this.daemon?.request('POST', '/v1/reload');
    if (answer?.status !== 200) throw new Error(`reload: ${answer?.text ?? 'no daemon'}`);
    return monotonicNow() - begun;
  }

  /** Whether what an earlier reload has begun is over. */
  private async isCalm(): Promise<boolean> {
    const status = await this.daemon?.status();
    return status?.settled === true && status.converged && status.listeners.every((listener) => listener.status === 'active');
  }

  /** Ends all senders; what of theirs never became a heartbeat, and what of that the kernel dropped. */
  async losses({ cast, stage }: Rig): Promise<{ readonly missed: number; readonly dropped: number }> {
    await this.endOthers();
    await cast.far.end();
    await pause(SETTLING);
    return { missed: this.sent - (await this.metric('fastbypass_listener_heartbeats_total')), dropped: await dropsIn(stage) };
  }

  /** Sum of a metric over all its series. */
  async metric(name: string): Promise<number> {
    const { text } = (await this.daemon?.request('GET', '/metrics')) ?? { text: '' };
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }
}

/** Datagrams that the kernel has dropped because a socket of a namespace was full. */
export async function dropsIn(stage: Stage): Promise<number> {
  const table = await stage.near.run('cat', '/proc/net/udp');
  return table.trim().split('\n').slice(1).reduce((sum, line) => sum + Number(line.trim().split(/\s+/).at(-1)), 0);
}
