/** A broker on the real kernel: a namespace with eth0, DPIs that live in it, and an observer of its addresses. */
import { type DaemonProcess, type DaemonStart, Namespace, type RemoteDpi, whyNoNamespaces } from '@fastbypass/test-fixtures';
import { loadAddon } from '@fastbypass/driver-netlink';
import test, { type ExecutionContext, type Implementation } from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Bed, until } from './bed.js';

export const HOST = '192.168.1.202';
export const PORTS = [3000, 3100] as const;
export const CARDS = ['192.168.1.211', '192.168.1.212'] as const;

export const REAL_DRIVERS = ['iproute2', 'netlink'] as const;
export type RealDriver = (typeof REAL_DRIVERS)[number];

/** The minimal configuration of the original documentation. */
export const minimalConfig = (timeout: number, driver: RealDriver): string => `\
DRIVER=${driver}
LISTEN_HB_HOST[0]=${HOST}
LISTEN_HB_PORT[0]=${String(PORTS[0])}
LISTEN_HB_HOST[1]=${HOST}
LISTEN_HB_PORT[1]=${String(PORTS[1])}
LISTEN_HEARTBEAT_IFS=eth0
LISTEN_HEARTBEAT_FAILED=1
LISTEN_HEARTBEAT_ATTEMPTS=1
LISTEN_HEARTBEAT_TIMEOUT=${String(timeout)}
BYPASS_CARD_HOST[0]=${CARDS[0]}
BYPASS_CARD_HOST[1]=${CARDS[1]}
BYPASS_CARD_IFS=eth0
`;

const why = await whyNoNamespaces();
const addon = loadAddon();
/** Why this driver cannot be tested here; null where it can. */
export const whyNot = (driver: RealDriver): string | null => why ?? (driver === 'netlink' && E.isLeft(addon) ? addon.left.message : null);

/** A test on the real kernel; where the machine cannot, it is skipped by its name and the reason. */
export function kernelTest(driver: RealDriver, title: string, body: Implementation<[]>): void {
  const reason = whyNot(driver);
  if (reason === null) test(`${driver}: ${title}`, body);
  else test.skip(`${driver}: ${title} (${reason})`, body);
}

/** The same with each driver. */
export function kernelTests(title: string, body: (t: ExecutionContext, driver: RealDriver) => Promise<void>): void {
  for (const driver of REAL_DRIVERS) kernelTest(driver, title, (t) => body(t, driver));
}

/** One with short windows: a machine that is busy with other tests would make DPIs truly silent. */
export function serialKernelTest(driver: RealDriver, title: string, body: Implementation<[]>): void {
  const reason = whyNot(driver);
  if (reason === null) test.serial(`${driver}: ${title}`, body);
  else test.serial.skip(`${driver}: ${title} (${reason})`, body);
}

export class Broker {
  private constructor(
    private readonly t: ExecutionContext,
    readonly bed: Bed,
    readonly namespace: Namespace,
    /** What the kernel has told of addresses since the beginning: `+eth0 192.168.1.211/32`, `-eth0 …`. */
    readonly history: readonly string[],
  ) {}

  /** With eth0 up, and what `ip` is told by `lines` on it. */
  static async create(t: ExecutionContext, lines: readonly string[] = []): Promise<Broker> {
    const namespace = await Namespace.create();
    t.teardown(() => namespace.delete());
    // Teardowns run last first: the daemon ends before its network does.
    const bed = new Bed(t);
    await namespace.addPair('eth0');
    if (lines.length > 0) await namespace.batch(lines);
    return new Broker(t, bed, namespace, await observeAddresses(t, namespace));
  }

  start(config: string, how: DaemonStart = {}): Promise<DaemonProcess> {
    return this.bed.start(config, { ...how, namespace: this.namespace });
  }

  restart(): Promise<DaemonProcess> {
    return this.bed.restart({ namespace: this.namespace });
  }

  dpi(port: number): Promise<RemoteDpi> {
    return this.bed.remoteDpi(this.namespace, HOST, port);
  }

  /** Two DPIs that talk. */
  async talkingDpis(): Promise<readonly [RemoteDpi, RemoteDpi]> {
    const dpis = [await this.dpi(PORTS[0]), await this.dpi(PORTS[1])] as const;
    for (const dpi of dpis) dpi.talk();
    return dpis;
  }

  /** Waits until the kernel has exactly these IPv4 addresses on an interface, in any order. */
  async has(addresses: readonly string[], name = 'eth0'): Promise<void> {
    let found: readonly string[] = [];
    const wanted = addresses.toSorted().join(' ');
    await until('', async () => {
      found = await this.addresses(name);
      return found.toSorted().join(' ') === wanted;
    }).catch(() => {
      throw new Error(`${name} was to have ${wanted || 'no address'}; it has ${found.join(' ')}. The kernel told: ${this.history.join(', ')}`);
    });
  }

  /** IPv4, with prefix. */
  async addresses(name = 'eth0'): Promise<readonly string[]> {
    return (await this.namespace.addresses(name)).filter((address) => !address.includes(':'));
  }

  /** What was told of the addresses of cards, since the `from`-th notice. */
  cardHistory(from = 0): readonly string[] {
    return this.history.slice(from).filter((notice) => CARDS.some((card) => notice.includes(card)));
  }
}

/** A second opinion: what the kernel tells, heard by a process that is not the daemon's. */
async function observeAddresses(t: ExecutionContext, namespace: Namespace): Promise<readonly string[]> {
  const [file, ...words] = [...namespace.prefix, 'ip', '-o', '-4', 'monitor', 'address'];
  const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill());
  const history: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, deleted, name = '', address = ''] = /^(Deleted )?\d+:\s+(\S+)\s+inet (\S+)/.exec(line) ?? [];
    history.push(`${deleted === undefined ? '+' : '-'}${name} ${address}`);
  });
  // It is listening once it tells something that happens.
  await until('the observer is at work', async () => {
    await namespace.ip('address', 'replace', '127.9.9.9/32', 'dev', 'lo');
    return history.some((notice) => notice.includes('127.9.9.9'));
  });
  return history;
}
