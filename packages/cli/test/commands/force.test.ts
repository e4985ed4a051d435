/** `force_on` and `force_off` on the mock network: words and exit statuses, and what becomes of a daemon. */
import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { force } from '../../dist/force/force.js';
import type { Stopping } from '../../dist/stop-daemon.js';
import { configFile, FORCIBLE } from '../support/config.js';
import { type Answers, controlServer, json } from '../support/control-server.js';
import { run, start, temporaryFolder } from '../support/fbypass-ctl.js';
import { fakeSystemctl, NO_SYSTEMD, SHOW, shown } from '../support/fake-systemctl.js';
import { MemoryTerminal } from '../support/memory-terminal.js';
import { NORMAL } from '../support/status-report.js';
import { UNPRIVILEGED } from '../support/unprivileged.js';

const MOCK = ['--driver', 'mock'] as const;

/** A daemon that ends when it is asked to, after `ms`. */
const stoppable = (ms: number): Answers => ({
  'GET /v1/status': json(NORMAL),
  'POST /v1/stop': (response, server) => {
    json({ stop: 'accepted' })(response);
    void setTimeout(ms).then(() => server.close());
  },
});

const stopping = (socket: string, terminal: MemoryTerminal, patience: number): Stopping => ({ socket, terminal, patience, systemd: NO_SYSTEMD });

test.serial('force_on without a daemon prints each operation, and exits 0', async (check) => {
  const folder = temporaryFolder(check);
  const { status, stdout, stderr } = await run(check, 'force_on', '--config', configFile(check, FORCIBLE), '--socket', `${folder}/control.sock`, ...MOCK);
  check.is(status, 0, stderr);
  check.deepEqual(stdout.split('\n').slice(0, 3), ['fastbypass_monitor is not running.', 'link-down e1: done', 'link-down e2: done']);
  check.regex(stdout, /the kernel is as bypass asks.*next start of fastbypass_monitor takes over again/is);
  check.false(existsSync(`${folder}/control.state.json`), 'what the mock shows is not remembered');
});

test.serial('force-off is force_off; it needs no daemon either', async (check) => {
  const { status, stdout, stderr } = await run(check, 'force-off', '--config', configFile(check, FORCIBLE), '--socket', `${temporaryFolder(check)}/c.sock`, ...MOCK);
  check.is(status, 0, stderr);
  check.regex(stdout, /^address-add eth0 192\.168\.1\.211\/32: done\naddress-add eth0 192\.168\.1\.212\/32: done$/m);
  check.notRegex(stdout, /192\.168\.1\.202/, 'the address of no listener is added');
  check.regex(stdout, /next start of fastbypass_monitor takes over again/);
});

test.serial('the driver that the file names is taken', async (check) => {
  const { status, stderr } = await run(check, 'force_off', '--config', configFile(check, `DRIVER=mock\n${FORCIBLE}`), '--socket', `${temporaryFolder(check)}/c.sock`);
  check.is(status, 0);
  check.regex(stderr, /the driver is mock/);
});

test.serial('a running daemon is stopped first', async (check) => {
  const { socket, asked } = await controlServer(check, stoppable(300));
  const { status, stdout, stderr } = await run(check, 'force_on', '--config', configFile(check, FORCIBLE), '--socket', socket, ...MOCK);
  check.is(status, 0, stderr);
  check.is(asked[0], 'POST /v1/stop');
  check.true(asked.length > 1);
  check.regex(stdout, /^fastbypass_monitor has stopped\.\nlink-down e1: done$/m);
});

for (const [what, text, message] of [
  ['an error of the whole', `${FORCIBLE}BYPASS_HOLD_TIME=soon\n`, /test\.env:12: error: .*BYPASS_HOLD_TIME/],
  ['nothing configured', 'LOG_LEVEL=info\n', /names no listener and no card/],
] as const) {
  for (const command of ['force_on', 'force_off', 'plan'] as const) {
    test.serial(`${command}: status 78 for ${what}, and the daemon is left running`, async (check) => {
      const { socket, asked } = await controlServer(check, stoppable(0));
      const mode = command === 'plan' ? ['--mode', 'bypass'] : [];
      const { status, stdout, stderr } = await run(check, command, ...mode, '--config', configFile(check, text), '--socket', socket, ...MOCK);
      check.is(status, 78);
      check.is(stdout, '');
      check.regex(stderr, message);
      check.deepEqual(asked, []);
    });
  }
}

test.serial('status 78 for a file that is not there, and the daemon is left running', async (check) => {
  const { socket, asked } = await controlServer(check, stoppable(0));
  check.is((await run(check, 'force_on', '--config', '/nowhere/at/all.env', '--socket', socket, ...MOCK)).status, 78);
  check.deepEqual(asked, []);
});

test.serial('a component with an error is left out and said so', async (check) => {
  const path = configFile(check, `${FORCIBLE}BYPASS_CARD_HOST[2]=192.168.1.300\nBYPASS_CARD_HOST[3]=192.168.1.213\nBYPASS_CARD_IFS[3]=a/b\n`);
  const { status, stdout, stderr } = await run(check, 'force_off', '--config', path, '--socket', `${temporaryFolder(check)}/c.sock`, ...MOCK);
  check.is(status, 0, stderr);
  check.regex(stderr, /test\.env:12: error: .*192\.168\.1\.300/);
  check.regex(stderr, /what has an error is left out/);
  check.regex(stderr, /neither taken away nor put there: 192\.168\.1\.213/);
  check.regex(stdout, /192\.168\.1\.211\/32: done/);
  check.notRegex(stdout, /192\.168\.1\.213/);
});

test('a daemon that still answers after the stop: nothing is changed, status 1', async (check) => {
  const { socket, asked } = await controlServer(check, { 'GET /v1/status': json(NORMAL), 'POST /v1/stop': json({ stop: 'accepted' }) });
  const terminal = new MemoryTerminal();
  const options = { config: configFile(check, FORCIBLE), driver: 'mock', socket, json: false } as const;
  check.is(await force('bypass', { options, terminal }, stopping(socket, terminal, 300), 1000), 1);
  check.regex(terminal.stderr, /still answers on .* after the stop\n.*the network was not changed/);
  check.is(terminal.stdout, '');
  check.is(asked[0], 'POST /v1/stop');
});

test('an answer that is none: nothing is changed, status 1', async (check) => {
  const { socket } = await controlServer(check, { 'POST /v1/stop': json({ stop: 'perhaps' }) });
  const terminal = new MemoryTerminal();
  const options = { config: configFile(check, FORCIBLE), driver: 'mock', socket, json: false } as const;
  check.is(await force('normal', { options, terminal }, stopping(socket, terminal, 300), 1000), 1);
  check.regex(terminal.stderr, /the network was not changed/);
  check.is(terminal.stdout, '');
});

test('a daemon that somebody starts meanwhile has taken over: status 1', async (check) => {
  let startAgain = (): Promise<unknown> => Promise.resolve();
  const { socket } = await controlServer(check, {
    'GET /v1/status': json(NORMAL),
    'POST /v1/stop': (response, server) => {
      server.close();
      response.socket?.destroy();
      startAgain = () => once(server.listen(socket), 'listening');
    },
  });
  class Starter extends MemoryTerminal {
    override async out(text: string | Uint8Array): Promise<void> {
      await super.out(text);
      if (this.stdout.endsWith('has stopped.\n')) await startAgain();
    }
  }
  const terminal = new Starter();
  const options = { config: configFile(check, FORCIBLE), driver: 'mock', socket, json: false } as const;
  check.is(await force('bypass', { options, terminal }, stopping(socket, terminal, 1000), 2000), 1);
  check.regex(terminal.stderr, /has been started meanwhile/);
});

test("the unit's daemon is stopped through systemd; refused, nothing is changed", async (check) => {
  const { socket, asked } = await controlServer(check, stoppable(0));
  const { manager, asked: systemctl } = fakeSystemctl(check, { show: shown('active', NORMAL.pid), stop: 'echo "Access denied" >&2; exit 4' });
  const terminal = new MemoryTerminal();
  const options = { config: configFile(check, FORCIBLE), driver: 'mock', socket, json: false } as const;
  check.is(await force('bypass', { options, terminal }, { socket, terminal, patience: 1000, systemd: manager }), 4);
  check.deepEqual(systemctl(), [SHOW, 'stop fastbypass_monitor.service']);
  check.deepEqual(asked, ['GET /v1/status']);
  check.regex(terminal.stderr, /not permitted to stop the service[^]*the network was not changed/);
  check.is(terminal.stdout, '');
});

test.serial('--json: one object, with the outcome of each operation', async (check) => {
  const common = ['--config', configFile(check, FORCIBLE), '--socket', `${temporaryFolder(check)}/c.sock`, '--json', ...MOCK] as const;
  const on = await run(check, 'force_on', ...common);
  check.is(on.status, 0, on.stderr);
  check.deepEqual(JSON.parse(on.stdout), {
    mode: 'bypass',
    agreed: true,
    operations: ['e1', 'e2'].map((name) => ({ op: 'link-down', interface: name, outcome: 'done', error: null })),
    unmet: [],
  });
  check.regex((await run(check, 'force_off', ...common)).stdout, /^\{"mode":"normal","agreed":true,"operations":\[\{"op":"address-add","interface":"eth0","address":"192\.168\.1\.211\/32","outcome":"done","error":null\}/);
});

const netAdmin = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'];
(UNPRIVILEGED === null ? test.serial.skip : test.serial)('status 4 for who may not change the network, and the daemon is left running', async (check) => {
  const { socket, asked } = await controlServer(check, stoppable(0));
  const command = process.getuid?.() === 0 ? netAdmin : [];
  const { status, stdout, stderr } = await start(check, ['force_on', '--config', configFile(check, FORCIBLE), '--socket', socket], command).end;
  check.is(status, 4, stderr);
  check.is(stdout, '');
  check.regex(stderr, /run this as root/);
  check.deepEqual(asked, []);
});

(UNPRIVILEGED === null ? test.serial.skip : test.serial)('status 4 for who may not use the socket', async (check) => {
  const { socket } = await controlServer(check, stoppable(0));
  chmodSync(socket, 0);
  const { status, stderr } = await start(check, ['force_on', '--config', configFile(check, FORCIBLE), '--socket', socket, ...MOCK], UNPRIVILEGED ?? []).end;
  check.is(status, 4, stderr);
  check.regex(stderr, /not permitted to use .*run this as root/);
});
