import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { DriverError, InterfaceName, OperationResult } from '@fastbypass/core';
import { until, words } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';
import { iproute2Driver } from '../dist/index.js';
import { fakeIp } from './fake-ip.js';

const EAST = 'east' as InterfaceName;

const left = <A>(result: E.Either<DriverError, A>): DriverError | null => (E.isLeft(result) ? result.left : null);
const errorOf = (result: OperationResult | undefined): DriverError | null => (result?.outcome === 'failed' ? result.error : null);

/** One letter, as in /proc/PID/stat. */
async function stateOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') gone');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0] ?? '';
}

/** A network of which the fake tells: `east`, up, with one address. */
const LINK = '1: east: <UP> mtu 1500\\    link/ether';
const ADDRESS = '1: east    inet 10.0.0.1/24 scope global east\\       valid_lft forever preferred_lft forever';
const JSON_OUTPUT = JSON.stringify([
  { ifindex: 1, ifname: 'east', flags: ['UP'], addr_info: [{ family: 'inet', local: '10.0.0.1', prefixlen: 24 }] },
]);

const TEXT_ONLY = `case "$*" in
*-json*) echo 'Option "-json" is unknown, try "ip -help".' >&2; exit 255;;
*link*) cat <<'END'
${LINK}
END
;;
*) cat <<'END'
${ADDRESS}
END
esac`;

test('a missing command is told with what to do, by every call', async (t) => {
  const driver = iproute2Driver({ command: '/nowhere/ip' });
  const error = left(await driver.observe());
  t.is(error?.kind, 'driver-unavailable');
  t.regex(error?.message ?? '', /Cannot run \/nowhere\/ip: there is no such command; install the package iproute2 or let PATH/);
  t.is(left(await driver.watch(() => undefined)())?.kind, 'driver-unavailable');
  const results = await words.apply(driver, words.up(EAST), words.del(EAST, '10.0.0.1/24'));
  t.deepEqual(results.map(words.verdict), ['driver-unavailable', 'driver-unavailable']);
  await driver.close();
});

test('a command that may not be executed is told', async (t) => {
  const { folder } = await fakeIp(t, '');
  const path = join(folder, 'data');
  await writeFile(path, '', { mode: 0o644 });
  const error = left(await iproute2Driver({ command: path }).observe());
  t.is(error?.kind, 'driver-unavailable');
  t.regex(error?.message ?? '', /may not be executed/);
});

test('where ip does not know -json its text is read, and -json is not tried again', async (t) => {
  const ip = await fakeIp(t, TEXT_ONLY);
  const driver = iproute2Driver({ command: ip.command });
  t.deepEqual(await words.addressesNow(driver, EAST), ['10.0.0.1/24']);
  t.deepEqual(await words.addressesNow(driver, EAST), ['10.0.0.1/24']);
  t.is((await ip.calls()).filter((call) => call.includes('-json')).length, 1);
});

test('where neither form works that is said, and -json is tried again', async (t) => {
  const ip = await fakeIp(t, 'echo "no idea" >&2; exit 255');
  const driver = iproute2Driver({ command: ip.command });
  for (const _ of [1, 2]) {
    const error = left(await driver.observe());
    t.is(error?.kind, 'refused');
    t.regex(error?.message ?? '', /link show failed with status 255: no idea/);
  }
  t.is((await ip.calls()).filter((call) => call.includes('-json')).length, 2);
});

test('an ip that hangs is killed at the time limit, with what it has started', async (t) => {
  const ip = await fakeIp(t, 'sleep 1000 & echo $! > "$folder/child"; wait');
  const driver = iproute2Driver({ command: ip.command, timeLimitMs: 300 });
  const error = left(await driver.observe());
  t.is(error?.kind, 'timed-out');
  t.regex(error?.message ?? '', /did not end within 300 ms and was killed/);
  const child = Number(await readFile(join(ip.folder, 'child'), 'utf8'));
  await until('what it has started is dead', async () => (await stateOf(child)) === 'gone' || (await stateOf(child)) === 'Z');
});

test('a batch that hangs has timed out, but for what is as asked', async (t) => {
  const ip = await fakeIp(t, `case "$*" in *-batch*) sleep 1000;; esac; echo '${JSON_OUTPUT}'`);
  const driver = iproute2Driver({ command: ip.command, timeLimitMs: 500 });
  const results = await words.apply(driver, words.add(EAST, '10.0.0.1/24'), words.add(EAST, '10.0.0.2/24'), words.down(EAST));
  t.deepEqual(results.map(words.verdict), ['done', 'timed-out', 'timed-out']);
});

test('rubbish is told', async (t) => {
  const ip = await fakeIp(t, 'echo hello');
  const error = left(await iproute2Driver({ command: ip.command }).observe());
  t.is(error?.kind, 'driver-unavailable');
  t.regex(error?.message ?? '', /-json -details address show printed what is not understood: it is no JSON/);
});

test('output without end is cut off', async (t) => {
  const ip = await fakeIp(t, 'exec yes 0123456789012345678901234567890123456789012345678901234567890123456789');
  const error = left(await iproute2Driver({ command: ip.command }).observe());
  t.is(error?.kind, 'driver-unavailable');
  t.regex(error?.message ?? '', /printed without end/);
});

test('an observation that the kernel calls interrupted is made again', async (t) => {
  const ip = await fakeIp(t, `if test -e "$folder/again"; then echo '${JSON_OUTPUT}'; else touch "$folder/again"; echo '[]'; echo 'Dump was interrupted and may be inconsistent.' >&2; fi`);
  t.deepEqual(await words.addressesNow(iproute2Driver({ command: ip.command }), EAST), ['10.0.0.1/24']);
});

test('a network that never keeps still is an error at the time limit', async (t) => {
  const ip = await fakeIp(t, "echo '[]'; echo 'Dump was interrupted and may be inconsistent.' >&2");
  t.is(left(await iproute2Driver({ command: ip.command, timeLimitMs: 200 }).observe())?.kind, 'timed-out');
});

test('children speak English', async (t) => {
  const ip = await fakeIp(t, 'echo "$LC_ALL" > "$folder/language"; echo "[]"');
  t.true(E.isRight(await iproute2Driver({ command: ip.command }).observe()));
  t.is(await readFile(join(ip.folder, 'language'), 'utf8'), 'C\n');
});

test('a batch that breaks off without naming the line stops no other operation', async (t) => {
  const script = `case "$*" in
*-batch*) cat > /dev/null; echo 'Error: argument "x" is wrong: what is that' >&2; exit 255;;
*10.0.0.3*) echo 'Error: argument "x" is wrong: what is that' >&2; exit 255;;
*show*) echo '${JSON_OUTPUT}';;
esac`;
  const ip = await fakeIp(t, script);
  const driver = iproute2Driver({ command: ip.command });
  const results = await words.apply(driver, words.add(EAST, '10.0.0.1/24'), words.add(EAST, '10.0.0.2/24'), words.add(EAST, '10.0.0.3/24'), words.down(EAST));
  t.deepEqual(results.map(words.verdict), ['done', 'done', 'refused', 'done']);
  t.regex(errorOf(results[2])?.message ?? '', /^address-add east 10\.0\.0\.3\/24: argument "x" is wrong: what is that\.$/);
});

test('a watch whose monitor ends at once, or never begins to listen, is an error', async (t) => {
  const ending = await fakeIp(t, 'echo "no such thing" >&2; exit 1');
  const ended = left(await iproute2Driver({ command: ending.command }).watch(() => undefined)());
  t.is(ended?.kind, 'driver-unavailable');
  t.regex(ended?.message ?? '', /monitor link address failed with status 1: no such thing/);

  const idle = await fakeIp(t, 'exec sleep 1000');
  const driver = iproute2Driver({ command: idle.command, timeLimitMs: 200 });
  const error = left(await driver.watch(() => undefined)());
  t.is(error?.kind, 'timed-out');
  t.regex(error?.message ?? '', /did not begin to listen within 200 ms/);
  await driver.close();
});

test('close ends what runs', async (t) => {
  const ip = await fakeIp(t, 'exec sleep 1000');
  const driver = iproute2Driver({ command: ip.command });
  const observed = driver.observe();
  const applied = words.apply(driver, words.up(EAST));
  await driver.close();
  t.is(left(await observed)?.kind, 'driver-unavailable');
  t.deepEqual((await applied).map(words.verdict), ['driver-unavailable']);
});
