import test from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notifySocket } from '../../dist/notify/notify-socket.js';
import { systemdSupervisor } from '../../dist/notify/supervisor.js';
import { until } from '../e2e/bed.js';

test.serial('without the addon systemd-notify does it, one call after the other, and that is said', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'fbt-'));
  const path = process.env.PATH ?? '';
  t.teardown(() => {
    process.env.PATH = path;
    rmSync(dir, { recursive: true });
  });
  const record = join(dir, 'record');
  // The first call is slow: the second must wait for it.
  writeFileSync(join(dir, 'systemd-notify'), `#!/bin/sh\n[ "$1" != RELOADING=1 ] || sleep 0.3\necho "$NOTIFY_SOCKET $*" >> ${record}\n`);
  chmodSync(join(dir, 'systemd-notify'), 0o755);
  process.env.PATH = `${dir}:${path}`;
  const troubles: string[] = [];
  const notify = notifySocket('@somewhere', (why) => troubles.push(why), E.left('no such file'));
  notify('RELOADING=1', 'MONOTONIC_USEC=5');
  notify('STATUS=mode normal');
  await until('both have arrived', () => existsSync(record) && readFileSync(record, 'utf8').split('\n').length === 3);
  t.is(readFileSync(record, 'utf8'), '@somewhere RELOADING=1 MONOTONIC_USEC=5\n@somewhere STATUS=mode normal\n');
  t.deepEqual(troubles, ['systemd is told by systemd-notify, for the addon that would do it cannot be loaded: no such file']);

  process.env.PATH = '/nowhere';
  notify('READY=1');
  notify('READY=1');
  await until('it is said that there is no systemd-notify', () => troubles.length > 1);
  t.regex(troubles[1] ?? '', /^systemd cannot be told .*systemd-notify ENOENT/);
});

test('a message that the system refuses is told once, until one arrives', (t) => {
  let refuse = true;
  const sent: string[] = [];
  const send = (path: string, text: string): void => {
    if (refuse) throw new Error('connection refused');
    sent.push(`${path} ${text}`);
  };
  const troubles: string[] = [];
  const notify = notifySocket('@a', (why) => troubles.push(why), E.right({ send }));
  notify('READY=1');
  notify('READY=1');
  t.deepEqual(troubles, ['systemd cannot be told how this service fares, at @a: connection refused']);
  refuse = false;
  notify('READY=1', 'STATUS=x');
  t.deepEqual(sent, ['\0a READY=1\nSTATUS=x']);
  refuse = true;
  notify('READY=1');
  t.is(troubles.length, 2);
});

test('without NOTIFY_SOCKET nothing happens, and no child inherits what is meant for this process', (t) => {
  const troubles: string[] = [];
  const environment: NodeJS.ProcessEnv = { WATCHDOG_USEC: '1000', WATCHDOG_PID: String(process.pid), HOME: '/root' };
  const supervisor = systemdSupervisor(environment, (why) => troubles.push(why));
  for (const tell of [supervisor.ready, supervisor.reloading, supervisor.stopping]) tell();
  supervisor.status('mode normal');
  t.deepEqual(troubles, []);
  t.deepEqual(environment, { HOME: '/root' });
});
