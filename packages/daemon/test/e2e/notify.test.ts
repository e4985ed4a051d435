import test from 'ava';
import { DAEMON_BIN, freePorts } from '@fastbypass/test-fixtures';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { hrtime } from 'node:process';
import { Bed, lapse, until } from './bed.js';
import { mockConfig } from './configs.js';
import { NotifyReceiver } from './notify-receiver.js';

const READY = /^READY=1$/;
const RELOADING = /^RELOADING=1$/;

test.serial('systemd is told of waiting for a configuration, of reloads good and bad, of the mode, and of the stop', async (t) => {
  const bed = new Bed(t);
  const address = `${bed.home.dir}/notify`;
  const receiver = await NotifyReceiver.open(t, address);
  const ports = await freePorts(1);
  const daemon = await bed.start('# The mock network has the interfaces that are named here.\nDRIVER=mock\nLISTEN_CUBRO_IFS=lo,eth0\n', { env: { NOTIFY_SOCKET: address } });
  t.is((await daemon.request('GET', '/v1/status')).status, 200);
  await receiver.state(READY);
  t.regex(receiver.states[0] ?? '', /^STATUS=waiting for a configuration: .*\.env names no listener and no card; fbypass_ctl reload takes it up$/);
  t.is(receiver.states[1], 'READY=1');

  bed.home.configure(mockConfig({ ports, lines: ['LISTEN_HEARTBEAT_TIMEOUT=2000'] }));
  t.is((await daemon.request('POST', '/v1/reload')).status, 200);
  // Sent before the answer; the receiver is a process of its own and may hand it on later.
  await receiver.state(READY, 2);
  t.deepEqual(receiver.states.slice(2), ['RELOADING=1', 'STATUS=mode unknown; nothing is managed until 1 of 1 listeners have reported', 'READY=1']);
  const stamp = Number(/MONOTONIC_USEC=(\d+)/.exec(receiver.messages.map(({ text }) => text).join('\n'))?.[1]);
  const now = Number(hrtime.bigint() / 1000n);
  t.true(stamp < now && stamp > now - 60e6, `${String(stamp)} of ${String(now)}`);

  const dpi = bed.dpi(ports[0] ?? 0);
  dpi.talk();
  await receiver.state(/^STATUS=mode normal: the addresses of the cards are to be there; 0 of 1 listeners failed, threshold 1$/);
  await dpi.hush();
  await receiver.state(/^STATUS=mode BYPASS: the addresses of the cards are to be gone; 1 of 1 listeners failed, threshold 1$/);

  const from = receiver.states.length;
  bed.home.configure(mockConfig({ ports, lines: ['LISTEN_HEARTBEAT_FAILED=none'] }));
  t.is((await daemon.request('POST', '/v1/reload')).status, 422);
  await receiver.state(READY, from);
  t.deepEqual(receiver.states.slice(from), ['RELOADING=1', 'READY=1']);

  await daemon.stop();
  t.is(receiver.states.at(-1), 'STOPPING=1');
  t.is(receiver.feeds.length, 0, 'nobody asked for a watchdog');
});

test.serial('an abstract address, and a reload by SIGHUP', async (t) => {
  const bed = new Bed(t);
  const address = `@fbt-${randomBytes(6).toString('hex')}`;
  const receiver = await NotifyReceiver.open(t, address);
  const daemon = await bed.start(mockConfig({ ports: await freePorts(1) }), { env: { NOTIFY_SOCKET: address } });
  await receiver.state(READY);
  const from = receiver.states.length;
  daemon.signal('SIGHUP');
  await receiver.state(RELOADING, from);
  await receiver.state(READY, from);
  t.deepEqual(
    receiver.states.slice(from).filter((state) => !state.startsWith('STATUS=')),
    ['RELOADING=1', 'READY=1'],
  );
});

test.serial('a configuration with an error of the whole is never ready', async (t) => {
  const bed = new Bed(t);
  const address = `${bed.home.dir}/notify`;
  const receiver = await NotifyReceiver.open(t, address);
  bed.home.configure(mockConfig({ ports: [3000], lines: ['LISTEN_HEARTBEAT_FAILED=none'] }));
  const daemon = bed.spawn({ env: { NOTIFY_SOCKET: address } });
  t.is((await daemon.exited).code, 78);
  t.deepEqual(receiver.states, []);
});

test.serial('nobody there to be told: one warning, and the daemon goes on', async (t) => {
  const bed = new Bed(t);
  const daemon = await bed.start(mockConfig({ ports: await freePorts(1) }), { env: { NOTIFY_SOCKET: `${bed.home.dir}/nobody`, WATCHDOG_USEC: '100000' } });
  await daemon.request('POST', '/v1/reload');
  t.is(daemon.output.split('systemd cannot be told how this service fares').length - 1, 1);
  t.regex(daemon.output, /WARNING .*\/nobody: no such file or directory/i);
});

/** Hangs the event loop for 3 s when it is told to. */
const HANG = `data:text/javascript,${encodeURIComponent("process.on('SIGUSR2', () => { const end = Date.now() + 3000; while (Date.now() < end); })")}`;

test.serial('the event loop feeds the watchdog, in less than half its time; one that hangs does not', async (t) => {
  const bed = new Bed(t);
  const address = `${bed.home.dir}/notify`;
  const receiver = await NotifyReceiver.open(t, address);
  const daemon = await bed.start(mockConfig({ ports: await freePorts(1) }), { env: { NOTIFY_SOCKET: address, WATCHDOG_USEC: '2000000', NODE_OPTIONS: `--import=${HANG}` } });
  await until('it was fed some times', () => receiver.feeds.length >= 4);
  const gaps = (): readonly number[] => receiver.feeds.slice(1).map(({ at }, place) => at - (receiver.feeds[place]?.at ?? 0));
  t.true(Math.max(...gaps()) < 1000, gaps().join(' '));
  daemon.signal('SIGUSR2');
  const before = receiver.feeds.length;
  await until('it is fed again', () => receiver.feeds.length > before + 1);
  t.true(Math.max(...gaps()) > 2000, gaps().join(' '));
});

test.serial('the watchdog of another process is not fed', async (t) => {
  const bed = new Bed(t);
  const address = `${bed.home.dir}/notify`;
  const receiver = await NotifyReceiver.open(t, address);
  await bed.start(mockConfig({ ports: await freePorts(1) }), { env: { NOTIFY_SOCKET: address, WATCHDOG_USEC: '50000', WATCHDOG_PID: '1' } });
  await receiver.state(READY);
  await lapse(100);
  t.is(receiver.feeds.length, 0);
});

test.serial('for the journal, lines begin with their priority and have no time; the file has its own', async (t) => {
  const bed = new Bed(t);
  bed.home.configure(mockConfig({ ports: await freePorts(1), lines: ['NO_SUCH_KEY=1'] }));
  const words = [process.execPath, DAEMON_BIN, '--config', bed.home.config, '--socket', bed.home.socket, '--log-dir', bed.home.logDir];
  const child = spawn('sh', ['-c', 'export JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2); exec "$@"', 'sh', ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  await until('it runs', () => written.includes('running with driver'));
  rmSync(bed.home.config);
  child.kill('SIGHUP');
  await until('the reload is rejected', () => written.includes('REJECTED'));
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
  t.regex(written, /^<6>fastbypass_monitor \d/m);
  t.regex(written, /^<4>.*NO_SUCH_KEY/m);
  t.regex(written, /^<3>reload REJECTED/m);
  t.deepEqual(written.trimEnd().split('\n').filter((line) => !/^<[3467]>/.test(line)), []);
  t.regex(bed.home.log(), /^\d{4}-\d\d-\d\dT\S+Z ERROR +reload REJECTED/m);
});
