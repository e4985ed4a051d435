import test from 'ava';
import { ReloadReport, type StatusReport } from '@fastbypass/core';
import { freePorts } from '@fastbypass/test-fixtures';
import { Bed, eventTexts, eventWhere, statusWhere, until } from './bed.js';
import { mockConfig } from './configs.js';

test.serial('a good reload is answered when it is done, and keeps what it need not change', async (t) => {
  const bed = new Bed(t);
  const [one = 0, two = 0] = await freePorts(2);
  const daemon = await bed.start(mockConfig({ ports: [one] }));
  bed.dpi(one).send();
  const before = await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);

  bed.home.configure(mockConfig({ ports: [one, two], lines: ['BYPASS_CARD_HOST[2]=192.168.1.213'] }));
  const answer = await daemon.request('POST', '/v1/reload');
  t.is(answer.status, 200);
  const report: unknown = JSON.parse(answer.text);
  t.true(ReloadReport.is(report) && report.reload === 'accepted');
  const unsettled = await daemon.status();
  t.is(unsettled.listeners[0]?.status, 'active');
  t.is(unsettled.listeners[0]?.heartbeats, 1);
  t.is(unsettled.listeners[1]?.status, 'unknown');
  t.false(unsettled.settled, 'the new listener is waited for');
  t.is(unsettled.mode, 'normal');
  t.deepEqual(unsettled.cards.map(({ desired, observed }) => `${desired} ${observed}`), ['unmanaged present', 'unmanaged present', 'unmanaged absent']);
  t.true(unsettled.config.loadedAt > before.config.loadedAt);

  bed.dpi(two).send();
  const after = await statusWhere(daemon, 'it is settled again', ({ settled, converged }) => settled && converged);
  t.is(after.since, before.since);
  t.deepEqual(after.cards.map(({ observed }) => observed), ['present', 'present', 'present']);
});

test.serial('a bad reload is answered with the diagnostics, and the old configuration runs on', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports }));
  const stream = await bed.events(daemon);
  bed.dpi(ports[0] ?? 0).send();
  const before = await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);

  bed.home.configure(mockConfig({ ports, lines: ['BYPASS_CARD_HOST[1]=192.168.1.299'] }));
  const answer = await daemon.request('POST', '/v1/reload');
  t.is(answer.status, 422);
  const report: unknown = JSON.parse(answer.text);
  if (!ReloadReport.is(report)) {
    t.fail(answer.text);
    return;
  }
  t.is(report.reload, 'rejected');
  const error = report.diagnostics.find(({ severity }) => severity === 'error');
  t.is(error?.key, 'BYPASS_CARD_HOST[1]');
  t.is(error?.line, bed.home.text().split('\n').indexOf('BYPASS_CARD_HOST[1]=192.168.1.299') + 1);
  t.regex(error?.message ?? '', /192\.168\.1\.299/);
  await eventWhere(stream, 'reload rejected');

  const after = await daemon.status();
  t.deepEqual(withoutAges(after), withoutAges(before));
});

/** Without what time alone changes. */
function withoutAges({ uptimeMs: _, why: { verdict, waitsFor }, listeners, ...rest }: StatusReport): object {
  return { ...rest, why: { verdict, waitsFor }, listeners: listeners.map((listener) => ({ ...listener, lastHeartbeatMsAgo: null })) };
}

test.serial('SIGHUP reloads', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports }));
  const stream = await bed.events(daemon);
  bed.home.configure(mockConfig({ ports, lines: ['LISTEN_HEARTBEAT_FAILED=3'] }));
  daemon.signal('SIGHUP');
  await eventWhere(stream, 'reload accepted');
  t.is((await daemon.status()).threshold, 3);
});

test.serial('many reloads at once are done one after the other', async (t) => {
  const bed = new Bed(t);
  const daemon = await bed.start(mockConfig({ ports: await freePorts(1) }));
  const stream = await bed.events(daemon);
  const answers = await Promise.all(Array.from({ length: 20 }, () => daemon.request('POST', '/v1/reload')));
  t.true(answers.every(({ status }) => status === 200));
  await until('each is told', () => eventTexts(stream).filter((text) => text === 'reload accepted').length === 20);
});

test.serial('a changed listener begins anew on the socket that is there', async (t) => {
  const bed = new Bed(t);
  const [one = 0, two = 0] = await freePorts(2);
  const daemon = await bed.start(mockConfig({ ports: [one, two] }));
  const dpis = [one, two].map((port) => bed.dpi(port));
  for (const dpi of dpis) dpi.send();
  await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);

  bed.home.configure(mockConfig({ ports: [one, two], lines: ['LISTEN_HEARTBEAT_ATTEMPTS[1]=7'] }));
  t.is((await daemon.request('POST', '/v1/reload')).status, 200);
  const changed = await daemon.status();
  t.deepEqual(changed.listeners.map(({ status, heartbeats }) => ({ status, heartbeats })), [
    { status: 'active', heartbeats: 1 },
    { status: 'unknown', heartbeats: 0 },
  ]);
  dpis[1]?.send();
  await statusWhere(daemon, 'the changed one is heard', ({ listeners, settled }) => listeners[1]?.status === 'active' && settled);
});

test.serial('what leaves the configuration goes: the socket at once, the card and the listener address from the network', async (t) => {
  const bed = new Bed(t);
  const [one = 0, two = 0] = await freePorts(2);
  const daemon = await bed.start(mockConfig({ ports: [one, two], lines: ['LISTEN_HB_HOST[1]=127.0.0.9'] }));
  const stream = await bed.events(daemon);
  bed.dpi(one).send();
  const other = bed.dpi(two, { from: '127.0.0.9' });
  other.close();
  bed.home.configure(mockConfig({ ports: [one] }).replace('BYPASS_CARD_HOST[1]=192.168.1.212\n', ''));
  t.is((await daemon.request('POST', '/v1/reload')).status, 200);
  await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);
  await eventWhere(stream, 'plan address-del lo 127.0.0.9/32');
  t.deepEqual((await daemon.status()).cards.map(({ index }) => index), [0]);
});

test.serial('LOG_LEVEL acts at once, a changed DRIVER is accepted and waits for the next start', async (t) => {
  const bed = new Bed(t);
  const config = mockConfig({ ports: await freePorts(1) });
  const daemon = await bed.start(config);
  bed.home.configure(config.replace('DRIVER=mock', 'DRIVER=iproute2\nLOG_LEVEL=ERROR'));
  const answer = await daemon.request('POST', '/v1/reload');
  t.is(answer.status, 200);
  t.regex(answer.text, /DRIVER.*next start/);
  t.is((await daemon.status()).driver, 'mock');
  // Lines are written later than they are said; this is the last that the old level lets through.
  await until('the warning is in the log', () => daemon.output.includes('DRIVER is "iproute2" now'));
  const said = daemon.output.length;
  t.is((await daemon.request('POST', '/v1/reload')).status, 200);
  await daemon.stop();
  t.notRegex(daemon.output.slice(said), / INFO | WARNING /);
});

test.serial('another driver is told with its line, and acts at the next start', async (t) => {
  const bed = new Bed(t);
  const config = mockConfig({ ports: await freePorts(1) });
  const daemon = await bed.start(config);
  bed.home.configure(`${config}DRIVER=iproute2\n`);
  const answer = await daemon.request('POST', '/v1/reload');
  t.is(answer.status, 200);
  const { config: { diagnostics } } = await daemon.status();
  const told = diagnostics.find(({ message }) => message.includes('acts at the next start'));
  t.deepEqual([told?.key, told?.line], ['DRIVER', config.split('\n').length]);
});
