/** The driver in processes and threads that end: what it leaves, and what it keeps alive. */
import test, { type ExecutionContext } from 'ava';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { until } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';
import { loadAddon } from '../dist/index.js';

const execute = promisify(execFile);

const addon = loadAddon();
const reason = E.isLeft(addon) ? addon.left.message : null;

const INDEX = new URL('../dist/index.js', import.meta.url).href;

/** Begins every script: a driver on the namespace of this machine, which is looked at and not changed. */
const PROLOGUE = `
  import { netlinkDriver } from ${JSON.stringify(INDEX)};
  const driver = netlinkDriver().right;
  const say = (text) => process.stdout.write(text + ';');
`;

/** Needs no permission. */
function withAddon(title: string, body: (t: ExecutionContext) => Promise<void>): void {
  if (reason !== null) test.skip(`${title} (${reason})`, () => undefined);
  else test.serial(title, body);
}

/** @returns what it said; rejects where it fails or does not end within 10 s */
const runScript = async (script: string, ...prefix: readonly string[]): Promise<string> => {
  const [file = '', ...words]: readonly string[] = [...prefix, process.execPath, '--expose-gc', '--input-type=module', '--eval', PROLOGUE + script];
  return (await execute(file, words, { timeout: 10_000 })).stdout;
};

const startWorker = (script: string): Worker => new Worker(new URL(`data:text/javascript,${encodeURIComponent(PROLOGUE + script)}`));

const held = (): number => readdirSync('/proc/self/fd').length;

withAddon('a process that watches stays, until the watch is stopped', async (t) => {
  t.is(await runScript(`const watch = (await driver.watch(() => undefined)()).right; setTimeout(() => { say('stays'); watch.stop(); }, 100); process.on('exit', () => say('ends'));`), 'stays;ends;');
});

withAddon('a process that does not watch ends without close', async (t) => {
  t.is(await runScript(`await driver.observe(); say('looked');`), 'looked;');
});

withAddon('process.exit during a watch and a look ends the process', async (t) => {
  t.is(await runScript(`await driver.watch(() => undefined)(); driver.observe(); setTimeout(() => { say('exits'); process.exit(0); }, 20);`), 'exits;');
});

withAddon('what is thrown by whoever listens ends the process as any other exception', async (t) => {
  const script = `
    process.on('uncaughtException', (error) => { say(error.message); process.exit(0); });
    const { loadAddon } = await import(${JSON.stringify(INDEX)});
    const addon = loadAddon().right;
    const socket = addon.open(0, 65536);
    addon.watch(socket, () => { addon.receive(socket, Buffer.alloc(65536)); throw new Error('of the listener'); });
    const dump = Buffer.alloc(32); dump.writeUInt32LE(32, 0); dump.writeUInt16LE(18, 4); dump.writeUInt16LE(0x301, 6);
    addon.send(socket, dump, 32);`;
  t.is(await runScript(script), 'of the listener;');
});

withAddon('drivers that are forgotten are collected with their sockets', async (t) => {
  const script = `
    import { readdirSync } from 'node:fs';
    const held = () => readdirSync('/proc/self/fd').length;
    const before = held();
    for (let n = 0; n < 200; n++) await netlinkDriver().right.observe();
    for (let n = 0; n < 20 && held() > before; n++) { globalThis.gc(); await new Promise((resolve) => setTimeout(resolve, 10)); }
    say(String(held() - before));`;
  t.is(await runScript(script), '0;');
});

withAddon('without root the network is observed and watched, and nothing is changed', async (t) => {
  if (process.getuid?.() !== 0) {
    t.pass('this is without root anyway');
    return;
  }
  const script = `
    say(String((await driver.observe()).right.has('lo')));
    say((await driver.watch(() => undefined)())._tag);
    const [result] = await driver.apply([{ op: 'address-add', interface: 'lo', address: { address: '127.99.0.1', prefix: 32 } }])();
    say(result.error?.kind ?? result.outcome);
    await driver.close();`;
  t.is(await runScript(script, 'setpriv', '--bounding-set=-all', '--inh-caps=-all'), 'true;Right;not-permitted;');
});

withAddon('in worker threads too, several at a time and one after the other', async (t) => {
  const script = `
    import { parentPort } from 'node:worker_threads';
    await driver.watch(() => undefined)();
    const state = await driver.observe();
    await driver.close();
    parentPort.postMessage(state.right.has('lo'));`;
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const worker = startWorker(script);
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
        return [answer, await ended];
      }),
    );
    t.deepEqual(answers, Array(4).fill([true, 0]));
  }
});

withAddon('a worker thread that is terminated while it watches leaves nothing', async (t) => {
  const script = `
    import { parentPort } from 'node:worker_threads';
    await driver.watch(() => undefined)();
    await driver.watch(() => undefined)();
    parentPort.postMessage('watching');
    setInterval(() => driver.observe(), 1);`;
  const before = held();
  for (let round = 0; round < 5; round++) {
    const worker = startWorker(script);
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    await worker.terminate();
  }
  await until('nothing is held that was not held before', () => held() <= before);
  t.pass();
});

const BUILD = fileURLToPath(new URL('../../../test-fixtures/tools/build-addon.js', import.meta.url));
const SOURCE = fileURLToPath(new URL('../addon/netlink.c', import.meta.url));

test.serial('the build of the addon goes on without a compiler, and says so in one line', async (t) => {
  const environment = { ...process.env, CC: 'no-such-compiler', ADDON_ARCH: 'none', npm_config_nodedir: fileURLToPath(new URL('./none', import.meta.url)) };
  const { stdout } = await execute(process.execPath, [BUILD, SOURCE], { env: environment });
  t.regex(stdout, /^addon netlink: not built: (there is no C compiler no-such-compiler|no Node headers in .*|it is of Linux, this is \w+)\n$/);
  await t.throwsAsync(execute(process.execPath, [BUILD, '--require', SOURCE], { env: environment }), { message: /Command failed/ });
});
