/** What may befall a daemon while it has a verdict to give. */
import { CTL_BIN, type DaemonProcess } from '@fastbypass/test-fixtures';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNow } from './observer.js';
import { inRealTime, inTurn } from './real-time.js';

export interface Trouble {
  readonly name: string;
  /** Begins before the death of the sender; what it gives ends it, when all is over. */
  readonly begin?: (daemon: DaemonProcess) => Promise<() => Promise<void>>;
  /** Strikes at a random moment of so many ms before the deadline; resolves to the ms until it was answered, null: it has no answer. */
  readonly strike?: { readonly ahead: number; readonly at: (daemon: DaemonProcess) => Promise<number | null> };
}

export const quiet: Trouble = { name: 'in quiet' };

/** @param ahead about as long as the answer takes, so that it is under way when the deadline comes */
export function asked(name: string, method: 'GET' | 'POST', path: string, ahead: number, before: (daemon: DaemonProcess) => void = () => undefined): Trouble {
  const at = async (daemon: DaemonProcess): Promise<number> => {
    before(daemon);
    const begun = monotonicNow();
    const { status } = await daemon.request(method, path);
    if (status !== 200) throw new Error(`${method} ${path}: ${status}`);
    return monotonicNow() - begun;
  };
  return { name, strike: { ahead, at } };
}

export function signalled(name: string, signal: NodeJS.Signals, ahead: number, before: (daemon: DaemonProcess) => void = () => undefined): Trouble {
  const at = (daemon: DaemonProcess): Promise<null> => {
    before(daemon);
    daemon.signal(signal);
    return Promise.resolve(null);
  };
  return { name, strike: { ahead, at } };
}

/** Clients that ask again as soon as they are answered. */
export const clients: Trouble = {
  name: 'status and metrics asked for without a pause by 2 clients each',
  begin: (daemon) => {
    let over = false;
    const poll = async (path: string): Promise<void> => {
      while (!over) await daemon.request('GET', path);
    };
    const polls = ['/v1/status', '/v1/status', '/metrics', '/metrics'].map(poll);
    return Promise.resolve(async () => {
      over = true;
      await Promise.all(polls);
    });
  },
};

/** Somebody watches. */
export const watcher: Trouble = {
  name: 'fbypass_ctl status --watch',
  begin: async (daemon) => {
    const watch = spawn(process.execPath, [CTL_BIN, 'status', '--watch', '--socket', daemon.home.socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    const closed = new Promise((resolve) => watch.once('close', resolve));
    // Its start takes more of the machine than all that follows.
    await Promise.race([once(watch.stdout, 'data'), closed]);
    watch.stdout.resume();
    return async () => {
      watch.kill();
      await closed;
    };
  },
};

/** Busy processes for each core; they end after 20 s of work in any case. */
const BUSY = 2;
const WORK = 'ulimit -t 20; while :; do :; done';

/** A machine that has too much to do, and a daemon that is in real time or takes its turn like all others. */
export const crowdedCores = (realTime: boolean): Trouble => ({
  name: `${BUSY} busy processes for each core${realTime ? '' : ', not in real time'}`,
  begin: async ({ pid }) => {
    if (!realTime) await inTurn(pid);
    const busy = Array.from({ length: BUSY * cpus().length }, () => spawn('sh', ['-c', WORK], { stdio: 'ignore' }));
    return async () => {
      const ended = Promise.all(busy.map((it) => once(it, 'close')));
      for (const it of busy) it.kill('SIGKILL');
      await ended;
      await inRealTime(pid);
    };
  },
});

const READERS = 10;

/** Readers of events that never read. */
export const deafReaders: Trouble = {
  name: `${READERS} readers of events that never read`,
  begin: (daemon) => {
    const sockets = Array.from({ length: READERS }, () => connect(daemon.home.socket).on('error', () => undefined).pause());
    for (const socket of sockets) socket.write('GET /v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n');
    return Promise.resolve(async () => {
      await Promise.all(sockets.filter(({ closed }) => !closed).map((socket) => once(socket.destroy(), 'close')));
    });
  },
};

/** Lets a trouble strike in time. @returns ms until it was answered */
export async function strikeBefore(deadline: number, { strike }: Trouble, daemon: DaemonProcess): Promise<number | null> {
  if (strike === undefined) return null;
  await pause(Math.max(0, deadline - Math.random() * strike.ahead - monotonicNow()));
  return strike.at(daemon);
}
