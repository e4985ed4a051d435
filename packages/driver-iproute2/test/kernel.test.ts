import test, { type ExecutionContext } from 'ava';
import type { InterfaceName, NetworkDriver, WatchEvent } from '@fastbypass/core';
import { Namespace, until, whyNoNamespaces, words } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';
import { type Iproute2Options, iproute2Driver } from '../dist/index.js';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { fakeIp } from './fake-ip.js';
import { monitors, theMonitor } from './monitor-process.js';

const { add, del, down, up, apply, verdicts, addressesNow, interfaceNow, observe } = words;

const EAST = 'east' as InterfaceName;

const reason = await whyNoNamespaces();

/** A test in a namespace of its own with the interface `east`. */
function inNamespace(title: string, body: (t: ExecutionContext, driver: NetworkDriver, namespace: Namespace) => Promise<void>, options: Iproute2Options = {}): void {
  if (reason !== null) {
    test.serial.skip(`${title} (${reason})`, () => undefined);
    return;
  }
  test.serial(title, async (t) => {
    const namespace = await Namespace.create();
    const driver = iproute2Driver({ prefix: namespace.prefix, ...options });
    try {
      await namespace.addPair(EAST);
      await body(t, driver, namespace);
    } finally {
      await driver.close();
      await namespace.delete();
    }
  });
}

for (const name of ['a#b', '"q"', "it's", 'a\\', '-dash', 'x@y', 'up', 'dev', 'if7', 'help'] as InterfaceName[]) {
  inNamespace(`an interface named ${name} is worked on, between others in order`, async (t, driver, namespace) => {
    await namespace.ip('link', 'add', 'name', 'plain', 'type', 'veth', 'peer', 'name', 'other');
    await namespace.ip('link', 'set', 'dev', 'plain', 'name', name);
    t.deepEqual(
      await verdicts(driver, add(EAST, '10.0.0.1/24'), add(name, '10.0.0.2/24'), up(name), up(name), add(EAST, '10.0.0.3/24'), del(name, '10.0.0.9/24'), down(name)),
      ['done', 'done', 'done', 'already', 'done', 'already', 'done'],
    );
    t.deepEqual(await addressesNow(driver, name), ['10.0.0.2/24']);
    t.false((await interfaceNow(driver, name)).up);
    t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.1/24', '10.0.0.3/24 secondary']);
  });
}

inNamespace('a missing interface that is named like an index is missing, whatever has that index', async (t, driver, namespace) => {
  const index = /^(\d+):/.exec(await namespace.ip('-o', 'link', 'show', 'dev', EAST))?.[1] ?? '';
  const name = `if${index}` as InterfaceName;
  t.deepEqual(await verdicts(driver, down(name), add(name, '10.0.0.1/32')), ['no-such-interface', 'no-such-interface']);
  t.true((await interfaceNow(driver, EAST)).up);
  t.deepEqual(await addressesNow(driver, EAST), []);
});

inNamespace('an address with a peer is removed in the middle of a plan', async (t, driver, namespace) => {
  await namespace.ip('address', 'add', '10.9.0.1', 'peer', '10.9.0.2/32', 'dev', EAST);
  t.deepEqual(await verdicts(driver, add(EAST, '10.0.0.1/32'), del(EAST, '10.9.0.1/32'), add(EAST, '10.0.0.2/32')), ['done', 'done', 'done']);
  t.deepEqual(await addressesNow(driver, EAST), ['10.0.0.1/32', '10.0.0.2/32']);
});

inNamespace('the results of a plan that undoes itself are those of the moment', async (t, driver, namespace) => {
  await namespace.ip('address', 'add', '10.0.0.1/32', 'dev', EAST);
  t.deepEqual(
    await verdicts(driver, add(EAST, '10.0.0.1/32'), del(EAST, '10.0.0.1/32'), del(EAST, '10.0.0.1/32'), add(EAST, '10.0.0.1/32')),
    ['already', 'done', 'already', 'done'],
  );
});

inNamespace('a lifetime is renewed', async (t, driver) => {
  t.deepEqual(await verdicts(driver, add(EAST, '10.0.0.1/32', { validLifetime: 50 })), ['done']);
  t.deepEqual(await verdicts(driver, add(EAST, '10.0.0.1/32', { validLifetime: 900 })), ['done']);
  const [address] = (await interfaceNow(driver, EAST)).addresses;
  t.true((address?.attributes.validLifetime ?? 0) > 800);
});

inNamespace('what the kernel refuses is told in its words', async (t, driver, namespace) => {
  await namespace.run('sh', '-c', `echo 1 > /proc/sys/net/ipv6/conf/${EAST}/disable_ipv6`);
  const [result] = await apply(driver, add(EAST, '2001:db8::1/64'));
  t.is(result && words.verdict(result), 'refused');
  t.regex(result?.outcome === 'failed' ? result.error.message : '', /^address-add east 2001:db8::1\/64: \w.*(denied|disabled)/);
});

inNamespace('a plan in a namespace that is gone fails, operation by operation', async (t, _, namespace) => {
  const driver = iproute2Driver({ prefix: ['nsenter', `--net=/run/netns/${namespace.name}-gone`, '--'] });
  t.deepEqual(await verdicts(driver, down(EAST), up(EAST)), ['refused', 'refused']);
  t.true(E.isLeft(await driver.observe()));
  await driver.close();
});

inNamespace('2000 interfaces are observed', async (t, driver, namespace) => {
  const count = 1000;
  await namespace.batch(Array.from({ length: count }, (_, n) => `link add name n${n} type veth peer name m${n}`));
  const state = await observe(driver);
  t.is([...state.keys()].filter((name) => /^[nm]\d+$/.test(name)).length, 2 * count);
});

inNamespace('without a prefix the driver works on the namespace of its process, promotion included', async (t, _, namespace) => {
  const script = `
    import { iproute2Driver } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
    const driver = iproute2Driver();
    const [op, name] = ['promote-secondaries', 'east'];
    const results = await driver.apply([{ op, interface: name }, { op, interface: name }, { op, interface: 'none' }])();
    const east = (await driver.observe()).right.get(name);
    process.stdout.write(JSON.stringify([results.map((it) => it.outcome), results[2].error.kind, east.promoteSecondaries]));
    await driver.close();`;
  const printed = await namespace.run(process.execPath, '--input-type=module', '--eval', script);
  t.deepEqual(JSON.parse(printed), [['done', 'already', 'failed'], 'no-such-interface', true]);
});

inNamespace('promotion through all counts for each', async (t, driver, namespace) => {
  await namespace.setPromotion('all', true);
  t.true((await interfaceNow(driver, EAST)).promoteSecondaries);
});

// -------------------------------------------------------------------------------------
// watch
// -------------------------------------------------------------------------------------

/** @throws where the driver cannot watch */
async function watching(driver: NetworkDriver): Promise<readonly WatchEvent[]> {
  const events: WatchEvent[] = [];
  const watch = await driver.watch((event) => void events.push(event))();
  if (E.isLeft(watch)) throw new Error(watch.left.message);
  return events;
}

const tells = (events: readonly WatchEvent[], name: string): boolean => events.some((event) => event.type === 'changed' && event.interface === name);

inNamespace('a monitor that dies is replaced, and that is told once it listens again', async (t, driver, namespace) => {
  const events = await watching(driver);
  const first = await theMonitor();
  process.kill(first, 'SIGKILL');
  await until('the loss is told', () => events.some(({ type }) => type === 'overflow'));
  t.not(await theMonitor(), first);
  await namespace.ip('address', 'add', '10.0.0.1/32', 'dev', EAST);
  await until('the change is told', () => tells(events, EAST));
});

inNamespace('a monitor that dies again and again ends the watch', async (t, driver) => {
  const events = await watching(driver);
  await until('the watch has ended', () => {
    for (const pid of monitors()) process.kill(pid, 'SIGKILL');
    return events.some(({ type }) => type === 'ended');
  });
  t.is(events.at(-1)?.type, 'ended');
  t.deepEqual(monitors(), []);
});

inNamespace('a monitor that cannot be replaced ends the watch', async (t, _, namespace) => {
  const ip = await fakeIp(t, 'if test -e "$folder/broken"; then echo broken >&2; exit 1; fi; exec ip "$@"');
  const driver = iproute2Driver({ prefix: namespace.prefix, command: ip.command });
  try {
    const events = await watching(driver);
    const monitor = await theMonitor();
    await namespace.run('touch', `${ip.folder}/broken`);
    process.kill(monitor, 'SIGKILL');
    await until('the watch has ended', () => events.length > 0);
    const [event] = events;
    t.regex(event?.type === 'ended' ? event.error.message : '', /failed with status 1: broken/);
  } finally {
    await driver.close();
  }
});

inNamespace('of 50 watches none misses the change that follows it', async (t, driver, namespace) => {
  for (let n = 0; n < 50; n++) {
    const events: WatchEvent[] = [];
    const watch = await driver.watch((event) => void events.push(event))();
    await namespace.ip('address', 'add', `10.0.0.${n}/32`, 'dev', EAST);
    await until('the change is told', () => tells(events, EAST));
    if (E.isRight(watch)) watch.right.stop();
  }
  t.pass();
});

inNamespace('a renamed interface is told under both names', async (t, driver, namespace) => {
  const events = await watching(driver);
  await namespace.ip('link', 'set', 'dev', EAST, 'name', 'orient');
  await until('both are told', () => tells(events, EAST) && tells(events, 'orient'));
  t.pass();
});

inNamespace('close ends the monitor', async (t, driver) => {
  await watching(driver);
  await theMonitor();
  await driver.close();
  t.deepEqual(monitors(), []);
});

inNamespace('nothing of a watch outlives its process, whatever ends that', async (t, _, namespace) => {
  const child = fork(new URL('watching-child.js', import.meta.url), [...namespace.prefix], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  t.deepEqual(await once(child, 'message'), ['watching', undefined]);
  t.teardown(() => child.kill('SIGKILL'));
  await until('the monitor with its guard, and the process on standby', () => sizesOf(childrenOf(child.pid ?? 0)).join() === '1,2');
  const leaders = childrenOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await until('all have ended', () => leaders.every((leader) => groupOf(leader).length === 0));
  t.pass();
});

/** How many live in the group of each of these. */
const sizesOf = (leaders: readonly number[]): readonly number[] => leaders.map((leader) => groupOf(leader).length).toSorted();

const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((thread) => (readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').match(/\d+/g) ?? []).map(Number));

/** What lives in the process group of this number. */
const groupOf = (leader: number): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // What follows the name, which may hold anything: state, parent, group.
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(group) === leader && state !== 'Z';
    } catch {
      return false;
    }
  });
