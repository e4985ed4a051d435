/** What somebody else does to the network of a running daemon, on the real kernel. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CARDS, Broker, HOST, type RealDriver, kernelTest, kernelTests, minimalConfig } from './broker.js';
import { statusWhere, until } from './bed.js';

const BOTH = [`${HOST}/32`, ...CARDS.map((card) => `${card}/32`)];
const NEITHER = [`${HOST}/32`];

/** ms; a second by the contract, and what a busy machine adds. */
const AT_ONCE = 3000;

const isNormal = ({ mode, converged }: { readonly mode: string; readonly converged: boolean }): boolean => mode === 'normal' && converged;
const isBypass = ({ mode, converged }: { readonly mode: string; readonly converged: boolean }): boolean => mode === 'bypass' && converged;

async function took(action: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await action();
  return performance.now() - begun;
}

kernelTests("a card's address that somebody deletes is back at once", async (t, driver) => {
  const broker = await Broker.create(t);
  await broker.talkingDpis();
  const daemon = await broker.start(minimalConfig(3000, driver));
  await statusWhere(daemon, 'the mode is normal', isNormal);
  await broker.namespace.ip('address', 'del', `${CARDS[0]}/32`, 'dev', 'eth0');
  const ms = await took(() => broker.has(BOTH));
  t.true(ms < AT_ONCE, `after ${String(ms)} ms`);
  t.deepEqual(broker.cardHistory().slice(2), [`-eth0 ${CARDS[0]}/32`, `+eth0 ${CARDS[0]}/32`]);
});

kernelTests("a card's address that somebody adds in bypass goes at once, whatever its prefix", async (t, driver) => {
  const broker = await Broker.create(t);
  const [, one] = await broker.talkingDpis();
  const daemon = await broker.start(minimalConfig(2000, driver));
  await statusWhere(daemon, 'the mode is normal', isNormal);
  await one.hush();
  await statusWhere(daemon, 'the mode is bypass', isBypass);
  await broker.namespace.ip('address', 'add', `${CARDS[0]}/24`, 'dev', 'eth0');
  const ms = await took(() => broker.has(NEITHER));
  t.true(ms < AT_ONCE, `after ${String(ms)} ms`);
  one.talk();
  await broker.has(BOTH);
});

kernelTests("a listener's address that somebody deletes is back at once, and the DPI is heard on", async (t, driver) => {
  const broker = await Broker.create(t);
  await broker.talkingDpis();
  const daemon = await broker.start(minimalConfig(3000, driver));
  await statusWhere(daemon, 'the mode is normal', isNormal);
  await broker.namespace.ip('address', 'del', `${HOST}/32`, 'dev', 'eth0');
  const ms = await took(() => broker.has(BOTH));
  t.true(ms < AT_ONCE, `after ${String(ms)} ms`);
  const { listeners } = await daemon.status();
  const status = await statusWhere(daemon, 'the DPIs are heard on', (now) => now.listeners.every(({ heartbeats }, place) => heartbeats > (listeners[place]?.heartbeats ?? 0) + 2));
  t.is(status.mode, 'normal');
});

kernelTests('managed interfaces follow the mode, and what somebody does to them is undone', async (t, driver) => {
  const broker = await Broker.create(t);
  for (const name of ['e1', 'e2']) await broker.namespace.addPair(name);
  const isUp = async (name: string): Promise<boolean> => /<[^>]*\bUP\b/.test(await broker.namespace.ip('-o', 'link', 'show', 'dev', name));
  const [, one] = await broker.talkingDpis();
  const daemon = await broker.start(`${minimalConfig(2000, driver)}LISTEN_CUBRO_IFS=e1\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1\n`);
  await statusWhere(daemon, 'the mode is normal', isNormal);
  await broker.namespace.ip('link', 'set', 'dev', 'e1', 'down');
  await until('e1 is up again', () => isUp('e1'));
  await one.hush();
  await until('e1 is down', async () => !(await isUp('e1')));
  await statusWhere(daemon, 'the mode is bypass', isBypass);
  await broker.namespace.ip('link', 'set', 'dev', 'e1', 'up');
  await until('e1 is down again', async () => !(await isUp('e1')));
  t.true(await isUp('e2'), 'it is nobody of ours');
  one.talk();
  await until('e1 is up', () => isUp('e1'));
});

kernelTests('a missing interface is waited for, and taken when it appears', async (t, driver) => {
  const broker = await Broker.create(t);
  await broker.talkingDpis();
  const daemon = await broker.start(minimalConfig(3000, driver).replace('BYPASS_CARD_IFS=eth0', 'BYPASS_CARD_IFS=eth1'));
  const missing = await statusWhere(daemon, 'the mode is normal', ({ mode }) => mode === 'normal');
  t.deepEqual(missing.cards.map(({ desired, observed }) => `${desired} ${observed}`), ['present missing', 'present missing']);
  t.false(missing.converged);
  t.true(missing.problems.some((problem) => problem.includes('eth1')));
  await broker.namespace.addPair('eth1');
  await broker.has(CARDS.map((card) => `${card}/32`), 'eth1');
  await statusWhere(daemon, 'all is as desired', isNormal);

  await broker.namespace.ip('link', 'delete', 'dev', 'eth1');
  await statusWhere(daemon, 'that it is gone is known', ({ cards }) => cards.every(({ observed }) => observed === 'missing'));
  await broker.namespace.addPair('eth1');
  await broker.has(CARDS.map((card) => `${card}/32`), 'eth1');
});

kernelTests('a listener whose interface is missing is unavailable, and launched when it appears', async (t, driver) => {
  const broker = await Broker.create(t);
  await broker.talkingDpis();
  const daemon = await broker.start(minimalConfig(3000, driver).replace('LISTEN_HEARTBEAT_IFS=eth0', 'LISTEN_HEARTBEAT_IFS=eth9'));
  const { listeners, settled } = await daemon.status();
  t.deepEqual(listeners.map(({ status }) => status), ['unavailable', 'unavailable']);
  t.regex(listeners[0]?.reason ?? '', /eth9/);
  t.false(settled);
  await broker.namespace.addPair('eth9');
  await broker.has(NEITHER, 'eth9');
  await statusWhere(daemon, 'the DPIs are heard', isNormal);
  await broker.has(CARDS.map((card) => `${card}/32`));
});

kernelTests('addresses and routes of others survive the removal of a primary that they hang on', async (t, driver) => {
  const foreign = ['192.168.1.5/24', '192.168.1.6/24', '10.9.0.1/16'];
  const broker = await Broker.create(t, [`address add ${CARDS[0]}/24 dev eth0`, ...foreign.map((address) => `address add ${address} dev eth0`), 'route add default via 192.168.1.254 dev eth0']);
  const routes = async (): Promise<string> => (await broker.namespace.ip('-4', 'route', 'show', 'default')).trim();
  const before = await routes();
  t.regex(before, /^default via 192\.168\.1\.254/);
  const [, one] = await broker.talkingDpis();
  const daemon = await broker.start(minimalConfig(2000, driver));
  await statusWhere(daemon, 'the mode is normal', isNormal);
  await broker.has([...foreign, `${CARDS[0]}/24`, `${CARDS[1]}/32`, `${HOST}/32`]);
  await one.hush();
  await broker.has([...foreign, `${HOST}/32`]);
  t.is(await routes(), before);
  one.talk();
  await broker.has([...foreign, `${CARDS[0]}/24`, `${CARDS[1]}/32`, `${HOST}/32`]);
  t.is(await routes(), before);
  t.true(broker.history.filter((notice) => notice.startsWith('-')).every((notice) => CARDS.some((card) => notice.includes(card))), broker.history.join(', '));
});

/** A listener of its own address, and what a reload without it leaves. */
const withAnother = (driver: RealDriver): string => minimalConfig(60_000, driver).replace(`LISTEN_HB_HOST[1]=${HOST}`, 'LISTEN_HB_HOST[1]=192.168.1.203');
const without = (driver: RealDriver): string => withAnother(driver).replace(/^LISTEN_HB_(HOST|PORT)\[1\].*\n/gm, '');

kernelTests("a removed listener's address goes though its interface had another name for a while", async (t, driver) => {
  const broker = await Broker.create(t);
  const daemon = await broker.start(withAnother(driver));
  await broker.has([`${HOST}/32`, '192.168.1.203/32']);
  await broker.namespace.ip('link', 'set', 'dev', 'eth0', 'name', 'x0');
  await statusWhere(daemon, 'eth0 is missed', ({ problems }) => problems.some((problem) => problem.includes('interface eth0 is missing')));
  await broker.namespace.ip('link', 'set', 'dev', 'x0', 'name', 'eth0');
  await statusWhere(daemon, 'eth0 is seen again', ({ problems }) => problems.every((problem) => !problem.includes('interface eth0 is missing')));
  broker.bed.home.configure(without(driver));
  t.is((await daemon.request('POST', '/v1/reload')).status, 200);
  await broker.has([`${HOST}/32`]);
});

kernelTests("an address that somebody adds to a new interface is not a removed listener's", async (t, driver) => {
  const broker = await Broker.create(t);
  const daemon = await broker.start(withAnother(driver));
  await broker.has([`${HOST}/32`, '192.168.1.203/32']);
  // It has the address before it has the name that is waited for: the daemon cannot be the first.
  await broker.namespace.batch(['link delete dev eth0', 'link add name new0 type veth peer name p1', 'address add 192.168.1.203/32 dev new0', 'link set dev new0 name eth0', 'link set dev eth0 up']);
  await broker.has([`${HOST}/32`, '192.168.1.203/32']);
  broker.bed.home.configure(without(driver));
  t.is((await daemon.request('POST', '/v1/reload')).status, 200);
  await statusWhere(daemon, 'nothing is left to do', ({ converged }) => converged);
  t.deepEqual((await broker.addresses()).toSorted(), [`${HOST}/32`, '192.168.1.203/32']);
});

kernelTests('nothing is touched that the configuration does not name', async (t, driver) => {
  const broker = await Broker.create(t, ['address add 192.168.1.210/32 dev eth0', 'address add 192.168.1.21/32 dev eth0']);
  const [, one] = await broker.talkingDpis();
  const daemon = await broker.start(minimalConfig(2000, driver));
  await statusWhere(daemon, 'the mode is normal', isNormal);
  await one.hush();
  await statusWhere(daemon, 'the mode is bypass', isBypass);
  await broker.has(['192.168.1.210/32', '192.168.1.21/32', `${HOST}/32`]);
  t.false(broker.history.some((notice) => /^-.*192\.168\.1\.21(0)?\//.test(notice)));
});

kernelTest('iproute2', 'where there is no ip command the daemon says so, goes on, and works once there is one', async (t) => {
  const broker = await Broker.create(t);
  const folder = join(broker.bed.home.dir, 'bin');
  mkdirSync(folder);
  symlinkSync(commandOf('nsenter'), join(folder, 'nsenter'));
  await broker.talkingDpis();
  const daemon = await broker.start(minimalConfig(2000, 'iproute2'), { env: { PATH: folder } });
  const { problems, converged, listeners } = await daemon.status();
  t.true(problems.some((problem) => problem.includes('there is no such command')), problems.join('; '));
  t.false(converged);
  t.deepEqual(listeners.map(({ status }) => status), ['unknown', 'unknown'], 'nobody is judged by a network that nobody has seen');
  symlinkSync(commandOf('ip'), join(folder, 'ip'));
  await broker.has(BOTH);
  const status = await statusWhere(daemon, 'the mode is normal', isNormal);
  t.true(status.settled);
  await statusWhere(daemon, 'nothing is wrong any more', ({ problems: left }) => left.length === 0);
});

const commandOf = (name: string): string => (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? name;

kernelTests('status names a card that is away with the prefix that will come back', async (t, driver) => {
  const broker = await Broker.create(t);
  const [, one] = await broker.talkingDpis();
  await broker.namespace.ip('address', 'add', `${CARDS[0]}/24`, 'dev', 'eth0');
  const daemon = await broker.start(minimalConfig(2000, driver));
  await statusWhere(daemon, 'the mode is normal', isNormal);
  await one.hush();
  const { cards } = await statusWhere(daemon, 'the mode is bypass', isBypass);
  t.deepEqual(cards.map(({ address, observed }) => [address, observed]), [[`${CARDS[0]}/24`, 'absent'], [`${CARDS[1]}/32`, 'absent']]);
});
