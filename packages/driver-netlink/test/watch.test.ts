import test, { type ExecutionContext } from 'ava';
import type { InterfaceName, NetworkDriver, WatchEvent } from '@fastbypass/core';
import { Namespace, until, words } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';
import { driverIn, flood, whyNotHere } from './bench.js';

const { observe } = words;

const EAST = 'east' as InterfaceName;

const reason = await whyNotHere();

/** A test in a namespace of its own with the interface `east`, whose watches hold little. */
function inNamespace(title: string, body: (t: ExecutionContext, driver: NetworkDriver, namespace: Namespace) => Promise<void>): void {
  if (reason !== null) {
    test.serial.skip(`${title} (${reason})`, () => undefined);
    return;
  }
  test.serial(title, async (t) => {
    const namespace = await Namespace.create();
    const driver = driverIn(namespace, { watchBuffer: 16 * 1024 });
    try {
      await namespace.addPair(EAST);
      await body(t, driver, namespace);
    } finally {
      await driver.close();
      await namespace.delete();
    }
  });
}

/** @throws where the driver cannot watch */
async function watching(driver: NetworkDriver): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  const watch = await driver.watch((event) => void events.push(event))();
  if (E.isLeft(watch)) throw new Error(watch.left.message);
  return events;
}

const tells = (events: readonly WatchEvent[], name: string): boolean => events.some((event) => event.type === 'changed' && event.interface === name);

inNamespace('a renamed interface is told under both names', async (t, driver, namespace) => {
  const events = await watching(driver);
  await namespace.ip('link', 'set', 'dev', EAST, 'name', 'orient');
  await until('both are told', () => tells(events, EAST) && tells(events, 'orient'));
  t.pass();
});

inNamespace('a port that leaves its bridge is told, and known by its name afterwards', async (t, driver, namespace) => {
  await namespace.ip('link', 'add', 'name', 'br', 'type', 'bridge');
  await namespace.ip('link', 'set', 'dev', EAST, 'master', 'br');
  t.deepEqual((await observe(driver)).get('br' as InterfaceName)?.lower, [EAST]);
  const events = await watching(driver);
  await namespace.ip('link', 'set', 'dev', EAST, 'nomaster');
  await until('that is told', () => tells(events, EAST));
  events.length = 0;
  await namespace.ip('address', 'add', '10.0.0.1/32', 'dev', EAST);
  await until('the address is told', () => tells(events, EAST));
  t.pass();
});

inNamespace('of a link only what is observed is told: not its carrier, nor its MTU', async (t, driver, namespace) => {
  // Addresses that come and go by themselves would be told.
  await namespace.run('sh', '-c', 'for name in all default; do echo 1 > /proc/sys/net/ipv6/conf/$name/disable_ipv6; done');
  await namespace.ip('link', 'add', 'name', 'west', 'type', 'veth', 'peer', 'name', 'far');
  await namespace.batch(['link set dev west up', 'link set dev far up']);
  await until('west runs', async () => (await namespace.ip('link', 'show', 'dev', 'west')).includes('LOWER_UP'));
  const events = await watching(driver);
  await namespace.batch(['link set dev far down', `link set dev ${EAST} mtu 1400`]);
  await until('west has lost its carrier', async () => (await namespace.ip('link', 'show', 'dev', 'west')).includes('NO-CARRIER'));
  await namespace.ip('address', 'add', '10.0.0.1/32', 'dev', 'lo');
  await until('what comes after it is told', () => tells(events, 'lo'));
  t.deepEqual([...new Set(events.map((event) => (event.type === 'changed' ? String(event.interface) : event.type)))], ['far', 'lo']);
  for (const change of ['down', 'up']) {
    events.length = 0;
    await namespace.ip('link', 'set', 'dev', EAST, change);
    await until(`${change} is told`, () => tells(events, EAST));
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

inNamespace('after an overflow names are those of the present, again and again', async (t, driver, namespace) => {
  const events = await watching(driver);
  for (const [from, to] of [
    [EAST, 'a'],
    ['a', 'b'],
    ['b', 'c'],
  ] as const) {
    flood(namespace, 300);
    // While this process stands still: the notice of it does not fit any more.
    const renamed = namespace.ip('link', 'set', 'dev', from, 'name', to);
    await until('the loss is told', () => events.some(({ type }) => type === 'overflow'));
    await renamed;
    events.length = 0;
    await namespace.ip('address', 'add', '10.0.0.1/32', 'dev', to);
    await until('the address is told under the name of the present', () => tells(events, to));
    await namespace.ip('address', 'delete', '10.0.0.1/32', 'dev', to);
    await until('all is told', () => events.length > 1);
    events.length = 0;
  }
  t.false(events.some(({ type }) => type === 'ended'));
});

inNamespace('a flood that goes on for long leaves turns to others, and its end is told', async (t, driver, namespace) => {
  const events = await watching(driver);
  for (let n = 0; n < 5; n++) flood(namespace, 200);
  await until('the loss is told', () => events.at(-1)?.type === 'overflow');
  t.true(events.filter(({ type }) => type === 'overflow').length < 50);
});

/** The port ids of this process's sockets that listen to groups, as the kernel lists them. */
async function listeners(namespace: Namespace): Promise<readonly number[]> {
  const table = await namespace.run('cat', '/proc/net/netlink');
  const rows = table.split('\n').slice(1).map((row) => row.trim().split(/\s+/));
  return rows.filter(([, protocol, , groups = '']) => protocol === '0' && parseInt(groups, 16) === 0x111).map(([, , port]) => Number(port));
}

/** Sends what looks like the kernel's notice that `lo` (index 1) was deleted under the name `forged`. */
const FORGE = `
  use Socket;
  my ($port) = @ARGV;
  my $name = "forged\\0";
  my $attribute = pack("SSa8", 4 + length $name, 3, $name);
  my $body = pack("CxSlLL", 0, 0, 1, 0, 0) . $attribute;
  socket(my $s, 16, 3, 0) or die "socket: $!";
  send($s, pack("LSSLL", 16 + length $body, 17, 0, 0, 0) . $body, 0, pack("SSLL", 16, 0, $port, 0)) or die "send: $!";
`;

inNamespace('what somebody else sends is not taken for a notice of the kernel', async (t, driver, namespace) => {
  const events = await watching(driver);
  const ports = await listeners(namespace);
  t.is(ports.length, 1);
  await namespace.run('perl', '-e', FORGE, String(ports[0]));
  await namespace.ip('address', 'add', '10.0.0.1/32', 'dev', EAST);
  await until('the change is told', () => tells(events, EAST));
  t.false(tells(events, 'forged'));
  t.false(events.some(({ type }) => type !== 'changed'));
});
