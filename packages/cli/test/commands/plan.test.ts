/** `plan` on the mock network. */
import test from 'ava';
import { configFile, FORCIBLE } from '../support/config.js';
import { controlServer, json } from '../support/control-server.js';
import { run, temporaryFolder } from '../support/fbypass-ctl.js';
import { NORMAL } from '../support/status-report.js';

test.serial('the operations as text and as JSON; a running daemon is not asked', async (check) => {
  const { socket, asked } = await controlServer(check, { 'GET /v1/status': json(NORMAL) });
  const common = ['--config', configFile(check, FORCIBLE), '--socket', socket, '--driver', 'mock'] as const;
  check.like(await run(check, 'plan', '--mode', 'bypass', ...common), { status: 0, stdout: 'link-down e1\nlink-down e2\n' });
  check.like(await run(check, 'plan', '--mode', 'normal', ...common), { status: 0, stdout: 'address-add eth0 192.168.1.211/32\naddress-add eth0 192.168.1.212/32\n' });
  const { status, stdout } = await run(check, 'plan', '--mode', 'normal', '--json', ...common);
  check.is(status, 0);
  check.deepEqual(JSON.parse(stdout), {
    plan: [
      { op: 'address-add', interface: 'eth0', address: '192.168.1.211/32' },
      { op: 'address-add', interface: 'eth0', address: '192.168.1.212/32' },
    ],
  });
  check.deepEqual(asked, []);
});

test.serial('an empty plan says so', async (check) => {
  const path = configFile(check, FORCIBLE.replaceAll(/^.*CUBRO.*\n/gm, ''));
  const common = ['plan', '--mode', 'bypass', '--config', path, '--socket', `${temporaryFolder(check)}/c.sock`, '--driver', 'mock'] as const;
  check.like(await run(check, ...common), { status: 0, stdout: 'For bypass there is nothing to do now.\n' });
  check.is((await run(check, ...common, '--json')).stdout, '{"plan":[]}\n');
});
