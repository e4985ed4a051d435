/** The commands that act through systemd, as processes, where systemd seems to have booted the machine: `/run` is one of the test's own. */
import { spawnSync } from 'node:child_process';
import test, { type ExecutionContext } from 'ava';
import { controlServer, json } from '../support/control-server.js';
import { type FakeSystemctl, SHOW, fakeSystemctl, shown } from '../support/fake-systemctl.js';
import { type Outcome, start } from '../support/fbypass-ctl.js';
import { NORMAL } from '../support/status-report.js';

const BOOT = 'mount -t tmpfs none /run && mkdir -p /run/systemd/system && PATH="$0:$PATH" exec "$@"';
const booted = (folder: string): readonly string[] => ['unshare', '--mount', 'sh', '-c', BOOT, folder];
const [unshare = '', ...words] = booted('/');
const serial = spawnSync(unshare, [...words, 'true']).status === 0 ? test.serial : test.serial.skip;

const run = (check: ExecutionContext, { folder }: FakeSystemctl, ...args: readonly string[]): Promise<Outcome> => start(check, args, booted(folder)).end;

serial('start, restart, enable, disable ask the systemctl of the PATH', async (check) => {
  const { socket } = await controlServer(check, { 'GET /v1/status': json(NORMAL) });
  const systemctl = fakeSystemctl(check, { show: shown('active', NORMAL.pid) });
  const verbs = ['start', 'restart', 'enable', 'disable'];
  for (const verb of verbs) {
    const { status, stdout, stderr } = await run(check, systemctl, verb, '--socket', socket);
    check.is(status, 0, stderr);
    check.regex(stdout, /^fastbypass_monitor /);
  }
  check.deepEqual(systemctl.asked(), verbs.flatMap((verb) => [SHOW, `${verb} fastbypass_monitor.service`]));
});

serial("stop is systemd's where the unit runs the daemon; reload never is", async (check) => {
  const { socket, asked } = await controlServer(check, { 'GET /v1/status': json(NORMAL), 'POST /v1/reload': json({ reload: 'accepted', diagnostics: [] }) });
  const systemctl = fakeSystemctl(check, { show: shown('active', NORMAL.pid), stop: 'echo "Access denied" >&2; exit 4' });
  const reload = await run(check, systemctl, 'reload', '--socket', socket);
  check.is(reload.status, 0, reload.stderr);
  check.deepEqual(systemctl.asked(), []);
  check.deepEqual(asked, ['POST /v1/reload', 'GET /v1/status']);
  const stop = await run(check, systemctl, 'stop', '--socket', socket);
  check.is(stop.status, 4);
  check.regex(stop.stderr, /Access denied\n.*not permitted to stop the service: run this as root/);
  check.deepEqual(systemctl.asked(), [SHOW, 'stop fastbypass_monitor.service']);
});
