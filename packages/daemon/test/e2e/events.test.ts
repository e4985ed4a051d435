import test from 'ava';
import { StatusReport } from '@fastbypass/core';
import { freePorts } from '@fastbypass/test-fixtures';
import { Bed, eventTexts, eventWhere, statusWhere, until } from './bed.js';
import { mockConfig } from './configs.js';

test('events begin with the whole status; later ones come in the order of what happened', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(2);
  const daemon = await bed.start(mockConfig({ ports }));
  const stream = await bed.events(daemon);
  const [first] = stream.events;
  t.is(first?.event, 'status');
  t.true(StatusReport.is(first?.data));
  const time = first?.data.time ?? '';
  t.is(new Date(time).toISOString(), time);

  const [zero, one] = ports.map((port) => bed.dpi(port));
  zero?.send();
  await eventWhere(stream, 'listener 0 active');
  one?.send();
  await eventWhere(stream, 'plan address-add eth0 192.168.1.211/32; address-add eth0 192.168.1.212/32');
  t.is((await daemon.request('POST', '/v1/reload')).status, 200);
  await eventWhere(stream, 'reload accepted');
  t.deepEqual(eventTexts(stream), [
    'status',
    'listener 0 active',
    'listener 1 active',
    'mode normal 0',
    'plan address-add eth0 192.168.1.211/32; address-add eth0 192.168.1.212/32',
    'reload accepted',
  ]);
  t.deepEqual(
    stream.events.map(({ event }) => event),
    ['status', 'status', 'status', 'mode', 'plan', 'reload'],
  );
  const times = stream.events.map(({ data }) => Date.parse(data.time));
  t.true(times.every((at, place) => at >= (times[place - 1] ?? 0) - 1), 'but for rounding');
  const ats = stream.events.slice(1).map(({ data }) => data.at ?? NaN);
  t.true(ats.every(Number.isInteger));
  t.deepEqual(ats, ats.toSorted((a, b) => a - b));
});

test('two DPIs that fall silent together make one decision and one plan', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(2);
  const daemon = await bed.start(mockConfig({ ports, lines: ['LISTEN_HEARTBEAT_FAILED=2', 'LISTEN_HEARTBEAT_TIMEOUT=700'] }));
  const stream = await bed.events(daemon);
  // One loop turn of the daemon may lie between the two datagrams, but not more than that.
  for (const dpi of ports.map((port) => bed.dpi(port))) dpi.send();
  await eventWhere(stream, 'plan address-del eth0 192.168.1.211/32; address-del eth0 192.168.1.212/32');
  const texts = eventTexts(stream);
  t.deepEqual(texts.filter((text) => text.startsWith('mode bypass')), ['mode bypass 2']);
  t.is(texts.filter((text) => text.startsWith('plan address-del')).length, 1);
});

test('a reader that hangs, and one that goes, hurt nobody', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports }));
  const hanging = await bed.events(daemon);
  hanging.pause();
  const going = await bed.events(daemon);
  going.close();
  const reading = await bed.events(daemon);
  // Rejected reloads are the cheapest events.
  bed.home.configure('nonsense');
  for (let count = 0; count < 200; count++) t.is((await daemon.request('POST', '/v1/reload')).status, 422);
  await until('the reader has all', () => reading.events.length === 201);
  bed.dpi(ports[0] ?? 0).send();
  await statusWhere(daemon, 'the mode is normal', ({ mode }) => mode === 'normal');
  t.deepEqual(await daemon.stop(), { code: 0, signal: null });
  await until('the stream ends with the daemon', () => reading.ended);
});
