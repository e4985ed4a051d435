/** `start`, `restart`, `enable`, `disable` with a systemctl of the test's own. */
import test from 'ava';
import { onBoot } from '../../dist/systemd/boot.js';
import { startUnit } from '../../dist/systemd/start.js';
import { systemd } from '../../dist/systemd/systemctl.js';
import { controlServer, json } from '../support/control-server.js';
import { NO_SYSTEMD, SHOW, fakeSystemctl, shown } from '../support/fake-systemctl.js';
import { temporaryFolder } from '../support/fbypass-ctl.js';
import { MemoryTerminal } from '../support/memory-terminal.js';
import { NORMAL } from '../support/status-report.js';

const UNIT = 'fastbypass_monitor.service';
const denied = 'echo "Failed to start fastbypass_monitor.service: Interactive authentication required." >&2; exit 1';

for (const verb of ['start', 'restart'] as const) {
  test(`${verb} goes through systemctl, and says why the mode is what it is`, async (check) => {
    const { socket } = await controlServer(check, { 'GET /v1/status': json(NORMAL) });
    const { manager, asked } = fakeSystemctl(check, { show: shown('active', NORMAL.pid) });
    const terminal = new MemoryTerminal();
    check.is(await startUnit(verb, { options: { socket, json: false }, terminal }, manager), 0);
    check.deepEqual(asked(), [SHOW, `${verb} ${UNIT}`]);
    check.regex(terminal.stdout, /^fastbypass_monitor (runs|has been restarted)\. 0 of 2 listeners have failed/);
    check.is(terminal.stderr, '');
    const again = new MemoryTerminal();
    await startUnit(verb, { options: { socket, json: true }, terminal: again }, manager);
    check.deepEqual(JSON.parse(again.stdout), { [verb]: 'done' });
  });

  test(`${verb}: not permitted is status 4 with what to do, whatever way systemctl says it`, async (check) => {
    for (const script of [denied, 'echo "Access denied" >&2; exit 4', 'exit 4']) {
      const { manager } = fakeSystemctl(check, { show: shown('inactive'), [verb]: script });
      const terminal = new MemoryTerminal();
      check.is(await startUnit(verb, { options: { socket: `${temporaryFolder(check)}/c.sock`, json: false }, terminal }, manager), 4);
      check.regex(terminal.stderr, new RegExp(`not permitted to ${verb} the service: run this as root \\(sudo\\)`));
      check.is(terminal.stdout, '');
    }
  });

  test(`${verb}: a daemon that systemd has not started is told, and nothing is done`, async (check) => {
    const { socket } = await controlServer(check, { 'GET /v1/status': json(NORMAL) });
    const { manager, asked } = fakeSystemctl(check, { show: shown('inactive') });
    const terminal = new MemoryTerminal();
    check.is(await startUnit(verb, { options: { socket, json: false }, terminal }, manager), 1);
    check.regex(terminal.stderr, /systemd has not started \(process 4242\) answers on .*"fbypass_ctl stop"/);
    check.deepEqual(asked(), [SHOW]);
  });

  test(`${verb}: a failure is status 1 with where to look, a bad configuration 78`, async (check) => {
    const options = { socket: `${temporaryFolder(check)}/c.sock`, json: false };
    for (const [exitStatus, expected, words] of [[1, 1, /Job failed\n.*journalctl -u fastbypass_monitor/], [78, 78, /"fbypass_ctl check" names it/]] as const) {
      const { manager } = fakeSystemctl(check, { show: shown('activating', 0, exitStatus), [verb]: 'echo "Job failed" >&2; exit 1' });
      const terminal = new MemoryTerminal();
      check.is(await startUnit(verb, { options, terminal }, manager), expected);
      check.regex(terminal.stderr, words);
      check.is(terminal.stdout, '');
    }
  });
}

for (const verb of ['enable', 'disable'] as const) {
  test(`${verb} goes through systemctl`, async (check) => {
    const { manager, asked } = fakeSystemctl(check, { show: shown('inactive'), [verb]: 'echo "Created symlink" >&2' });
    const terminal = new MemoryTerminal();
    check.is(await onBoot(verb, { options: { json: false }, terminal }, manager), 0);
    check.deepEqual(asked(), [SHOW, `${verb} ${UNIT}`]);
    check.regex(terminal.stdout, /on (every )?boot/);
    check.is(terminal.stderr, '');
  });

  test(`${verb}: refused is 4, failed is 1`, async (check) => {
    for (const [script, expected] of [[denied, 4], ['exit 1', 1]] as const) {
      const { manager } = fakeSystemctl(check, { show: shown('active'), [verb]: script });
      const terminal = new MemoryTerminal();
      check.is(await onBoot(verb, { options: { json: false }, terminal }, manager), expected);
      check.regex(terminal.stderr, expected === 4 ? /run this as root/ : new RegExp(`systemctl ${verb} ended with status 1`));
    }
  });
}

test('without systemd, without systemctl, without the unit: status 1 with what to do instead', async (check) => {
  const unknown = fakeSystemctl(check, { show: `printf 'LoadState=not-found\\nActiveState=inactive\\n'` });
  const ways = [
    [NO_SYSTEMD, /systemd does not run this machine/],
    [systemd('/nowhere/systemctl', unknown.folder), /there is no systemctl/],
    [unknown.manager, /systemd knows no fastbypass_monitor\.service/],
  ] as const;
  for (const [manager, words] of ways) {
    const told = [];
    for (const verb of ['start', 'restart'] as const) {
      const terminal = new MemoryTerminal();
      check.is(await startUnit(verb, { options: { socket: '/nowhere/c.sock', json: false }, terminal }, manager), 1);
      told.push(terminal.stderr);
    }
    for (const verb of ['enable', 'disable'] as const) {
      const terminal = new MemoryTerminal();
      check.is(await onBoot(verb, { options: { json: false }, terminal }, manager), 1);
      told.push(terminal.stderr);
    }
    for (const line of told) check.regex(line, words);
    check.regex(told.join(''), /run it in the foreground: fastbypass_monitor --config FILE\n[^]*have what supervises programs here/);
  }
});

test('a systemctl that makes no sense, or cannot be run, is status 1', async (check) => {
  const { manager } = fakeSystemctl(check, { show: 'echo ?' });
  const terminal = new MemoryTerminal();
  check.is(await onBoot('enable', { options: { json: false }, terminal }, manager), 1);
  check.regex(terminal.stderr, /does not tell its ActiveState/);
  const folder = temporaryFolder(check);
  const other = new MemoryTerminal();
  check.is(await onBoot('enable', { options: { json: false }, terminal: other }, systemd(folder, folder)), 1);
  check.regex(other.stderr, /permission denied/);
});
