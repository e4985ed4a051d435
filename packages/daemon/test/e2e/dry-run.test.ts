import test from 'ava';
import { freePorts } from '@fastbypass/test-fixtures';
import { existsSync } from 'node:fs';
import { Bed, eventTexts, eventWhere, statusWhere } from './bed.js';
import { mockConfig } from './configs.js';

test('a dry run decides, says its plans, and changes nothing', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const lines = ['LISTEN_HEARTBEAT_TIMEOUT=700', 'LISTEN_CUBRO_IFS=e0', 'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1'];
  const daemon = await bed.start(mockConfig({ ports, host: '0.0.0.0', lines }), { args: ['--dry-run'] });
  const stream = await bed.events(daemon);
  const dpi = bed.dpi(ports[0] ?? 0);
  dpi.talk();
  await eventWhere(stream, 'plan address-add eth0 192.168.1.211/32; address-add eth0 192.168.1.212/32');
  const normal = await daemon.status();
  t.true(normal.dryRun);
  t.is(normal.mode, 'normal');
  t.false(normal.converged);
  t.deepEqual(normal.cards.map(({ desired, observed }) => `${desired} ${observed}`), ['present absent', 'present absent']);

  await dpi.hush();
  await eventWhere(stream, 'plan link-down e0');
  const bypass = await statusWhere(daemon, 'the mode is bypass', ({ mode }) => mode === 'bypass');
  t.deepEqual(bypass.interfaces.map(({ desired, observed }) => `${desired} ${observed}`), ['down up']);
  t.regex(daemon.output, /dry run, not done: .*address-add|dry run, not done: .*192\.168\.1\.211/);
  t.deepEqual(await daemon.stop(), { code: 0, signal: null });
  t.false(existsSync(`${bed.home.dir}/control.state.json`), 'not even its memory');
  const texts = eventTexts(stream).filter((text) => /^(mode|plan) /.test(text));
  t.deepEqual(texts, ['mode normal 0', 'plan address-add eth0 192.168.1.211/32; address-add eth0 192.168.1.212/32', 'mode bypass 1', 'plan link-down e0'], 'each plan is said once, after what it is for');
});

test('a dry run adds no address for a listener, and says so', async (t) => {
  const bed = new Bed(t);
  const daemon = await bed.start(mockConfig({ ports: await freePorts(1) }), { args: ['--dry-run'] });
  const { listeners } = await daemon.status();
  t.is(listeners[0]?.status, 'unavailable');
  t.regex(listeners[0]?.reason ?? '', /127\.0\.0\.1 is not on lo.*dry run/);
});
