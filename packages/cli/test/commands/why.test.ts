/** `why` against a fake daemon, and against the real one. */
import test from 'ava';
import { DaemonHome, DaemonProcess, freePorts } from '@fastbypass/test-fixtures';
import { controlServer, json } from '../support/control-server.js';
import { run, temporaryFolder } from '../support/fbypass-ctl.js';
import { TROUBLED } from '../support/status-report.js';

test.serial('text and JSON, status 0', async (check) => {
  const { socket } = await controlServer(check, { 'GET /v1/status': json(TROUBLED) });
  const { status, stdout, stderr } = await run(check, 'why', '--socket', socket);
  check.is(status, 0, stderr);
  check.regex(stdout, /^MODE BYPASS[^]*\nNEXT\n {2}- normal when listener 1 is heard 2 more times in a row/);
  const { mode, since, settled, failed, threshold, why } = TROUBLED;
  check.deepEqual(JSON.parse((await run(check, 'why', '--json', '--socket', socket)).stdout), { mode, since, settled, failed, threshold, ...why });
});

test.serial('status 3 where no daemon is', async (check) => {
  const { status, stderr } = await run(check, 'why', '--socket', `${temporaryFolder(check)}/control.sock`);
  check.is(status, 3);
  check.regex(stderr, /is not running/);
});

test.serial('of a real daemon: what it foretells comes true', async (check) => {
  const home = new DaemonHome();
  check.teardown(() => {
    home.remove();
  });
  const [port = 0] = await freePorts(1);
  home.configure(`DRIVER=mock\nLISTEN_HEARTBEAT_IFS=lo\nLISTEN_HB_HOST[0]=127.0.0.1\nLISTEN_HB_PORT[0]=${String(port)}\nLISTEN_HEARTBEAT_TIMEOUT=600000\nBYPASS_CARD_HOST[0]=192.168.1.211\nBYPASS_CARD_IFS=eth0\n`);
  const daemon = await DaemonProcess.start(home);
  check.teardown(() => daemon.kill());
  const why = (): ReturnType<typeof run> => run(check, 'why', '--socket', home.socket);
  const before = await why();
  check.regex(before.stdout, /^MODE UNKNOWN/);
  check.regex(before.stdout, /- normal when listener 0 is heard once\n {2}- bypass when listener 0 stays silent for another 9 min 5\d s/);
  check.is((await run(check, 'heartbeat', `127.0.0.1:${String(port)}`, '--count', '1')).status, 0);
  while ((await daemon.status()).mode === 'unknown');
  const after = await why();
  check.regex(after.stdout, /^MODE NORMAL/);
  check.regex(after.stdout, /0 {2}active {2}failed after 9 min 5\d s more of silence \(1 window\)/);
});
