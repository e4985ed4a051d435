import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run, start, temporaryFolder } from '../support/fbypass-ctl.js';
import { UNPRIVILEGED } from '../support/unprivileged.js';

const GOOD = `LISTEN_HEARTBEAT_IFS=eth0
BYPASS_CARD_IFS=eth0
LISTEN_HEARTBEAT_FAILED=2
LISTEN_HEARTBEAT_ATTEMPTS=3
LISTEN_HB_HOST[0]=192.168.1.202
LISTEN_HB_PORT[0]=3000
LISTEN_HEARTBEAT_TIMEOUT[0]=300
LISTEN_HB_HOST[1]=2001:db8::1
LISTEN_HB_PORT[1]=3100
LISTEN_HB_HOST[2]=192.168.1.202
LISTEN_HB_PORT[2]=3200
LISTEN_HEARTBEAT_TIMEOUT[2]=200
BYPASS_CARD_HOST[0]=192.168.1.211
`;

function file(check: ExecutionContext, text: string): string {
  const path = join(temporaryFolder(check), 'test.env');
  writeFileSync(path, text);
  return path;
}

test.serial('a good file: status 0, the worst-case time to bypass of each listener, and what the threshold means for it', async (check) => {
  const path = file(check, GOOD);
  const { status, stdout, stderr } = await run(check, 'check', path);
  check.is(status, 0);
  check.is(stderr, '');
  check.is(
    stdout,
    `
WORST-CASE TIME TO BYPASS, from the last heartbeat of a DPI
  #  LISTENER            ATTEMPTS x TIMEOUT  TIME
  0  192.168.1.202:3000  3 x 300 ms          900 ms
  1  [2001:db8::1]:3100  3 x 3000 ms         9000 ms
  2  192.168.1.202:3200  3 x 200 ms          600 ms
  Bypass needs 2 failed listeners (LISTEN_HEARTBEAT_FAILED): where all fall
  silent at once, it comes after 900 ms.

${path}: 0 errors, 0 warnings
`.slice(1),
  );
});

test.serial('the file is that of --config where none is named', async (check) => {
  check.is((await run(check, '--config', file(check, GOOD), 'check')).status, 0);
});

test.serial('warnings alone: status 0', async (check) => {
  const path = file(check, `${GOOD}LISTEN_HB_HSOT[3]=10.0.0.1\n`);
  const { status, stdout } = await run(check, 'check', path);
  check.is(status, 0);
  check.true(stdout.startsWith(`${path}:14: warning: `));
  check.true(stdout.endsWith(`${path}: 0 errors, 1 warning\n`));
});

test.serial('a component with an error: status 78, the rest is judged', async (check) => {
  const path = file(check, `${GOOD}LISTEN_HB_HOST[3]=10.0.0.300\nLISTEN_HB_PORT[3]=3300\n`);
  const { status, stdout } = await run(check, 'check', path);
  check.is(status, 78);
  check.regex(stdout, /test\.env:14: error: .*10\.0\.0\.300/);
  check.regex(stdout, /900 ms/);
});

const bad: readonly (readonly [string, string | null, RegExp])[] = [
  ['an error of the whole', `${GOOD}BYPASS_HOLD_TIME=soon\n`, /test\.env:14: error: .*BYPASS_HOLD_TIME/],
  ['nothing configured yet', '# later\n', /not configured yet/],
  ['no such file', null, /none\.env: error: .*no such file/],
];
for (const [what, text, message] of bad) {
  test.serial(`status 78: ${what}`, async (check) => {
    const path = text === null ? join(temporaryFolder(check), 'none.env') : file(check, text);
    const { status, stdout } = await run(check, 'check', path);
    check.is(status, 78);
    check.regex(stdout, message);
    check.notRegex(stdout, /WORST-CASE/);
  });
}

(UNPRIVILEGED === null ? test.skip : test.serial)('a file that may not be read is an error of the whole for check; what would act on it is not permitted', async (check) => {
  const path = file(check, GOOD);
  chmodSync(path, 0o000);
  const { status, stdout } = await start(check, ['check', path], UNPRIVILEGED ?? []).end;
  check.is(status, 78);
  check.regex(stdout, /permission denied; run this as root/);
  for (const words of [['force_on'], ['force_off'], ['plan', '--mode', 'bypass']]) {
    const { status: refused, stderr } = await start(check, [...words, '--config', path], UNPRIVILEGED ?? []).end;
    check.is(refused, 4, stderr);
    check.regex(stderr, /permission denied; run this as root/);
  }
});

test.serial('--json', async (check) => {
  const path = file(check, `${GOOD}LISTEN_HB_HOST[3]=10.0.0.300\nLISTEN_HB_PORT[3]=3300\n`);
  const { status, stdout } = await run(check, 'check', path, '--json');
  check.is(status, 78);
  const report = JSON.parse(stdout) as Record<string, unknown>;
  check.like(report, { file: path, outcome: 'configured', errors: 1, warnings: 0, threshold: 2 });
  check.like(report, { diagnostics: [{ severity: 'error', line: 14, key: 'LISTEN_HB_HOST[3]', found: '10.0.0.300' }] });
  check.deepEqual((report['listeners'] as readonly unknown[])[2], { index: 2, host: '192.168.1.202', port: 3200, attempts: 3, timeoutMs: 200, worstCaseMs: 600 });
});

test.serial('--json of what cannot run', async (check) => {
  const { status, stdout } = await run(check, 'check', '--json', file(check, ''));
  check.is(status, 78);
  check.like(JSON.parse(stdout), { outcome: 'not-configured', threshold: null, listeners: [], errors: 1 });
});
