/** What both adapters to UDP promise, on real sockets. */
import type { IpAddress } from '@fastbypass/core';
import { freePorts } from '@fastbypass/test-fixtures';
import test, { type ExecutionContext } from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type HeartbeatSocket, type HeartbeatSockets, QUEUE_LIMIT } from '../../dist/heartbeats/heartbeat-sockets.js';
import { kernelSockets } from '../../dist/heartbeats/kernel-sockets.js';
import { nodeSockets } from '../../dist/heartbeats/node-sockets.js';
import { RECEIVE_BUFFER } from '../../dist/heartbeats/receive-buffer.js';
import { type Receiver, type UdpSockets, loadUdpSockets } from '../../dist/heartbeats/udp-sockets.js';
import { until } from '../e2e/bed.js';

const LIMIT = '/proc/sys/net/core/rmem_max';
const CAP_NET_ADMIN = 12n;

/** Sends, from addresses of this machine, while this thread stands still: afterwards all of it is queued. */
const SENDER = `
  const { createSocket } = require('node:dgram');
  const send = async ({ from, to, ports, times, text }) => {
    const socket = createSocket(from.includes(':') ? 'udp6' : 'udp4');
    await new Promise((done) => socket.bind(0, from, done));
    for (let time = 0; time < times; time++)
      for (const port of ports) await new Promise((done, failed) => socket.send(text, port, to, (error) => (error ? failed(error) : done())));
    socket.close();
  };
  (async () => { for (const batch of JSON.parse(process.argv[1])) await send(batch); })();
`;

interface Batch {
  readonly from?: string;
  readonly to?: string;
  readonly ports: readonly number[];
  readonly times?: number;
  readonly text?: string;
}

function queue(...batches: readonly Batch[]): void {
  const whole = batches.map(({ from = '127.0.0.1', to = '127.0.0.1', times = 1, text = 'heartbeat', ports }) => ({ from, to, times, text, ports }));
  const { status, stderr } = spawnSync(process.execPath, ['-e', SENDER, JSON.stringify(whole)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** A thread that binds its ports, tells how many these are, and goes on until it hears something. */
const BINDER = `
  const { parentPort, workerData: { name, ports, modules } } = require('node:worker_threads');
  (async () => {
    const { kernelSockets } = await import(modules + 'kernel-sockets.js');
    const { nodeSockets } = await import(modules + 'node-sockets.js');
    const { loadUdpSockets } = await import(modules + 'udp-sockets.js');
    const sockets = name === 'node' ? nodeSockets : kernelSockets(loadUdpSockets().right);
    const hooks = { needsSource: false, onDatagram() { throw new Error('thrown by a hook'); }, onBroken() {} };
    const bound = await Promise.all(ports.map((port) => sockets.bind({ host: '127.0.0.1', port }, hooks)));
    parentPort.postMessage(bound.length);
    setInterval(() => {}, 60_000);
  })();
`;

async function binder(t: ExecutionContext, name: string, ports: readonly number[]): Promise<Worker> {
  const thread = new Worker(BINDER, { eval: true, workerData: { name, ports, modules: new URL('../../dist/heartbeats/', import.meta.url).href } });
  t.teardown(() => thread.terminate());
  t.is((await once(thread, 'message'))[0], ports.length);
  return thread;
}

class Ear {
  readonly heard: (IpAddress | null)[] = [];
  /** ms, of each. */
  readonly waited: number[] = [];
  readonly broken: string[] = [];
  readonly onDatagram = (source: IpAddress | null, waited: number): void => {
    this.heard.push(source);
    this.waited.push(waited);
  };
  readonly onBroken = (reason: string): void => void this.broken.push(reason);

  constructor(readonly needsSource = false) {}
}

const at = (host: string, port: number): { readonly host: IpAddress; readonly port: number } => ({ host: host as IpAddress, port });

async function bound(t: ExecutionContext, sockets: HeartbeatSockets, host: string, port: number, ear: Ear): Promise<HeartbeatSocket> {
  const socket = await sockets.bind(at(host, port), ear);
  t.teardown(() => {
    socket.close();
  });
  return socket;
}

const readEmpty = (sockets: HeartbeatSockets, ...inQuestion: readonly HeartbeatSocket[]): Promise<void> =>
  new Promise((resolve) => {
    sockets.readEmpty(() => inQuestion, resolve);
  });

/** Bytes that are granted of those that are asked for: all to who may force it, on the machine and not in a user namespace alone, and otherwise what the system allows. */
function granted(mayForce: boolean): number {
  const [, capabilities = '0'] = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const ofMachine = /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
  if (mayForce && ofMachine && ((BigInt(`0x${capabilities}`) >> CAP_NET_ADMIN) & 1n) === 1n) return RECEIVE_BUFFER;
  return Math.min(RECEIVE_BUFFER, existsSync(LIMIT) ? Number(readFileSync(LIMIT, 'utf8')) : RECEIVE_BUFFER);
}

function withAddon(): HeartbeatSockets {
  const addon = loadUdpSockets();
  if (E.isLeft(addon)) throw new Error(addon.left);
  return kernelSockets(addon.right);
}

const ADAPTERS: readonly { readonly name: string; readonly mayForce: boolean; readonly open: () => HeartbeatSockets }[] = [
  { name: 'node', mayForce: false, open: () => nodeSockets },
  { name: 'kernel', mayForce: true, open: withAddon },
];

for (const { name, mayForce, open } of ADAPTERS) {
  const title = (text: string): string => `${name}: ${text}`;

  test.serial(title('each datagram is told once, to whom it came, empty ones too'), async (t) => {
    const sockets = open();
    const [first = 0, second = 0] = await freePorts(2);
    const ears = [new Ear(), new Ear()] as const;
    await bound(t, sockets, '127.0.0.1', first, ears[0]);
    await bound(t, sockets, '127.0.0.1', second, ears[1]);
    queue({ ports: [first], times: 3 }, { ports: [second], times: 2, text: '' }, { ports: [first], text: '' }, { ports: [second], times: 40, text: 'x'.repeat(9000) });
    await until('all are heard', () => ears[0].heard.length >= 4 && ears[1].heard.length >= 42);
    t.deepEqual([ears[0].heard.length, ears[1].heard.length], [4, 42]);
    t.true(ears.every(({ heard, broken }) => heard.every((source) => source === null) && broken.length === 0));
  });

  test.serial(title('many sockets with much in each: nothing is lost, nobody is passed over'), async (t) => {
    const sockets = open();
    const ports = await freePorts(200);
    const ears = ports.map(() => new Ear());
    await Promise.all(ports.map((port, place) => bound(t, sockets, '127.0.0.1', port, ears[place] ?? new Ear())));
    queue({ ports, times: 50 });
    await until('all are heard', () => ears.every(({ heard }) => heard.length >= 50));
    t.true(ears.every(({ heard }) => heard.length === 50));
  });

  test.serial(title('senders are told where they are asked for'), async (t) => {
    const sockets = open();
    const [v4 = 0, v6 = 0] = await freePorts(2);
    const ears = [new Ear(true), new Ear(true)] as const;
    await bound(t, sockets, '0.0.0.0', v4, ears[0]);
    await bound(t, sockets, '::', v6, ears[1]);
    queue({ from: '127.0.0.2', ports: [v4] }, { from: '127.1.2.254', ports: [v4] }, { from: '::1', to: '::1', ports: [v6] });
    await until('all are heard', () => ears[0].heard.length === 2 && ears[1].heard.length === 1);
    t.deepEqual([...ears[0].heard, ...ears[1].heard] as readonly unknown[], ['127.0.0.2', '127.1.2.254', '::1']);
  });

  test.serial(title('IPv6 leaves IPv4 alone: both can have one port'), async (t) => {
    const sockets = open();
    const [port = 0] = await freePorts(1);
    const ears = [new Ear(), new Ear()] as const;
    const both = [await bound(t, sockets, '::', port, ears[0]), await bound(t, sockets, '0.0.0.0', port, ears[1])];
    queue({ ports: [port], times: 2 }, { from: '::1', to: '::1', ports: [port] });
    await readEmpty(sockets, ...both);
    t.deepEqual([ears[0].heard.length, ears[1].heard.length], [1, 2]);
  });

  test.serial(title('a socket that cannot be bound is refused with what can be done about it'), async (t) => {
    const sockets = open();
    const [port = 0] = await freePorts(1);
    await bound(t, sockets, '127.0.0.1', port, new Ear());
    await t.throwsAsync(sockets.bind(at('127.0.0.1', port), new Ear()), { message: `127.0.0.1 port ${String(port)} is in use by another program (ss -ulpn shows which)` });
    await t.throwsAsync(sockets.bind(at('192.0.2.77', port), new Ear()), { message: '192.0.2.77 is on no interface of this machine' });
    await t.throwsAsync(sockets.bind(at('2001:db8::77', port), new Ear()), { message: '2001:db8::77 is on no interface of this machine' });
  });

  test.serial(title('an heir is told from now on'), async (t) => {
    const sockets = open();
    const [port = 0] = await freePorts(1);
    const [before, after] = [new Ear(), new Ear(true)];
    const socket = await bound(t, sockets, '127.0.0.1', port, before);
    queue({ ports: [port] });
    await readEmpty(sockets, socket);
    socket.attach(after);
    queue({ from: '127.0.0.9', ports: [port] });
    await readEmpty(sockets, socket);
    t.deepEqual([before.heard, after.heard] as readonly unknown[], [[null], ['127.0.0.9']]);
  });

  test.serial(title('a port is free when its socket is closed, and nothing is told any more'), async (t) => {
    const sockets = open();
    const [port = 0] = await freePorts(1);
    const [gone, here] = [new Ear(), new Ear()];
    const socket = await bound(t, sockets, '127.0.0.1', port, gone);
    queue({ ports: [port], times: 5 });
    socket.close();
    const next = await bound(t, sockets, '127.0.0.1', port, here);
    socket.close();
    queue({ ports: [port], times: 3 });
    await readEmpty(sockets, next);
    t.deepEqual([gone.heard.length, gone.broken.length, here.heard.length], [0, 0, 3]);
  });

  test.serial(title('a hook may close its socket and bind another one: what came for the first is told to nobody'), async (t) => {
    const sockets = open();
    const [port = 0, other = 0] = await freePorts(2);
    const heir = new Ear();
    let next: Promise<HeartbeatSocket> | undefined;
    let heard = 0;
    const socket = await sockets.bind(at('127.0.0.1', port), {
      needsSource: false,
      onBroken: (reason) => t.fail(reason),
      onDatagram: () => {
        heard++;
        socket.close();
        next = bound(t, sockets, '127.0.0.1', other, heir);
      },
    });
    queue({ ports: [port], times: 5 });
    await readEmpty(sockets, socket);
    const heirs = await next;
    if (heirs === undefined) throw new Error('nothing was heard');
    queue({ ports: [other] });
    await readEmpty(sockets, socket, heirs);
    t.deepEqual([heard, heir.heard.length], [1, 1]);
  });

  test.serial(title('what a hook throws is an uncaught exception of its thread'), async (t) => {
    const ports = await freePorts(1);
    const thread = await binder(t, name, ports);
    const thrown = once(thread, 'error') as Promise<[Error]>;
    queue({ ports });
    const [{ message }] = await thrown;
    t.is(message, 'thrown by a hook');
  });

  test.serial(title('the ports of a thread are free when it ends'), async (t) => {
    const ports = await freePorts(3);
    const thread = await binder(t, name, ports);
    await t.throwsAsync(open().bind(at('127.0.0.1', ports[0] ?? 0), new Ear()), { message: /in use/ });
    await thread.terminate();
    for (const port of ports) await bound(t, open(), '127.0.0.1', port, new Ear());
  });

  test.serial(title('read empty: all that was queued has been told, of sockets in question at least'), async (t) => {
    const sockets = open();
    const ports = await freePorts(3);
    const ears = ports.map(() => new Ear());
    const all = await Promise.all(ports.map((port, place) => bound(t, sockets, '127.0.0.1', port, ears[place] ?? new Ear())));
    const count = Math.min(800, Math.floor(granted(mayForce) / 1000));
    queue({ ports, times: count });
    await readEmpty(sockets, ...all.slice(0, 2));
    t.deepEqual(ears.slice(0, 2).map(({ heard }) => heard.length), [count, count]);
    await readEmpty(sockets);
    await until('the third is heard', () => ears[2]?.heard.length === count);
  });

  test.serial(title('what is granted of the receive buffer is told'), async (t) => {
    const [port = 0] = await freePorts(1);
    const { receiveBuffer } = await bound(t, open(), '127.0.0.1', port, new Ear());
    t.is(receiveBuffer, granted(mayForce));
  });
}

/** A thread that sends one datagram to a port whenever it is told to, and then says so in memory that it shares. */
const PARROT = `
  const { parentPort, workerData } = require('node:worker_threads');
  const socket = require('node:dgram').createSocket('udp4');
  const sent = new Int32Array(workerData);
  parentPort.on('message', (port) => socket.send('heartbeat', port, '127.0.0.1', () => {
    Atomics.store(sent, 0, 1);
    Atomics.notify(sent, 0);
  }));
`;

test.serial('kernel: reading gives way where a verdict is due, and nothing is lost', async (t) => {
  const sockets = withAddon();
  let isDue = true;
  sockets.giveWay?.(() => isDue);
  const ports = await freePorts(200);
  const ears = ports.map(() => new Ear());
  await Promise.all(ears.map((ear, place) => bound(t, sockets, '127.0.0.1', ports[place] ?? 0, ear)));
  const heard = (): number => ears.reduce((sum, ear) => sum + ear.heard.length, 0);
  /** How many are told in one turn after the other. */
  const turns = async (): Promise<readonly number[]> => {
    const told: number[] = [];
    const end = heard() + ports.length;
    queue({ ports });
    for (let before = heard(); before < end; before = heard()) {
      await turn();
      told.push(heard() - before);
    }
    return told.filter((count) => count > 0);
  };
  t.deepEqual(await turns(), [64, 64, 64, 8]);
  isDue = false;
  t.deepEqual(await turns(), [200]);
});

test.serial('kernel: how long a datagram has waited is told', async (t) => {
  const sockets = withAddon();
  const [port = 0] = await freePorts(1);
  const ear = new Ear();
  const socket = await bound(t, sockets, '127.0.0.1', port, ear);
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const parrot = new Worker(PARROT, { eval: true, workerData: sent.buffer });
  t.teardown(() => parrot.terminate());
  /** This thread stands still from the sending on until `ms` afterwards. @returns what was told, and the ms that went by in truth at least and at most */
  const wait = async (ms: number): Promise<{ readonly told: number; readonly least: number; readonly most: number }> => {
    Atomics.store(sent, 0, 0);
    const begun = performance.now();
    parrot.postMessage(port);
    Atomics.wait(sent, 0, 0);
    const arrived = performance.now();
    Atomics.wait(sent, 0, 1, ms);
    const least = performance.now() - arrived;
    await readEmpty(sockets, socket);
    return { told: ear.waited.at(-1) ?? NaN, least, most: performance.now() - begun };
  };
  // Nothing is known of the clock before the first reading.
  t.is((await wait(1)).told, 0);
  for (const ms of [2, 10, 150]) {
    const { told, least, most } = await wait(ms);
    t.true(told >= least - 0.1 && told <= most + 0.1, `${String(told)} of ${String(least)} to ${String(most)}`);
  }
});

/** A clock of the real time that is ahead of the system's by as many ns as the environment says. */
const SHIFTED_CLOCK = `
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *time) {
  const char *ahead = clock == CLOCK_REALTIME ? getenv("AHEAD") : NULL;
  const int failure = (int)syscall(SYS_clock_gettime, clock, time);
  if (ahead == NULL) return failure;
  const long long now = time->tv_sec * 1000000000ll + time->tv_nsec + atoll(ahead);
  *time = (struct timespec){now / 1000000000, now % 1000000000};
  return failure;
}
`;

/** Hears one datagram for each word, that waits for 2 ms while the clock is set forward by so many ms; writes how long each is told to have waited. */
const SHIFTED = `
  (async () => {
    const [modules, port, ...steps] = process.argv.slice(1);
    const { kernelSockets } = await import(modules + 'kernel-sockets.js');
    const { loadUdpSockets } = await import(modules + 'udp-sockets.js');
    const sockets = kernelSockets(loadUdpSockets().right);
    const told = [];
    const socket = await sockets.bind({ host: '127.0.0.1', port: Number(port) }, { needsSource: false, onBroken() {}, onDatagram: (_source, waited) => told.push(waited) });
    const sender = require('node:dgram').createSocket('udp4');
    let ahead = 0;
    for (const step of steps) {
      await new Promise((sent) => sender.send('heartbeat', port, '127.0.0.1', () => {
        // In the turn of the loop in which it was sent: nobody has read it.
        process.env.AHEAD = String((ahead += Number(step) * 1e6));
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
        sockets.readEmpty(() => [socket], sent);
      }));
    }
    process.stdout.write(JSON.stringify(told));
    process.exit();
  })();
`;

test.serial('kernel: a clock that is set makes no wait longer', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fastbypass-clock-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true });
  });
  const library = join(folder, 'clock.so');
  execFileSync('cc', ['-shared', '-fPIC', '-x', 'c', '-o', library, '-'], { input: SHIFTED_CLOCK });
  const [port = 0] = await freePorts(1);
  const modules = new URL('../../dist/heartbeats/', import.meta.url).href;
  const words = ['-e', SHIFTED, modules, String(port), '0', '0', '30', '0', '-30', '0'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env: { ...process.env, LD_PRELOAD: library, AHEAD: '0' } });
  t.is(status, 0, stderr);
  const told = JSON.parse(stdout) as readonly number[];
  t.is(told.length, 6, stdout);
  // The first reading knows of no clock; the third and the fifth find it set. The fourth is stamped by the system's clock, which this process believes to be 30 ms behind.
  t.deepEqual([told[0], told[2], told[4]], [0, 0, 0]);
  t.true((told[1] ?? 0) >= 1.9 && (told[5] ?? 0) >= 1.9, stdout);
});

test.serial('node: nobody can tell how long a datagram has waited', async (t) => {
  const [port = 0] = await freePorts(1);
  const ear = new Ear();
  await bound(t, nodeSockets, '127.0.0.1', port, ear);
  queue({ ports: [port] });
  await until('it is heard', () => ear.heard.length === 1);
  t.deepEqual(ear.waited, [0]);
});

test('node: an endless flood counts as read in the end', async (t) => {
  let datagrams = 0;
  const flooded = { get datagrams() { return datagrams; }, receiveBuffer: 0, attach: () => undefined, close: () => undefined };
  await new Promise<void>((resolve) => {
    nodeSockets.readEmpty(() => {
      datagrams += 32;
      return [flooded];
    }, resolve);
  });
  t.true(datagrams >= QUEUE_LIMIT && datagrams < 2 * QUEUE_LIMIT, String(datagrams));
});

/** An addon of which one socket, number 3, says the same without end. */
function endless(error: number, onReceive: () => void, onClose: () => void): UdpSockets {
  const receiveOf = (_receiver: Receiver, socket: number, into: Buffer): number => {
    onReceive();
    into.writeInt32LE(socket, 0);
    into.writeInt32LE(error, 4);
    return 1;
  };
  return { open: () => ({}) as Receiver, bind: () => 3, receiveBuffer: () => 0, close: onClose, receive: () => 0, receiveOf };
}

test('kernel: an endless flood counts as read in the end', async (t) => {
  const ear = new Ear();
  const sockets = kernelSockets(endless(0, () => undefined, () => undefined));
  await readEmpty(sockets, await sockets.bind(at('127.0.0.1', 3000), ear));
  t.is(ear.heard.length, QUEUE_LIMIT);
});

test('kernel: a socket that says an error in place of a datagram is closed, that is told once, and its number is not read any more', async (t) => {
  const ear = new Ear();
  let read = 0;
  let closed = 0;
  const sockets = kernelSockets(endless(100, () => read++, () => closed++));
  await readEmpty(sockets, await sockets.bind(at('127.0.0.1', 3000), ear));
  t.deepEqual([ear.broken, ear.heard.length, read, closed] as readonly unknown[], [['recvmmsg ENETDOWN'], 0, 1, 1]);
});
