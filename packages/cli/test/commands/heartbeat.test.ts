import { type RemoteInfo, type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import test, { type ExecutionContext } from 'ava';
import { run, start, until } from '../support/fbypass-ctl.js';

interface Heard {
  readonly text: string;
  readonly from: RemoteInfo;
}

async function listen(check: ExecutionContext, family: 'udp4' | 'udp6', host: string): Promise<{ readonly port: number; readonly heard: readonly Heard[] }> {
  const socket: Socket = createSocket(family);
  const heard: Heard[] = [];
  socket.on('message', (message, from) => heard.push({ text: message.toString('utf8'), from }));
  socket.bind(0, host);
  await once(socket, 'listening');
  check.teardown(() => void socket.close());
  return { port: socket.address().port, heard };
}

test.serial('--count heartbeats, --interval apart, each printed', async (check) => {
  const { port, heard } = await listen(check, 'udp4', '127.0.0.1');
  const begun = performance.now();
  const { status, stdout, stderr } = await run(check, 'heartbeat', `127.0.0.1:${String(port)}`, '--count', '4', '--interval', '200', '--bind', '127.0.0.2');
  const elapsed = performance.now() - begun;
  check.is(status, 0);
  check.is(stderr, '');
  check.deepEqual(stdout.trimEnd().split('\n'), [1, 2, 3, 4].map((number) => `heartbeat ${String(number)} to 127.0.0.1:${String(port)}`));
  await until('all heartbeats', () => heard.length >= 4);
  check.deepEqual(heard.map(({ text }) => text), ['heartbeat 1', 'heartbeat 2', 'heartbeat 3', 'heartbeat 4']);
  check.deepEqual([...new Set(heard.map(({ from }) => from.address))], ['127.0.0.2']);
  // Three intervals lie between the first and the last. (When each arrives says more about this machine.)
  check.true(elapsed >= 3 * 200);
});

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));

(hasIpv6 ? test.serial : test.skip)('IPv6 in brackets', async (check) => {
  const { port, heard } = await listen(check, 'udp6', '::1');
  check.is((await run(check, 'heartbeat', `[::1]:${String(port)}`, '--count', '1')).status, 0);
  await until('the heartbeat', () => heard.length === 1);
  check.pass();
});

test.serial('endless until Ctrl-C, which ends it with 0', async (check) => {
  const { port, heard } = await listen(check, 'udp4', '127.0.0.1');
  const { child, end } = start(check, ['heartbeat', `127.0.0.1:${String(port)}`, '--interval', '20']);
  await until('some heartbeats', () => heard.length >= 5);
  child.kill('SIGINT');
  check.is((await end).status, 0);
});

test.serial('where nobody listens it says so and goes on, and misses nothing once somebody does', async (check) => {
  const free = createSocket('udp4');
  free.bind(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address();
  await new Promise<void>((resolve) => free.close(resolve));
  const { child, stdout, end } = start(check, ['heartbeat', `127.0.0.1:${String(port)}`, '--interval', '50']);
  await until('the answer', () => stdout().includes('nobody listened there'));
  const late = createSocket('udp4');
  const heard: number[] = [];
  late.on('message', (message) => heard.push(Number(/\d+$/.exec(message.toString('utf8'))?.[0])));
  late.bind(port, '127.0.0.1');
  check.teardown(() => void late.close());
  await until('heartbeats', () => heard.length >= 3);
  child.kill('SIGINT');
  check.is((await end).status, 0);
  const [first = NaN] = heard;
  check.deepEqual(heard, heard.map((_, nth) => first + nth));
});

test.serial('an address that is not ours to send from', async (check) => {
  const { status, stderr } = await run(check, 'heartbeat', '127.0.0.1:9', '--bind', '192.0.2.1', '--count', '1');
  check.is(status, 1);
  check.regex(stderr, /from 192\.0\.2\.1: no interface of this host has that address/);
});
