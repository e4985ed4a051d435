/** `status --watch`: the picture on a screen in memory, the blocks as a process writes them. */
import { stripVTControlCharacters } from 'node:util';
import type { StatusReport } from '@fastbypass/core';
import test, { type ExecutionContext } from 'ava';
import { chmodSync } from 'node:fs';
import { watch } from '../../dist/status/watch.js';
import type { Screen } from '../../dist/terminal.js';
import { type ControlServer, controlServer } from '../support/control-server.js';
import { type Running, start, temporaryFolder, until } from '../support/fbypass-ctl.js';
import { MemoryTerminal } from '../support/memory-terminal.js';
import { NORMAL, TROUBLED } from '../support/status-report.js';
import { UNPRIVILEGED } from '../support/unprivileged.js';

class ScreenTerminal extends MemoryTerminal {
  rows = 24;
  resize: () => void = () => undefined;
  override readonly screen: Screen = { rows: () => this.rows, onResize: (draw) => (this.resize = draw) };

  /** The last picture, without what steers the terminal. */
  get picture(): readonly string[] {
    return stripVTControlCharacters(this.stdout.slice(this.stdout.lastIndexOf('\u001b[H'))).split('\r\n');
  }

  get pictures(): number {
    return this.stdout.split('\u001b[H').length - 1;
  }
}

interface Fake extends ControlServer {
  report: StatusReport | null;
}

/** A daemon whose answer the test changes; null: it breaks the connection. */
async function fakeDaemon(check: ExecutionContext): Promise<Fake> {
  const fake: { report: StatusReport | null } = { report: NORMAL };
  const server = await controlServer(check, {
    'GET /v1/status': (response) => {
      if (fake.report === null) response.socket?.destroy();
      else response.end(JSON.stringify(fake.report));
    },
  });
  return Object.assign(fake, server);
}

test.serial('a picture that is drawn in place, follows what changes, and leaves the terminal as it was', async (check) => {
  const daemon = await fakeDaemon(check);
  const terminal = new ScreenTerminal();
  const watching = watch({ options: { socket: daemon.socket, json: false }, terminal });
  await until('the first picture', () => terminal.pictures > 0);
  check.true(terminal.stdout.startsWith('\u001b[?1049h\u001b[?25l\u001b[?7l'));
  check.regex(terminal.picture[0] ?? '', /^\d\d:\d\d:\d\d {2}fbypass_ctl status --watch, each second; Ctrl-C ends it$/);
  check.regex(terminal.picture[1] ?? '', /^MODE NORMAL {2}for /);

  daemon.report = TROUBLED;
  await until('bypass', () => terminal.picture[1]?.startsWith('MODE BYPASS') === true);
  check.is(terminal.picture.length, 24, 'no more lines than the screen has');
  check.regex(terminal.picture[23] ?? '', /^\.\.\. \d+ more lines: "fbypass_ctl status" shows all$/);
  terminal.rows = 100;
  terminal.resize();
  check.regex(terminal.picture.join('\n'), /\nloaded 2026/);

  daemon.report = null;
  await until('the trouble is told', () => /broke/.test(terminal.picture[1] ?? ''));
  check.regex(terminal.picture.join('\n'), /Seen last .* ago, at .*: mode BYPASS\./);
  daemon.report = NORMAL;
  await until('it is back', () => terminal.picture[1]?.startsWith('MODE NORMAL') === true);

  check.false(terminal.stdout.includes('\u001b[2J'), 'clearing the screen flickers');
  terminal.end();
  check.is(await watching, 0);
  check.true(terminal.stdout.endsWith('\u001b[?7h\u001b[?25h\u001b[?1049l'));
});

test.serial('Ctrl-C ends it while a hanging daemon is asked', async (check) => {
  const { socket, asked } = await controlServer(check, { 'GET /v1/status': () => undefined });
  const terminal = new ScreenTerminal();
  const watching = watch({ options: { socket, json: false }, terminal });
  await until('it asks', () => asked.length > 0);
  terminal.end();
  check.is(await watching, 0);
});

const watching = (check: ExecutionContext, ...words: readonly string[]): Running => start(check, ['status', '--watch', ...words]);

test.serial('no terminal: plain blocks, one at each change, through a restart; Ctrl-C: status 0', async (check) => {
  const daemon = await fakeDaemon(check);
  const running = watching(check, '--socket', daemon.socket);
  const blocks = (): readonly string[] => running.stdout().split(/^==== .*\n/m).slice(1);
  await until('the first block', () => blocks().length === 1 && running.stdout().endsWith('\n\n'));
  const { asked } = daemon;
  const looks = asked.length;
  daemon.report = { ...NORMAL, uptimeMs: 5, listeners: NORMAL.listeners.map((it) => ({ ...it, heartbeats: 99, lastHeartbeatMsAgo: 1 })) };
  await until('two more looks', () => asked.length >= looks + 2);
  check.is(blocks().length, 1, 'ages and counters are no change');
  daemon.report = null;
  await until('the trouble', () => blocks().length === 2);
  daemon.report = TROUBLED;
  await until('the other mode', () => blocks().length === 3 && running.stdout().endsWith('\n\n'));
  running.child.kill('SIGINT');
  const { status, stderr } = await running.end;
  check.is(status, 0);
  check.is(stderr, '');
  check.notRegex(running.stdout(), /\p{Cc}(?<!\n)/u);
  check.regex(blocks()[0] ?? '', /^MODE NORMAL/);
  check.regex(blocks()[1] ?? '', /^the connection to .* broke/);
  check.regex(blocks()[2] ?? '', /^MODE BYPASS/);
});

test.serial('--json: the object of the daemon, a line at each change; a daemon that is not there is waited for', async (check) => {
  const daemon = await fakeDaemon(check);
  daemon.report = null;
  const running = watching(check, '--json', '--socket', daemon.socket);
  await until('the trouble is told', () => running.stderr().includes('broke'));
  daemon.report = NORMAL;
  await until('a line', () => running.stdout().endsWith('\n'));
  check.deepEqual(JSON.parse(running.stdout()), NORMAL);
  running.child.kill('SIGTERM');
  check.is((await running.end).status, 0);
});

test.serial('a daemon that is not there yet is waited for', async (check) => {
  const running = watching(check, '--socket', `${temporaryFolder(check)}/control.sock`);
  await until('it is said', () => running.stdout().includes('fastbypass_monitor is not running: nobody answers on'));
  running.child.kill('SIGINT');
  check.is((await running.end).status, 0);
});

(UNPRIVILEGED === null ? test.skip : test.serial)('status 4 where the socket may not be used', async (check) => {
  const { socket } = await fakeDaemon(check);
  chmodSync(socket, 0o000);
  const { status, stderr } = await start(check, ['status', '--watch', '--socket', socket], UNPRIVILEGED ?? []).end;
  check.is(status, 4);
  check.regex(stderr, /not permitted/);
});
