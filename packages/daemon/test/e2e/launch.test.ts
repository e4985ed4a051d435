import test from 'ava';
import { freePorts } from '@fastbypass/test-fixtures';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Bed, eventTexts, statusWhere } from './bed.js';
import { mockConfig } from './configs.js';

test('a port in use is told, holds up nobody, and is taken once it is free', async (t) => {
  const bed = new Bed(t);
  const [one = 0, two = 0] = await freePorts(2);
  const squatter = createSocket('udp4').bind(two, '127.0.0.1');
  await once(squatter, 'listening');
  const daemon = await bed.start(mockConfig({ ports: [one, two] }));
  const stream = await bed.events(daemon);
  bed.dpi(one).send();
  const status = await statusWhere(daemon, 'the mode is normal without it', ({ mode, converged }) => mode === 'normal' && converged);
  t.is(status.listeners[1]?.status, 'unavailable');
  t.regex(status.listeners[1]?.reason ?? '', /in use/);
  t.true(status.problems.some((problem) => problem.includes(`port ${String(two)}`) && problem.includes('unavailable')));
  t.regex(daemon.output, new RegExp(`WARNING .*${String(two)}.*UNAVAILABLE.*in use`));
  t.is(status.failed, 0);

  squatter.close();
  const launched = await statusWhere(daemon, 'it is launched', ({ listeners }) => listeners[1]?.status === 'unknown');
  t.true(launched.settled, 'a late one is not waited for');
  t.is(launched.listeners[1]?.reason, null);
  bed.dpi(two).send();
  await statusWhere(daemon, 'it is heard', ({ listeners }) => listeners[1]?.status === 'active');
  t.deepEqual(
    eventTexts(stream).filter((text) => text.startsWith('listener 1')),
    ['listener 1 unknown', 'listener 1 active'],
  );
});

test('where nothing can be launched nothing is managed', async (t) => {
  const bed = new Bed(t);
  const [port = 0] = await freePorts(1);
  const squatter = createSocket('udp4').bind(port, '127.0.0.1');
  await once(squatter, 'listening');
  t.teardown(() => squatter.close());
  const daemon = await bed.start(mockConfig({ ports: [port] }));
  const status = await daemon.status();
  t.is(status.listeners[0]?.status, 'unavailable');
  t.false(status.settled);
  t.is(status.mode, 'unknown');
  t.deepEqual(status.cards.map(({ desired }) => desired), ['unmanaged', 'unmanaged']);
});
