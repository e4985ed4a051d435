import test from 'ava';
import { EventStream, freePorts } from '@fastbypass/test-fixtures';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Bed, statusWhere, until } from './bed.js';
import { mockConfig } from './configs.js';

const DONE = { code: 0, signal: null };

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test.serial(`${signal} stops with status 0, takes the socket away and names the cards that stay`, async (t) => {
    const bed = new Bed(t);
    const ports = await freePorts(1);
    const daemon = await bed.start(mockConfig({ ports }));
    bed.dpi(ports[0] ?? 0).send();
    await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);
    daemon.signal(signal);
    t.deepEqual(await daemon.exited, DONE);
    t.false(existsSync(bed.home.socket));
    for (const word of ['WARNING', 'UNWATCHED', '192.168.1.211, 192.168.1.212', 'force_on']) t.true(lastLine(daemon.output).includes(word));
  });
}

test.serial('a stop through the control socket is answered, then done', async (t) => {
  const bed = new Bed(t);
  const daemon = await bed.start(mockConfig({ ports: await freePorts(1) }));
  const stream = await EventStream.open(bed.home.socket);
  const answer = await daemon.request('POST', '/v1/stop');
  t.is(answer.status, 200);
  t.deepEqual(JSON.parse(answer.text), { stop: 'accepted' });
  t.deepEqual(await daemon.exited, DONE);
  await until('the event stream has ended', () => stream.ended);
});

test.serial('a client that asks nothing does not hold up a stop', async (t) => {
  const bed = new Bed(t);
  const daemon = await bed.start(mockConfig({ ports: await freePorts(1) }));
  const silent = connect(bed.home.socket);
  t.teardown(() => silent.destroy());
  silent.on('error', () => undefined);
  silent.write('GET /v1/sta');
  await daemon.status();
  t.deepEqual(await daemon.stop(), DONE);
});

test.serial('a second instance on the same socket is refused with 1, and the first goes on', async (t) => {
  const bed = new Bed(t);
  const daemon = await bed.start(mockConfig({ ports: await freePorts(1) }));
  const second = bed.spawn();
  t.is((await second.exited).code, 1);
  t.regex(second.output, /another instance/);
  t.is((await daemon.status()).pid, daemon.pid);
});

test.serial('of two instances that start at once, one runs', async (t) => {
  const bed = new Bed(t);
  bed.home.configure(mockConfig({ ports: await freePorts(1) }));
  const both = [bed.spawn(), bed.spawn()];
  t.is((await Promise.race(both.map((daemon) => daemon.exited))).code, 1);
  const [left] = both.filter((daemon) => daemon.isRunning);
  await left?.answers();
  t.true(left?.isRunning);
});

test.serial('a stale socket file is replaced', async (t) => {
  const bed = new Bed(t);
  const config = mockConfig({ ports: await freePorts(1) });
  const first = await bed.start(config);
  await first.kill();
  t.true(statSync(bed.home.socket).isSocket());
  const second = await bed.restart();
  t.is((await second.status()).pid, second.pid);
});

test.serial('the control socket is for its owner and group alone', async (t) => {
  const bed = new Bed(t);
  await bed.start(mockConfig({ ports: await freePorts(1) }));
  t.is(statSync(bed.home.socket).mode & 0o777, 0o660);
});

test.serial('whatever the umask, others write nothing, and the folder of the log can be entered', async (t) => {
  const bed = new Bed(t);
  await bed.start(mockConfig({ ports: await freePorts(1) }), { namespace: { prefix: ['sh', '-c', 'umask 0; exec "$0" "$@"'] } });
  t.is(statSync(bed.home.socket).mode & 0o777, 0o660);
  await until('the log is there', () => existsSync(join(bed.home.logDir, 'fastbypass_monitor.log')));
  t.is(statSync(bed.home.logDir).mode & 0o777, 0o775);
  t.is(statSync(join(bed.home.logDir, 'fastbypass_monitor.log')).mode & 0o002, 0);
});

test.serial('a file that is no socket is not removed', async (t) => {
  const bed = new Bed(t);
  bed.home.configure(mockConfig({ ports: await freePorts(1) }));
  writeFileSync(bed.home.socket, 'somebody needs this');
  const daemon = bed.spawn();
  t.is((await daemon.exited).code, 1);
  t.is(readFileSync(bed.home.socket, 'utf8'), 'somebody needs this');
  t.true(daemon.output.includes(bed.home.socket));
});

test.serial("another program's live socket is not taken over", async (t) => {
  const bed = new Bed(t);
  bed.home.configure(mockConfig({ ports: await freePorts(1) }));
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(bed.home.socket, resolve));
  t.teardown(() => other.close());
  t.is((await bed.spawn().exited).code, 1);
  t.true(statSync(bed.home.socket).isSocket());
});

test.serial('the folder of the control socket is made where it is missing', async (t) => {
  const bed = new Bed(t);
  const socket = `${bed.home.dir}/run/deep/c.sock`;
  bed.home.configure(mockConfig({ ports: await freePorts(1) }));
  const daemon = bed.spawn({ args: ['--socket', socket] });
  await until('the socket is there', () => existsSync(socket));
  t.deepEqual(await daemon.stop(), DONE);
});

test.serial('--check says what is wrong: 0 with warnings, 78 with any error', async (t) => {
  const bed = new Bed(t);
  const check = async (text: string): Promise<{ code: number | null; output: string }> => {
    bed.home.configure(text);
    const daemon = bed.spawn({ args: ['--check'] });
    const { code } = await daemon.exited;
    return { code, output: daemon.output };
  };
  const good = mockConfig({ ports: [3000] });
  t.is((await check(good)).code, 0);
  const warned = await check(`${good}LISTEN_HB_HOTS[0]=1\n`);
  t.is(warned.code, 0);
  t.regex(warned.output, /\.env:\d+: warning: .*LISTEN_HB_HOTS/);
  const wrong = await check(`${good}BYPASS_CARD_HOST[2]=192.168.1.300\n`);
  t.is(wrong.code, 78);
  t.regex(wrong.output, /\.env:\d+: error: .*192\.168\.1\.300/);
  t.is((await check('LOG_LEVEL=INFO\n')).code, 78, 'not configured yet');
  t.false(existsSync(bed.home.socket));
  t.false(existsSync(bed.home.logDir), 'a check leaves nothing behind');
});

test.serial('an error of the whole ends the start with 78 and says why', async (t) => {
  const bed = new Bed(t);
  bed.home.configure(mockConfig({ ports: [3000], lines: ['LISTEN_HEARTBEAT_FAILED=none'] }));
  const daemon = bed.spawn();
  t.is((await daemon.exited).code, 78);
  t.regex(daemon.output, /LISTEN_HEARTBEAT_FAILED.*none/);
  t.false(existsSync(bed.home.socket));
});

test.serial('a configuration that is not there is an error of the whole', async (t) => {
  const bed = new Bed(t);
  const daemon = bed.spawn();
  t.is((await daemon.exited).code, 78);
  t.true(daemon.output.includes(bed.home.config));
});

test.serial('a component with an error is left out, the rest runs', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports, lines: ['BYPASS_CARD_HOST[1]=192.168.1.212', 'BYPASS_CARD_IFS[1]=a/b', 'LISTEN_HB_HOST[7]=127.0.0.1'] }));
  const status = await daemon.status();
  t.deepEqual(status.listeners.map(({ index }) => index), [0]);
  t.deepEqual(status.cards.map(({ index }) => index), [0]);
  t.is(status.config.diagnostics.filter(({ severity }) => severity === 'error').length, 2);
  t.true(status.problems.some((problem) => problem.includes('192.168.1.212') && problem.includes('unwatched')));
});

test.serial('a file that names nothing yet waits, and a reload takes it up', async (t) => {
  const bed = new Bed(t);
  const daemon = await bed.start('DRIVER=mock\n# to be filled in\n');
  const waiting = await daemon.status();
  t.is(waiting.mode, 'unknown');
  t.false(waiting.settled);
  t.deepEqual(waiting.listeners, []);
  t.true(waiting.problems.some((problem) => problem.includes('waiting for a configuration')));
  t.regex(daemon.output, /wait\w* for a configuration/);
  t.is((await daemon.request('POST', '/v1/reload')).status, 422, 'still nothing');

  const ports = await freePorts(1);
  bed.home.configure(mockConfig({ ports, host: '0.0.0.0' }));
  t.is((await daemon.request('POST', '/v1/reload')).status, 200);
  bed.dpi(ports[0] ?? 0).send();
  const then = await statusWhere(daemon, 'the listener is heard', ({ mode }) => mode === 'normal');
  // The mock's network has the interfaces that the first configuration named.
  t.deepEqual(then.cards.map(({ observed }) => observed), ['missing', 'missing']);
  t.false(then.converged);
});

test.serial('--help and --version are printed and done', async (t) => {
  const bed = new Bed(t);
  const help = bed.spawn({ args: ['--help'] });
  t.deepEqual(await help.exited, DONE);
  for (const option of ['--config', '--driver', '--socket', '--log-dir', '--dry-run', '--check', '--version', '--help']) t.true(help.output.includes(option));
  const version = bed.spawn({ args: ['--version'] });
  t.deepEqual(await version.exited, DONE);
  t.regex(version.output, /^fastbypass_monitor \d+\.\d+\.\d+\n$/);
});

for (const args of [['--frobnicate'], ['stray'], ['--driver', 'pigeon'], ['--config']]) {
  test.serial(`${args.join(' ')} is wrong usage: 2`, async (t) => {
    const bed = new Bed(t);
    const daemon = bed.spawn({ args });
    t.is((await daemon.exited).code, 2);
    t.regex(daemon.output, /Usage:/);
  });
}

// libuv would cut the path off at 107 bytes, and the socket would stand elsewhere.
test.serial('a socket path that is too long is said so', async (t) => {
  const bed = new Bed(t);
  bed.home.configure(mockConfig({ ports: await freePorts(1) }));
  const daemon = bed.spawn({ args: ['--socket', `${bed.home.dir}/${'x'.repeat(120)}.sock`] });
  t.is((await daemon.exited).code, 1);
  t.regex(daemon.output, /ERROR +the control socket/);
});
