/** `status` against a fake daemon. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { type ControlServer, controlServer, json } from '../support/control-server.js';
import { run, start, temporaryFolder } from '../support/fbypass-ctl.js';
import { NORMAL, TROUBLED } from '../support/status-report.js';
import { UNPRIVILEGED } from '../support/unprivileged.js';

test.serial('a table for a person, status 0 whatever the mode', async (check) => {
  for (const report of [NORMAL, TROUBLED]) {
    const { socket } = await controlServer(check, { 'GET /v1/status': json(report) });
    const { status, stdout, stderr } = await run(check, 'status', '--socket', socket);
    check.is(status, 0);
    check.is(stderr, '');
    check.true(stdout.startsWith(`MODE ${report.mode.toUpperCase()} `));
    check.true(stdout.endsWith('\n'));
    check.notRegex(stdout, /\p{Cc}(?<!\n)/u, 'no colours off a terminal');
  }
});

test.serial('--json prints the object of the daemon, with what this version does not know', async (check) => {
  const report = { ...TROUBLED, novelty: { depth: [1] } };
  const { socket } = await controlServer(check, { 'GET /v1/status': json(report) });
  const { status, stdout } = await run(check, '--json', '--socket', socket, 'status');
  check.is(status, 0);
  check.deepEqual(JSON.parse(stdout), report);
});

test.serial('status 3 where no daemon is', async (check) => {
  const folder = temporaryFolder(check);
  const stale = join(folder, 'stale.sock');
  writeFileSync(stale, '');
  for (const socket of [join(folder, 'control.sock'), stale, join(folder, 'no', 'folder.sock')]) {
    const { status, stdout, stderr } = await run(check, 'status', '--socket', socket);
    check.is(status, 3);
    check.is(stdout, '');
    check.is(stderr, `fbypass_ctl: fastbypass_monitor is not running: nobody answers on ${socket}\n`);
  }
});

(UNPRIVILEGED === null ? test.skip : test.serial)('status 4 where the socket may not be used, and what to do', async (check) => {
  const { socket } = await controlServer(check, { 'GET /v1/status': json(NORMAL) });
  chmodSync(socket, 0o000);
  for (const command of ['status', 'reload', 'stop']) {
    const { status, stdout, stderr } = await start(check, [command, '--socket', socket], UNPRIVILEGED ?? []).end;
    check.is(status, 4, stderr);
    check.is(stdout, '');
    check.regex(stderr, /run this as root/);
  }
});

const strange: readonly (readonly [string, (check: Parameters<typeof controlServer>[0]) => Promise<ControlServer>, RegExp])[] = [
  ['another status', (check) => controlServer(check, { 'GET /v1/status': json({ error: 'oops' }, 500) }), /HTTP status 500/],
  ['no JSON', (check) => controlServer(check, { 'GET /v1/status': (response) => void response.end('<html>') }), /not the JSON that was expected/],
  ['a field of another kind', (check) => controlServer(check, { 'GET /v1/status': json({ ...NORMAL, mode: 'panic' }) }), /"mode" is missing or not as expected/],
  ['a field missing, deep down', (check) => controlServer(check, { 'GET /v1/status': json({ ...NORMAL, cards: [{ index: 0 }] }) }), /"cards\.0\.address" is missing/],
  ['a wrong choice, deep down', (check) => controlServer(check, { 'GET /v1/status': json({ ...NORMAL, cards: [{ ...NORMAL.cards[0], observed: '?' }] }) }), /"cards\.0\.observed" is missing/],
  ['a broken connection', (check) => controlServer(check, { 'GET /v1/status': (response) => void response.socket?.destroy() }), /broke/],
  ['half an answer', (check) => controlServer(check, { 'GET /v1/status': (response) => void response.writeHead(200, { 'content-length': 99 }).write('{', () => response.socket?.destroy()) }), /broke/],
];
for (const [what, serve, message] of strange) {
  test.serial(`status 1 and a clear error for what is not understood: ${what}`, async (check) => {
    const { socket } = await serve(check);
    const { status, stdout, stderr } = await run(check, 'status', '--socket', socket);
    check.is(status, 1);
    check.is(stdout, '');
    check.regex(stderr, message);
    check.is(stderr.trim().split('\n').length, 1, stderr);
  });
}
