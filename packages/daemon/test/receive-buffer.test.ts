import type { IpAddress } from '@fastbypass/core';
import { freePorts } from '@fastbypass/test-fixtures';
import test from 'ava';
import { existsSync, readFileSync } from 'node:fs';
import { bindHeartbeatSocket } from '../dist/heartbeat-socket.js';
import { RECEIVE_BUFFER, shortBuffer } from '../dist/receive-buffer.js';

const LIMIT = '/proc/sys/net/core/rmem_max';

test('what is granted is what was asked for, or what the system allows', async (t) => {
  const hooks = { onDatagram: () => undefined, onBroken: () => undefined, needsSource: false };
  const [port = 0] = await freePorts(1);
  const socket = await bindHeartbeatSocket({ host: '127.0.0.1' as IpAddress, port }, hooks);
  t.teardown(() => {
    socket.close();
  });
  const limit = existsSync(LIMIT) ? Number(readFileSync(LIMIT, 'utf8')) : RECEIVE_BUFFER;
  t.is(socket.receiveBuffer, Math.min(RECEIVE_BUFFER, limit));
});

test('a buffer that was cut is told with what it means and what to do', (t) => {
  t.is(shortBuffer(RECEIVE_BUFFER), null);
  const told = shortBuffer(212_992) ?? '';
  t.regex(told, /holds 208 KiB of the 4096 KiB asked for: while the daemon is stalled some 266 heartbeats are kept/);
  t.regex(told, /sysctl -w net\.core\.rmem_max=4194304, then restart/);
});
