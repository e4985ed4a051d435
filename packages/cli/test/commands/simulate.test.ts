/** `simulate` as a command: its streams and exit statuses. What it simulates is tested with the golden traces. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run, start, temporaryFolder, until } from '../support/fbypass-ctl.js';

const CONFIG = `LISTEN_HB_HOST[0]=10.0.0.1
LISTEN_HB_PORT[0]=3000
LISTEN_HEARTBEAT_IFS=eth0
LISTEN_HEARTBEAT_TIMEOUT=100
LISTEN_HEARTBEAT_ATTEMPTS=2
BYPASS_CARD_HOST[0]=10.0.0.9
BYPASS_CARD_IFS=eth0
`;
const TRACE = '{"at":10,"heartbeat":0}\n{"at":300,"end":true}\n';

/** The arguments of `simulate` for these texts; null: there is no such file. */
function files(check: ExecutionContext, config: string | null, trace: string | null): readonly string[] {
  const folder = temporaryFolder(check);
  const paths = [join(folder, 'config.env'), join(folder, 'trace.ndjson')] as const;
  if (config !== null) writeFileSync(paths[0], config);
  if (trace !== null) writeFileSync(paths[1], trace);
  return ['simulate', '--config', paths[0], '--trace', paths[1]];
}

test.serial('NDJSON and nothing else on standard output', async (check) => {
  const { status, stdout, stderr } = await run(check, ...files(check, CONFIG, TRACE));
  check.is(status, 0);
  check.is(stderr, '');
  check.is(
    stdout,
    `{"at":0,"plan":[{"op":"address-add","interface":"eth0","address":"10.0.0.1/32"}]}
{"at":10,"listener":0,"status":"active"}
{"at":10,"mode":"normal","failed":0}
{"at":10,"plan":[{"op":"address-add","interface":"eth0","address":"10.0.0.9/32"}]}
{"at":210,"listener":0,"status":"failed"}
{"at":210,"mode":"bypass","failed":1}
{"at":210,"plan":[{"op":"address-del","interface":"eth0","address":"10.0.0.9/32"}]}
{"at":300,"final":{"mode":"bypass","settled":true,"listeners":["failed"],"world":{"interfaces":[{"name":"eth0","up":true,"addresses":["10.0.0.1/32"]}]}}}
`,
  );
});

test.serial('what is left out of the configuration is said on standard error', async (check) => {
  const { status, stdout, stderr } = await run(check, ...files(check, `${CONFIG}BYPASS_CARD_HOST[1]=10.0.0.256\n`, TRACE));
  check.is(status, 0);
  check.regex(stderr, /config\.env:8: error: .*10\.0\.0\.256/);
  for (const line of stdout.trimEnd().split('\n')) check.notThrows(() => void JSON.parse(line));
});

const refused: readonly (readonly [string, string | null, string | null, number, RegExp])[] = [
  ['an error of the whole', `${CONFIG}BYPASS_CARD_LEASE=1\n`, TRACE, 78, /config\.env:8: error: .*BYPASS_CARD_LEASE/],
  ['nothing configured yet', '# later\n', TRACE, 78, /not configured yet/],
  ['no configuration file', null, TRACE, 78, /config\.env: error: .*no such file/],
  ['a line of the trace that is no JSON', CONFIG, '{"at":10,"heartbeat":0}\n{"at":\n', 2, /trace\.ndjson: trace line 2: /],
  ['time that goes back', CONFIG, '{"at":10,"heartbeat":0}\n{"at":9,"end":true}\n', 2, /trace line 2: "at" goes back/],
  ['a trace without its end', CONFIG, '{"at":10,"heartbeat":0}\n', 2, /without a last line/],
  ['no trace file', CONFIG, null, 2, /trace\.ndjson: the trace cannot be read: no such file/],
];
for (const [what, config, trace, expected, message] of refused) {
  test.serial(`status ${String(expected)} and nothing on standard output: ${what}`, async (check) => {
    const { status, stdout, stderr } = await run(check, ...files(check, config, trace));
    check.is(status, expected);
    check.is(stdout, '');
    check.regex(stderr, message);
  });
}

/** A flapping listener: some 6 lines of output for each second of the trace. */
const LONG_TRACE = `${Array.from({ length: 2000 }, (_, second) => `{"at":${String(second * 1000)},"heartbeat":0}`).join('\n')}\n{"at":2000000,"end":true}\n`;

test.serial('a reader that has seen enough is no failure', async (check) => {
  const { child, stdout, end } = start(check, files(check, CONFIG, LONG_TRACE));
  await until('the first output', () => stdout() !== '');
  child.stdout?.destroy();
  const { status, stderr } = await end;
  check.is(status, 0);
  check.is(stderr, '');
});

test.serial('a slow reader gets everything', async (check) => {
  const { child, stdout, end } = start(check, files(check, CONFIG, LONG_TRACE));
  child.stdout?.pause();
  await until('a full pipe', () => (child.stdout?.readableLength ?? 0) >= 64 * 1024);
  child.stdout?.resume();
  check.is((await end).status, 0);
  const lines = stdout().trimEnd().split('\n');
  check.true(lines.length > 10_000);
  check.regex(lines.at(-1) ?? '', /"final"/);
});

test.serial('an output that cannot be written is status 1', async (check) => {
  const { status, stderr } = await start(check, files(check, CONFIG, TRACE), ['sh', '-c', 'exec "$@" > /dev/full', 'sh']).end;
  check.is(status, 1);
  check.regex(stderr, /standard output cannot be written: no space left/);
});
