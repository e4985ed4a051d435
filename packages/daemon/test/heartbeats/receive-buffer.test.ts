import test from 'ava';
import { RECEIVE_BUFFER, shortBuffer } from '../../dist/heartbeats/receive-buffer.js';

test('a buffer that was cut is told with what it means and what to do', (t) => {
  t.is(shortBuffer(RECEIVE_BUFFER), null);
  const told = shortBuffer(212_992) ?? '';
  t.regex(told, /holds 208 KiB of the 4096 KiB asked for: while the daemon is stalled some 266 heartbeats are kept/);
  t.regex(told, /sysctl -w net\.core\.rmem_max=4194304, then restart/);
});
