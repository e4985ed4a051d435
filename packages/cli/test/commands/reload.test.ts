/** `reload` against a fake daemon. */
import type { ReloadReport } from '@fastbypass/core';
import test from 'ava';
import { controlServer, json } from '../support/control-server.js';
import { run, temporaryFolder } from '../support/fbypass-ctl.js';
import { NORMAL } from '../support/status-report.js';

const ACCEPTED: ReloadReport = { reload: 'accepted', diagnostics: [{ severity: 'warning', line: 3, key: 'LISTEN_X', message: 'LISTEN_X is unknown' }] };
const REJECTED: ReloadReport = {
  reload: 'rejected',
  diagnostics: [
    { severity: 'error', line: 7, key: 'LISTEN_HB_PORT[1]', message: 'LISTEN_HB_PORT[1] is "0"' },
    { severity: 'error', line: null, key: null, message: 'there is no valid card' },
  ],
};

test.serial('an accepted reload: status 0, with the warnings', async (check) => {
  const { socket, asked } = await controlServer(check, { 'POST /v1/reload': json(ACCEPTED), 'GET /v1/status': json(NORMAL) });
  const { status, stdout, stderr } = await run(check, 'reload', '--socket', socket);
  check.is(status, 0);
  check.is(stderr, '');
  check.is(stdout, `${NORMAL.config.path}:3: warning: LISTEN_X is unknown\nreloaded: the new configuration runs\n`);
  check.is(asked[0], 'POST /v1/reload');
});

test.serial('a rejected reload: status 78, with the errors', async (check) => {
  const { socket } = await controlServer(check, { 'POST /v1/reload': json(REJECTED, 422), 'GET /v1/status': json(NORMAL) });
  const { status, stdout, stderr } = await run(check, 'reload', '--socket', socket);
  check.is(status, 78);
  check.is(stdout, '');
  check.is(
    stderr,
    `${NORMAL.config.path}:7: error: LISTEN_HB_PORT[1] is "0"\n${NORMAL.config.path}: error: there is no valid card\nfbypass_ctl: the reload is rejected: the old configuration runs on untouched\n`,
  );
});

test.serial('the diagnostics are told even where the status is not', async (check) => {
  const { socket } = await controlServer(check, { 'POST /v1/reload': json(REJECTED, 422) });
  const { status, stderr } = await run(check, 'reload', '--socket', socket);
  check.is(status, 78);
  check.regex(stderr, /^configuration:7: error: LISTEN_HB_PORT\[1\]/);
});

test.serial('--json prints the answer of the daemon, whatever it is', async (check) => {
  for (const [report, http, expected] of [[ACCEPTED, 200, 0], [REJECTED, 422, 78]] as const) {
    const { socket } = await controlServer(check, { 'POST /v1/reload': json(report, http) });
    const { status, stdout } = await run(check, 'reload', '--json', '--socket', socket);
    check.is(status, expected);
    check.deepEqual(JSON.parse(stdout), report);
  }
});

test.serial('status 3 where no daemon is', async (check) => {
  const { status, stderr } = await run(check, 'reload', '--socket', `${temporaryFolder(check)}/control.sock`);
  check.is(status, 3);
  check.regex(stderr, /is not running/);
});
