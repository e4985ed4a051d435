/** The minimal configuration of the original documentation, on the real kernel. */
import { until } from '@fastbypass/test-fixtures';
import { CARDS, Broker, HOST, PORTS, kernelTest, kernelTests, minimalConfig, serialKernelTest } from './broker.js';
import { eventTexts, eventWhere, lapse, statusWhere } from './bed.js';

const BOTH = [`${HOST}/32`, ...CARDS.map((card) => `${card}/32`)];
const NEITHER = [`${HOST}/32`];

const CASES = [
  { driver: 'iproute2', timeout: 3000 },
  { driver: 'netlink', timeout: 3000 },
  { driver: 'iproute2', timeout: 300 },
  { driver: 'netlink', timeout: 300 },
] as const;

for (const { driver, timeout } of CASES) {
  const declare = timeout < 1000 ? serialKernelTest : kernelTest;
  const title = (text: string): string => `TIMEOUT ${String(timeout)}: ${text}`;

  declare(driver, title('nothing is touched before both have reported; silence of one removes both addresses; its return restores both'), async (t) => {
    const broker = await Broker.create(t);
    const daemon = await broker.start(minimalConfig(timeout, driver));
    const stream = await broker.bed.events(daemon);
    const [zero, one] = [await broker.dpi(PORTS[0]), await broker.dpi(PORTS[1])];
    zero.talk();
    // With 300 ms it may be failed by the time it speaks; that is a report as well.
    await statusWhere(daemon, 'DPI 0 is heard', ({ listeners }) => listeners[0]?.status === 'active');
    if (!(await daemon.status()).settled) t.deepEqual(broker.cardHistory(), []);
    one.talk();
    await broker.has(BOTH);
    // The kernel is told first, and then everybody else.
    const planOf = (texts: readonly string[]): number => texts.findIndex((text) => CARDS.some((card) => text.includes(card)));
    await until('the plan is told', () => planOf(eventTexts(stream)) >= 0);
    const texts = eventTexts(stream);
    const firstPlan = planOf(texts);
    for (const index of [0, 1]) t.true(texts.slice(0, firstPlan).some((text) => text.startsWith(`listener ${String(index)}`)), texts.join(' | '));

    await one.hush();
    await broker.has(NEITHER);
    const status = await statusWhere(daemon, 'the status says so', ({ mode, converged }) => mode === 'bypass' && converged);
    t.deepEqual(status.listeners.map((listener) => listener.status), ['active', 'failed']);

    one.talk();
    await broker.has(BOTH);
    await statusWhere(daemon, 'the status says so', ({ mode, converged }) => mode === 'normal' && converged);
  });

  declare(driver, title('SIGTERM changes nothing; a restart in bypass keeps bypass'), async (t) => {
    const broker = await Broker.create(t);
    const [zero, one] = await broker.talkingDpis();
    const first = await broker.start(minimalConfig(timeout, driver));
    await broker.has(BOTH);
    await statusWhere(first, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);
    const told = broker.history.length;
    t.deepEqual(await first.stop(), { code: 0, signal: null });
    t.deepEqual(await broker.addresses(), BOTH);
    t.deepEqual(broker.history.slice(told), []);

    await one.hush();
    const second = await broker.restart();
    await broker.has(NEITHER);
    await statusWhere(second, 'the mode is bypass', ({ mode, converged }) => mode === 'bypass' && converged);
    const bypassed = broker.history.length;
    t.deepEqual(await second.stop(), { code: 0, signal: null });
    const third = await broker.restart();
    await statusWhere(third, 'the mode is bypass again', ({ mode, settled, converged }) => mode === 'bypass' && settled && converged);
    t.deepEqual(broker.cardHistory(bypassed), [], 'no address of a card came or went');

    one.talk();
    await broker.has(BOTH);
    await zero.hush();
    await broker.has(NEITHER);
  });

  declare(driver, title('heartbeats queued while the daemon is stopped for 3 s cause no bypass'), async (t) => {
    const broker = await Broker.create(t);
    const daemon = await broker.start(minimalConfig(timeout, driver));
    await broker.talkingDpis();
    await broker.has(BOTH);
    const stream = await broker.bed.events(daemon);
    await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);
    const told = broker.history.length;
    const { uptimeMs, listeners } = await daemon.status();
    daemon.signal('SIGSTOP');
    await lapse(3000);
    daemon.signal('SIGCONT');
    await statusWhere(daemon, 'it has heard what was queued and run on', (status) => status.uptimeMs > uptimeMs + 3000 + 2 * Math.min(timeout, 500));
    const after = await daemon.status();
    t.true((after.listeners[0]?.heartbeats ?? 0) > (listeners[0]?.heartbeats ?? 0) + 20, 'those of 3 s were waiting');
    t.deepEqual(eventTexts(stream).filter((text) => /failed|bypass/.test(text)), []);
    t.deepEqual(broker.cardHistory(told), []);
  });
}

kernelTests('killed in bypass: the next process restores the prefixes that were', async (t, driver) => {
  const broker = await Broker.create(t, [`address add ${CARDS[0]}/24 dev eth0`, `address add ${CARDS[1]}/25 dev eth0`]);
  const [, one] = await broker.talkingDpis();
  const daemon = await broker.start(minimalConfig(2000, driver));
  const stream = await broker.bed.events(daemon);
  const before = [`${CARDS[0]}/24`, `${CARDS[1]}/25`, `${HOST}/32`];
  await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);
  await broker.has(before);
  await one.hush();
  await eventWhere(stream, 'mode bypass 1');
  await broker.has(NEITHER);
  await daemon.kill();
  const next = await broker.restart();
  await statusWhere(next, 'the mode is bypass', ({ mode, converged }) => mode === 'bypass' && converged);
  await broker.has(NEITHER);
  one.talk();
  await t.notThrowsAsync(broker.has(before));
});

kernelTests('a dry run on the real kernel changes nothing', async (t, driver) => {
  const broker = await Broker.create(t, [`address add ${HOST}/24 dev eth0`, `address add ${CARDS[0]}/24 dev eth0`]);
  const told = broker.history.length;
  const [zero, one] = await broker.talkingDpis();
  const daemon = await broker.start(minimalConfig(2000, driver), { args: ['--dry-run'] });
  const stream = await broker.bed.events(daemon);
  await statusWhere(daemon, 'the mode is normal', ({ mode }) => mode === 'normal');
  await one.hush();
  await eventWhere(stream, `plan address-del eth0 ${CARDS[0]}/24`);
  await zero.hush();
  t.deepEqual(broker.history.slice(told), []);
  await daemon.stop();
  t.deepEqual(await broker.addresses(), [`${HOST}/24`, `${CARDS[0]}/24`]);
});
