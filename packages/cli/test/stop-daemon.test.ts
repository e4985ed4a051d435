/** Who is asked to end the daemon: systemd where the unit runs it, the control socket otherwise. */
import { DEFAULT_SOCKET } from '@fastbypass/core';
import test from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { type Stopping, stopDaemon } from '../dist/stop-daemon.js';
import type { Systemd } from '../dist/systemd/systemctl.js';
import { type Answers, controlServer, json } from './support/control-server.js';
import { NO_SYSTEMD, SHOW, fakeSystemctl, shown } from './support/fake-systemctl.js';
import { temporaryFolder } from './support/fbypass-ctl.js';
import { MemoryTerminal } from './support/memory-terminal.js';
import { NORMAL } from './support/status-report.js';

const STOP = 'stop fastbypass_monitor.service';
const { pid } = NORMAL;

/** Ends when it is asked to through the socket. */
const obliging: Answers = {
  'GET /v1/status': json(NORMAL),
  'POST /v1/stop': (response, server) => {
    json({ stop: 'accepted' })(response);
    server.close();
  },
};

const stopping = (socket: string, systemd: Systemd): Stopping & { readonly terminal: MemoryTerminal } => ({ socket, systemd, terminal: new MemoryTerminal(), patience: 500 });

test('no systemd: the control socket', async (check) => {
  const { socket, asked } = await controlServer(check, obliging);
  check.deepEqual(await stopDaemon(stopping(socket, NO_SYSTEMD)), E.right('gone'));
  check.is(asked[0], 'POST /v1/stop');
});

test("the unit's daemon: systemctl, for systemd would start it again", async (check) => {
  const { socket, asked } = await controlServer(check, obliging);
  const { manager, asked: systemctl } = fakeSystemctl(check, {
    show: shown('active', pid),
    // What systemd's SIGTERM would do.
    stop: `'${process.execPath}' -e "require('http').request({ socketPath: '${socket}', method: 'POST', path: '/v1/stop' }).end()"`,
  });
  check.deepEqual(await stopDaemon(stopping(socket, manager)), E.right('gone'));
  check.deepEqual(systemctl(), [SHOW, STOP]);
  check.is(asked[0], 'GET /v1/status');
});

test('a daemon that the unit does not run is asked through its socket, and the unit is left alone', async (check) => {
  for (const state of [shown('active', pid + 1), shown('activating'), shown('inactive'), shown('failed', 0, 1)]) {
    const { socket } = await controlServer(check, obliging);
    const { manager, asked } = fakeSystemctl(check, { show: state });
    check.deepEqual(await stopDaemon(stopping(socket, manager)), E.right('gone'));
    check.deepEqual(asked(), [SHOW]);
  }
});

test('a unit that waits to start again on the default socket is stopped too, daemon or not', async (check) => {
  const { manager, asked } = fakeSystemctl(check, { show: shown('activating') });
  check.deepEqual(await stopDaemon(stopping(DEFAULT_SOCKET, manager)), E.right('gone'));
  check.deepEqual(asked(), [SHOW, STOP]);
});

test('nobody runs', async (check) => {
  const { manager } = fakeSystemctl(check, { show: shown('inactive') });
  for (const systemd of [NO_SYSTEMD, manager]) check.deepEqual(await stopDaemon(stopping(`${temporaryFolder(check)}/c.sock`, systemd)), E.right('was-not'));
});

test('systemd refuses: status 4, and nobody is asked to end', async (check) => {
  const { socket, asked } = await controlServer(check, obliging);
  const { manager } = fakeSystemctl(check, { show: shown('active', pid), stop: 'echo "Access denied" >&2; exit 4' });
  const how = stopping(socket, manager);
  check.deepEqual(await stopDaemon(how), E.left(4));
  check.regex(how.terminal.stderr, /not permitted to stop the service: run this as root/);
  check.deepEqual(asked, ['GET /v1/status']);
});

test('systemd cannot be asked: that is said, and the socket is', async (check) => {
  const { socket } = await controlServer(check, obliging);
  const { manager } = fakeSystemctl(check, { show: 'echo "Failed to connect to bus" >&2; exit 1' });
  const how = stopping(socket, manager);
  check.deepEqual(await stopDaemon(how), E.right('gone'));
  check.regex(how.terminal.stderr, /systemd cannot be asked, so the control socket is: Failed to connect to bus/);
});

test('a daemon that hangs: the wait is told, then what to do; status 1', async (check) => {
  const { socket } = await controlServer(check, { 'POST /v1/stop': () => undefined });
  const how = stopping(socket, NO_SYSTEMD);
  const begin = performance.now();
  check.deepEqual(await stopDaemon(how), E.left(1));
  check.true(performance.now() - begin < 20_000);
  check.regex(how.terminal.stderr, /^fbypass_ctl: waiting for an answer of fastbypass_monitor, 2 s of at most 10 s\n/);
  check.regex(how.terminal.stderr, /did not answer .* within 10 s: it hangs[^]*ss -xlp src .* kill -KILL/);
});

test('a daemon that says yes and goes on answering: status 1', async (check) => {
  const { socket } = await controlServer(check, { 'GET /v1/status': json(NORMAL), 'POST /v1/stop': json({ stop: 'accepted' }) });
  const how = stopping(socket, NO_SYSTEMD);
  check.deepEqual(await stopDaemon(how), E.left(1));
  check.regex(how.terminal.stderr, /still answers on .* 0\.5 s after the stop/);
});
