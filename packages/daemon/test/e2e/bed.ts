/** What every end-to-end test begins with: a folder, a real daemon, simulated DPIs; all of it gone after the test. */
import type { StatusReport } from '@fastbypass/core';
import { type DaemonEvent, DaemonHome, DaemonProcess, type DaemonStart, type EventStream, LocalDpi, type Namespace, RemoteDpi } from '@fastbypass/test-fixtures';
import type { ExecutionContext } from 'ava';
import { setTimeout as pause } from 'node:timers/promises';

/** ms until what must come about has come about; generous, for the machine may be busy. */
const PATIENCE = 20_000;
const POLL = 20;

/** ms between heartbeats of simulated DPIs. */
export const INTERVAL = 50;

export class Bed {
  readonly home: DaemonHome;

  /** @param parent an existing folder for the daemon's own; the system's one for temporary files without it */
  constructor(
    private readonly t: ExecutionContext,
    parent?: string,
  ) {
    this.home = new DaemonHome(parent);
    t.teardown(() => {
      this.home.remove();
    });
  }

  /** Starts the daemon on this configuration; it has tried all launches when this resolves. */
  async start(config: string, how: DaemonStart = {}): Promise<DaemonProcess> {
    this.home.configure(config);
    return this.restart(how);
  }

  /** On the configuration that is there. */
  async restart(how: DaemonStart = {}): Promise<DaemonProcess> {
    const daemon = this.spawn(how);
    await daemon.answers();
    await until('the daemon says that it runs', () => daemon.output.includes('running with driver'));
    return daemon;
  }

  /** Without waiting for anything. */
  spawn(how: DaemonStart = {}): DaemonProcess {
    const daemon = DaemonProcess.spawn(this.home, how);
    this.t.teardown(async () => {
      await daemon.kill();
      if (!this.t.passed) this.t.log(daemon.output);
    });
    return daemon;
  }

  /** A DPI on this machine that is silent so far. */
  dpi(port: number, aim: { readonly interval?: number; readonly from?: string } = {}): LocalDpi {
    const dpi = new LocalDpi({ host: '127.0.0.1', port, interval: INTERVAL, ...aim });
    this.t.teardown(() => {
      dpi.close();
    });
    return dpi;
  }

  /** A DPI in a namespace that is silent so far. */
  async remoteDpi(namespace: Namespace, host: string, port: number): Promise<RemoteDpi> {
    const dpi = await RemoteDpi.start(namespace, { host, port, interval: INTERVAL });
    this.t.teardown(() => {
      dpi.close();
    });
    return dpi;
  }

  async events(daemon: DaemonProcess): Promise<EventStream> {
    const stream = await daemon.events();
    this.t.teardown(() => {
      stream.close();
    });
    return stream;
  }
}

/** Waits until `holds`; rejects with `what` where it does not come about. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${String(PATIENCE)} ms in vain until ${what}`);
    await pause(POLL);
  }
}

/** The first status that is as wanted. */
export async function statusWhere(daemon: DaemonProcess, what: string, holds: (status: StatusReport) => boolean): Promise<StatusReport> {
  let last = await daemon.status();
  await until(what, async () => {
    last = await daemon.status();
    return holds(last);
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; the last status was ${JSON.stringify(last)}`);
  });
  return last;
}

/** An event in one line: `listener 1 failed`, `mode bypass 1`, `plan address-del eth0 192.168.1.211/32; link-down e0`. */
export function eventText({ event, data }: DaemonEvent): string {
  if (data.listener !== undefined) return `listener ${String(data.listener)} ${data.status ?? ''}`;
  if (event === 'mode') return `mode ${data.mode ?? ''} ${String(data.failed)}`;
  if (event === 'reload') return `reload ${data.reload ?? ''}`;
  if (event === 'plan') return `plan ${(data.plan ?? []).map(({ op, interface: name, address }) => [op, name, ...(address === undefined ? [] : [address])].join(' ')).join('; ')}`;
  return event;
}

export const eventTexts = (stream: EventStream): readonly string[] => stream.events.map(eventText);

/** The first event of this text. */
export async function eventWhere(stream: EventStream, text: string): Promise<DaemonEvent> {
  const find = (): DaemonEvent | undefined => stream.events.find((event) => eventText(event) === text);
  await until(`the event "${text}" arrives`, () => find() !== undefined || stream.ended).catch((error: unknown) => {
    throw new Error(`${String(error)}; these have: ${eventTexts(stream).join(' | ')}`);
  });
  const found = find();
  if (found === undefined) throw new Error(`the stream ended before "${text}"; it had: ${eventTexts(stream).join(' | ')}`);
  return found;
}

/** ms of real time, where the lapse itself is what is looked at. */
export const lapse = (ms: number): Promise<void> => pause(ms);
