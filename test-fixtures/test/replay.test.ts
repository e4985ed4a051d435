import test, { type ExecutionContext } from 'ava';
import { DaemonHome, DaemonProcess, LocalDpi, freePorts, until } from '@fastbypass/test-fixtures';
import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replay } from '../dist/replay/replay.js';

const MAIN = fileURLToPath(new URL('../dist/replay/main.js', import.meta.url));
const CTL = fileURLToPath(new URL('../../packages/cli/bin/fbypass_ctl.js', import.meta.url));

const config = (ports: readonly number[], lines: readonly string[] = []): string =>
  [
    'DRIVER=mock',
    'LOG_LEVEL=DEBUG',
    'LISTEN_HEARTBEAT_IFS=lo',
    'LISTEN_HEARTBEAT_TIMEOUT=600',
    'LISTEN_HEARTBEAT_ATTEMPTS=2',
    'BYPASS_CARD_IFS=eth0',
    'BYPASS_CARD_HOST[0]=192.168.1.211',
    ...ports.flatMap((port, index) => [`LISTEN_HB_HOST[${index}]=127.0.0.1`, `LISTEN_HB_PORT[${index}]=${port}`]),
    ...lines,
    '',
  ].join('\n');

/** The log of a daemon that has known bypass with a hold time, a stall, and reloads, good and broken. */
async function eventfulLog(t: ExecutionContext): Promise<{ readonly home: DaemonHome; readonly text: string; readonly log: string }> {
  const home = new DaemonHome();
  t.teardown(() => {
    home.remove();
  });
  const ports = await freePorts(3);
  const text = config(ports.slice(0, 2), ['BYPASS_HOLD_TIME=1500', 'LISTEN_HB_SOURCE[0]=127.0.0.0/8']);
  home.configure(text);
  const daemon = await DaemonProcess.start(home);
  const dpis = ports.map((port) => new LocalDpi({ host: '127.0.0.1', port, interval: 40 }));
  t.teardown(async () => {
    for (const dpi of dpis) dpi.close();
    await daemon.kill();
  });
  const mode = (wanted: string): Promise<void> => until(`the mode is ${wanted}`, async () => (await daemon.status()).mode === wanted);
  for (const dpi of dpis) dpi.talk();
  await mode('normal');
  await dpis[1]?.hush();
  await mode('bypass');
  dpis[1]?.talk();
  await mode('normal');
  home.configure(config(ports, ['LISTEN_HEARTBEAT_FAILED=2']));
  t.is((await daemon.request('POST', '/v1/reload')).status, 200);
  await until('DPI 2 is heard', async () => (await daemon.status()).listeners[2]?.status === 'active');
  home.configure('LISTEN_HEARTBEAT_FAILED=0\n');
  t.is((await daemon.request('POST', '/v1/reload')).status, 422);
  // What was heard meanwhile is in the trace at the instants at which it counts.
  daemon.signal('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  daemon.signal('SIGCONT');
  for (const place of [0, 2]) await dpis[place]?.hush();
  await mode('bypass');
  await daemon.stop();
  return { home, text, log: daemon.output };
}

const run = (...words: readonly string[]): Promise<{ readonly code: unknown; readonly output: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], (error, stdout) => {
      resolve({ code: error === null ? 0 : error.code, output: stdout });
    });
  });

test('a log is replayed: the simulation decides alike; where it does not, that is found', async (t) => {
  const { home, text, log } = await eventfulLog(t);
  const good = await replay(log);
  t.deepEqual(good.faults, [], log);
  t.is(good.lives, 1);
  t.true(good.heartbeats > 100);
  // Up to the stall: three modes, five statuses, two reloads, a status.
  t.true(good.same >= 6 && good.told >= 10, JSON.stringify(good));

  const out = (pattern: RegExp): string => {
    const line = log.split('\n').find((it) => pattern.test(it));
    if (line === undefined) throw new Error(`no line of the log is like ${String(pattern)}`);
    return line;
  };
  const bypass = out(/out .*"mode":"bypass"/);
  const spoilt = {
    'a mode that was not': log.replace(bypass, bypass.replace('bypass', 'normal')),
    'a status that was not told': log.replace(`${out(/out .*"listener":1,"status":"failed"/)}\n`, ''),
    'a window that nobody judged': log.split('\n').filter((line) => !/step .*"judged"/.test(line)).join('\n'),
    'a verdict that came too early': log.replace(/step \{"at":(\d+),"judged":\[1\]/, (_, at: string) => `step {"at":${Number(at) - 200},"judged":[1]`),
    'a reload that was refused': log.replaceAll('"reload":"accepted"', '"reload":"rejected"'),
  };
  for (const [what, changed] of Object.entries(spoilt)) {
    t.not(changed, log, what);
    const { faults } = await replay(changed);
    t.true(faults.length > 0, what);
  }

  const file = join(home.dir, 'night.log');
  writeFileSync(file, log);
  const { code, output } = await run(file);
  t.is(code, 0, output);
  t.regex(output, /^1 lives replayed: \d+ heartbeats/);

  // As the documentation has it, with what every broker has.
  const trace = execFileSync('sh', ['-c', `sed -n 's/^.* DEBUG *in //p' night.log; echo '{"at":99999999,"end":true}'`], { cwd: home.dir, encoding: 'utf8' });
  writeFileSync(join(home.dir, 'night.ndjson'), trace);
  writeFileSync(join(home.dir, 'night.env'), text);
  const told = execFileSync(process.execPath, [CTL, 'simulate', '--config', join(home.dir, 'night.env'), '--trace', join(home.dir, 'night.ndjson')], { encoding: 'utf8' });
  t.regex(told, /"listener":1,"status":"failed"[^]*"mode":"bypass"[^]*"mode":"normal"[^]*"reload":"accepted"[^]*"reload":"rejected"[^]*"mode":"bypass"/);
});

const step = (text: string): string => `2026-01-01T00:00:00.000Z DEBUG   step ${text}`;
const unavailable = (at: number, listener: number): string => `2026-01-01T00:00:00.000Z DEBUG   out ${JSON.stringify({ at, listener, status: 'unavailable' })}`;

test('a start at which nothing could be launched is compared too, whatever is launched later', async (t) => {
  const begun = [step(JSON.stringify({ at: 0, start: config([3000, 3001]) })), step('{"at":5,"unavailable":0}'), step('{"at":5,"unavailable":1}'), unavailable(6, 0), unavailable(6, 1), step('{"at":6,"decided":true}')];
  const later = [step('{"at":405,"launched":0,"awaited":false}'), step('{"at":405,"decided":true}')];
  for (const lines of [begun, [...begun, ...later]]) {
    const { faults, lives, told, same } = await replay(`${lines.join('\n')}\n`);
    t.deepEqual(faults, []);
    t.deepEqual([lives, told, same], [1, 2, 1]);
  }
});

test('who cannot be launched may be told long before the others are', async (t) => {
  const start = step(JSON.stringify({ at: 0, start: config([3000, 3001]) }));
  const lines = [start, step('{"at":5,"unavailable":0}'), unavailable(6, 0), step('{"at":6,"decided":true}'), step('{"at":60,"launched":1,"awaited":true}'), step('{"at":61,"decided":true}')];
  const { faults, told, same } = await replay(`${lines.join('\n')}\n`);
  t.deepEqual(faults, []);
  t.deepEqual([told, same], [1, 1]);
});

test('a log without decisions compares nothing, and that is no success', async (t) => {
  const home = new DaemonHome();
  t.teardown(() => {
    home.remove();
  });
  const file = join(home.dir, 'empty.log');
  writeFileSync(file, '2026-01-01T00:00:00.000Z INFO    mode is normal\n');
  const { code, output } = await run(file);
  t.is(code, 1);
  t.regex(output, /NOTHING COMPARED/);
  t.is((await run()).code, 2);
});
