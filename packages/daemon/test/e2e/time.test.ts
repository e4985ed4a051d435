/** Real time, coarsely: what must not be earlier, and what must never be. Exact instants are the traces' matter. */
import test, { type ExecutionContext } from 'ava';
import { type DaemonEvent, type LocalDpi, freePorts, monotonicNow } from '@fastbypass/test-fixtures';
import { Bed, eventText, eventTexts, eventWhere, lapse, statusWhere } from './bed.js';
import { mockConfig } from './configs.js';

/** ms by which clocks of two processes, and timers that count whole ms, may differ. */
const SLACK = 20;

test('a listener fails after its detection time, not before', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports, lines: ['LISTEN_HEARTBEAT_TIMEOUT=300', 'LISTEN_HEARTBEAT_ATTEMPTS=3'] }));
  const stream = await bed.events(daemon);
  const sent = monotonicNow();
  bed.dpi(ports[0] ?? 0).send();
  await eventWhere(stream, 'listener 0 active');
  const failed = await eventWhere(stream, 'listener 0 failed');
  t.true(failed.received - sent >= 900 - SLACK, `after ${String(failed.received - sent)} ms`);
  await eventWhere(stream, CARDS_GO);
  t.deepEqual(eventTexts(stream).slice(1), ['listener 0 active', 'mode normal 0', CARDS_COME, 'listener 0 failed', 'mode bypass 1', CARDS_GO]);
});

test('a failed listener needs as many heartbeats in a row as RECOVER says', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports, lines: ['LISTEN_HEARTBEAT_TIMEOUT=2000', 'LISTEN_HEARTBEAT_RECOVER=3'] }));
  const dpi = bed.dpi(ports[0] ?? 0);
  await statusWhere(daemon, 'it has failed, never heard', ({ listeners }) => listeners[0]?.status === 'failed');
  const heard = (heartbeats: number): Promise<unknown> => {
    dpi.send();
    return statusWhere(daemon, `heartbeat ${String(heartbeats)} is counted`, ({ listeners }) => listeners[0]?.heartbeats === heartbeats);
  };
  await heard(1);
  await heard(2);
  t.is((await daemon.status()).listeners[0]?.status, 'failed');
  await heard(3);
  await statusWhere(daemon, 'it is active', ({ listeners }) => listeners[0]?.status === 'active');
});

test('bypass lasts at least as long as BYPASS_HOLD_TIME says', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports, lines: ['LISTEN_HEARTBEAT_TIMEOUT=400', 'BYPASS_HOLD_TIME=1500'] }));
  const stream = await bed.events(daemon);
  await eventWhere(stream, 'mode bypass 1');
  bed.dpi(ports[0] ?? 0).talk();
  const active = await eventWhere(stream, 'listener 0 active');
  const bypass = await eventWhere(stream, 'mode bypass 1');
  const normal = await eventWhere(stream, 'mode normal 0');
  t.true(held(bypass, normal) >= 1500 - 1, `after ${String(held(bypass, normal))} ms`);
  t.true(held(active, normal) > 0, 'it waited for the end of the hold alone');
});

const held = (from: DaemonEvent, to: DaemonEvent): number => (to.data.at ?? NaN) - (from.data.at ?? NaN);

const CARDS_COME = 'plan address-add eth0 192.168.1.211/32; address-add eth0 192.168.1.212/32';
const CARDS_GO = 'plan address-del eth0 192.168.1.211/32; address-del eth0 192.168.1.212/32';

/** ms that the daemon is stopped. */
const STALL = 3000;

// Serial: a test process that is busy sends heartbeats late, and then silence is true.
for (const timeout of [300, 3000]) {
  test.serial(`a daemon that was stopped for 3 s fails no DPI that goes on talking (TIMEOUT ${String(timeout)})`, async (t) => {
    const { texts, gap } = await stalled(t, timeout);
    if (gap >= timeout) t.log(`the test itself was late by ${String(Math.round(gap))} ms: a failure would be true`);
    t.deepEqual(texts.filter((text) => /failed|bypass/.test(text) && gap < timeout), []);
  });
}

async function stalled(t: ExecutionContext, timeout: number): Promise<{ texts: readonly string[]; gap: number }> {
  const bed = new Bed(t);
  const ports = await freePorts(2);
  const daemon = await bed.start(mockConfig({ ports, lines: [`LISTEN_HEARTBEAT_TIMEOUT=${String(timeout)}`] }));
  const stream = await bed.events(daemon);
  const dpis = ports.map((port): LocalDpi => bed.dpi(port));
  for (const dpi of dpis) dpi.talk();
  await eventWhere(stream, CARDS_COME);
  for (const dpi of dpis) dpi.forgetGaps();
  daemon.signal('SIGSTOP');
  await lapse(STALL);
  daemon.signal('SIGCONT');
  // Two windows from waking all verdicts about the stall have been given.
  const woken = (await daemon.status()).uptimeMs;
  await statusWhere(daemon, 'it has run on', ({ uptimeMs }) => uptimeMs > woken + 2 * Math.min(timeout, 1000));
  return { texts: stream.events.map(eventText), gap: Math.max(...dpis.map((dpi) => dpi.longestGap)) };
}

test.serial('one that came back while the daemon was stopped is heard before another one fails: the mode stays', async (t) => {
  const bed = new Bed(t);
  // So many that the daemon does not read all of them before it judges.
  const ports = await freePorts(100);
  const [silent = 0, returning = 0, ...others] = ports;
  const timeout = 4000;
  const daemon = await bed.start(mockConfig({ ports, lines: [`LISTEN_HEARTBEAT_TIMEOUT=${String(timeout)}`, 'LISTEN_HEARTBEAT_ATTEMPTS=1', 'LISTEN_HEARTBEAT_FAILED=2'] }));
  const stream = await bed.events(daemon);
  const dpi = bed.dpi(silent);
  for (const it of [dpi, ...others.map((port) => bed.dpi(port))]) it.talk();
  // Its window ends while the daemon is stopped, and that of the one which has failed by then does not.
  await lapse(0.75 * timeout);
  const lastSent = await dpi.hush();
  await eventWhere(stream, 'listener 1 failed');
  daemon.signal('SIGSTOP');
  await lapse(timeout / 4);
  bed.dpi(returning).talk();
  await lapse(lastSent + timeout + 200 - monotonicNow());
  daemon.signal('SIGCONT');
  await eventWhere(stream, 'listener 0 failed');
  await eventWhere(stream, 'listener 1 active');
  t.false(eventTexts(stream).some((text) => text.startsWith('mode bypass')), eventTexts(stream).join('\n'));
});

test.serial('a flood on one port keeps nobody from seeing that another is silent', async (t) => {
  const bed = new Bed(t);
  const [flooded = 0, silent = 0] = await freePorts(2);
  const daemon = await bed.start(mockConfig({ ports: [flooded, silent], lines: ['LISTEN_HEARTBEAT_TIMEOUT=1000'] }));
  const stream = await bed.events(daemon);
  const flood = bed.dpi(flooded);
  const pump = setInterval(() => {
    for (let count = 0; count < 20; count++) flood.send();
  }, 1);
  t.teardown(() => {
    clearInterval(pump);
  });
  const dpi = bed.dpi(silent);
  dpi.talk();
  await eventWhere(stream, CARDS_COME);
  const lastSent = await dpi.hush();
  const failed = await eventWhere(stream, 'listener 1 failed');
  t.true(failed.received - lastSent >= 1000 - SLACK);
  t.true(failed.received - lastSent < 5000, `after ${String(failed.received - lastSent)} ms`);
  t.false(eventTexts(stream).includes('listener 0 failed'));
  t.log(`${String((await daemon.status()).listeners[0]?.heartbeats)} heartbeats; seen after ${(failed.received - lastSent).toFixed(1)} ms`);
});

test.serial('a DPI that falls silent while the daemon is stopped gets one full window from waking, and no more', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports, lines: ['LISTEN_HEARTBEAT_TIMEOUT=700'] }));
  const stream = await bed.events(daemon);
  const dpi = bed.dpi(ports[0] ?? 0);
  dpi.talk();
  await eventWhere(stream, CARDS_COME);
  daemon.signal('SIGSTOP');
  await dpi.hush();
  await lapse(STALL);
  const woken = monotonicNow();
  daemon.signal('SIGCONT');
  const failed = await eventWhere(stream, 'listener 0 failed');
  t.true(failed.received - woken >= 700 - SLACK, `after ${String(failed.received - woken)} ms`);
  await eventWhere(stream, 'mode bypass 1');
});
