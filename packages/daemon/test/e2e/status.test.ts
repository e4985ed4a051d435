import test from 'ava';
import { freePorts } from '@fastbypass/test-fixtures';
import { Bed, statusWhere, until } from './bed.js';
import { NEVER, mockConfig } from './configs.js';

test('before every DPI has reported the status says so, and that nothing is managed', async (t) => {
  const bed = new Bed(t);
  const [one = 0, two = 0] = await freePorts(2);
  const lines = ['LISTEN_HEARTBEAT_ATTEMPTS=2', 'LISTEN_CUBRO_IFS=e0', 'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1', 'LISTEN_HEARTBEAT_TIMEOUTS=3'];
  const daemon = await bed.start(mockConfig({ ports: [one, two], lines }));
  const status = await daemon.status();
  t.regex(status.version, /^\d+\.\d+\.\d+/);
  t.is(status.pid, daemon.pid);
  t.is(new Date(status.startedAt).toISOString(), status.startedAt);
  t.true(status.uptimeMs > 0);
  t.is(status.driver, 'mock');
  t.false(status.dryRun);
  t.is(status.mode, 'unknown');
  t.true(Math.abs(Date.parse(status.since) - Date.parse(status.startedAt)) <= 1, 'the start, but for rounding');
  t.false(status.settled);
  t.is(status.failed, 0);
  t.is(status.threshold, 1);
  t.true(status.converged);
  t.true(status.problems.some((problem) => problem.includes('nothing is managed until') && problem.includes(String(one)) && problem.includes(String(two))));
  t.deepEqual(
    status.listeners,
    [one, two].map((port, index) => ({
      index,
      host: '127.0.0.1',
      port,
      interface: 'lo',
      status: 'unknown',
      missed: 0,
      attempts: 2,
      timeoutMs: NEVER,
      heartbeats: 0,
      rejected: 0,
      lastHeartbeatMsAgo: null,
      reason: null,
    })),
  );
  t.deepEqual(status.cards, [
    { index: 0, address: '192.168.1.211/32', interface: 'eth0', desired: 'unmanaged', observed: 'absent' },
    { index: 1, address: '192.168.1.212/32', interface: 'eth0', desired: 'unmanaged', observed: 'absent' },
  ]);
  t.deepEqual(status.interfaces, [{ name: 'e0', desired: 'unmanaged', observed: 'up', downFor: [] }]);
  t.is(status.config.path, bed.home.config);
  t.is(new Date(status.config.loadedAt).toISOString(), status.config.loadedAt);
  const warning = status.config.diagnostics.find(({ key }) => key === 'LISTEN_HEARTBEAT_TIMEOUTS');
  t.is(warning?.severity, 'warning');
  t.is(warning?.line, bed.home.text().split('\n').indexOf('LISTEN_HEARTBEAT_TIMEOUTS=3') + 1);
  t.regex(warning?.message ?? '', /LISTEN_HEARTBEAT_TIMEOUT\b/);
});

test('in normal the status says what stands, and how long ago each DPI was heard', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(2);
  const daemon = await bed.start(mockConfig({ ports, lines: ['LISTEN_CUBRO_IFS=e0', 'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1'] }));
  for (const port of ports) bed.dpi(port).send();
  const status = await statusWhere(daemon, 'the mode is normal and all is as desired', ({ mode, converged }) => mode === 'normal' && converged);
  t.true(status.settled);
  t.true(status.since > status.startedAt);
  t.deepEqual(status.problems, []);
  for (const listener of status.listeners) {
    t.is(listener.status, 'active');
    t.is(listener.heartbeats, 1);
    t.true((listener.lastHeartbeatMsAgo ?? -1) >= 0 && (listener.lastHeartbeatMsAgo ?? Infinity) <= status.uptimeMs);
  }
  t.deepEqual(
    status.cards.map(({ desired, observed }) => ({ desired, observed })),
    [0, 1].map(() => ({ desired: 'present', observed: 'present' })),
  );
  t.deepEqual(status.interfaces, [{ name: 'e0', desired: 'up', observed: 'up', downFor: [] }]);
});

test('a failed listener shuts its own interface, and from the threshold on the cards and the global list go', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(2);
  const lines = [
    'LISTEN_HEARTBEAT_TIMEOUT=500',
    'LISTEN_HEARTBEAT_ATTEMPTS=2',
    'LISTEN_HEARTBEAT_FAILED=2',
    'LISTEN_CUBRO_IFS=e0',
    'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1',
    'LISTEN_CUBRO_IFS[1]=e1',
    'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS[1]=1',
  ];
  const [zero, one] = ports.map((port) => bed.dpi(port));
  zero?.talk();
  one?.talk();
  const daemon = await bed.start(mockConfig({ ports, lines }));
  await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);

  await one?.hush();
  const half = await statusWhere(daemon, 'listener 1 has failed', ({ listeners, converged }) => listeners[1]?.status === 'failed' && converged);
  t.is(half.mode, 'normal');
  t.is(half.failed, 1);
  t.true((half.listeners[1]?.missed ?? 0) >= 2);
  t.true((half.listeners[1]?.lastHeartbeatMsAgo ?? 0) >= 1000);
  t.deepEqual(half.interfaces, [
    { name: 'e0', desired: 'up', observed: 'up', downFor: [] },
    { name: 'e1', desired: 'down', observed: 'down', downFor: ['listener 1'] },
  ]);

  await zero?.hush();
  const whole = await statusWhere(daemon, 'the mode is bypass', ({ mode, converged }) => mode === 'bypass' && converged);
  t.is(whole.failed, 2);
  t.true(whole.since > half.since);
  t.deepEqual(
    whole.cards.map(({ desired, observed }) => ({ desired, observed })),
    [0, 1].map(() => ({ desired: 'absent', observed: 'absent' })),
  );
  t.deepEqual(whole.interfaces[0], { name: 'e0', desired: 'down', observed: 'down', downFor: ['global'] });
});

test('an instant that is told twice is the same', async (t) => {
  const bed = new Bed(t);
  const daemon = await bed.start(mockConfig({ ports: await freePorts(1) }));
  const told = new Set<string>();
  for (let count = 0; count < 100; count++) {
    const { startedAt, since, config } = await daemon.status();
    told.add(`${startedAt} ${since} ${config.loadedAt}`);
  }
  t.is(told.size, 1, [...told].join('\n'));
});

test('empty datagrams are heartbeats', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports }));
  bed.dpi(ports[0] ?? 0).send(Buffer.alloc(0));
  const { listeners } = await statusWhere(daemon, 'it was heard', (status) => status.listeners[0]?.status === 'active');
  t.is(listeners[0]?.heartbeats, 1);
});

test('senders that are not accepted are counted and change nothing', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports, lines: ['LISTEN_HB_SOURCE[0]=127.0.0.2, 10.0.0.0/8'] }));
  const port = ports[0] ?? 0;
  bed.dpi(port, { from: '127.0.0.3' }).send();
  const { listeners } = await statusWhere(daemon, 'the datagram was counted', (status) => status.listeners[0]?.rejected === 1);
  t.is(listeners[0]?.status, 'unknown');
  t.is(listeners[0]?.heartbeats, 0);
  bed.dpi(port, { from: '127.0.0.2' }).send();
  const then = await statusWhere(daemon, 'the accepted sender was heard', (status) => status.listeners[0]?.status === 'active');
  t.is(then.listeners[0]?.rejected, 1);
  t.is(then.listeners[0]?.heartbeats, 1);
});

test('the metrics have the names that others look for', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports }));
  const metrics = async (): Promise<readonly string[]> => (await daemon.request('GET', '/metrics')).text.split('\n');
  t.true((await metrics()).includes('fastbypass_mode{mode="unknown"} 1'));
  bed.dpi(ports[0] ?? 0).send();
  await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);
  const answer = await daemon.request('GET', '/metrics');
  t.is(answer.status, 200);
  t.regex(answer.type, /^text\/plain/);
  const lines = await metrics();
  for (const line of [
    'fastbypass_mode{mode="unknown"} 0',
    'fastbypass_mode{mode="normal"} 1',
    'fastbypass_mode{mode="bypass"} 0',
    'fastbypass_listener_status{listener="0",status="active"} 1',
    'fastbypass_listener_status{listener="0",status="failed"} 0',
    'fastbypass_listener_heartbeats_total{listener="0"} 1',
    'fastbypass_listener_missed_total{listener="0"} 0',
    'fastbypass_mode_changes_total 1',
    'fastbypass_operations_total{op="address-add",result="done"} 3',
    'fastbypass_converged 1',
    '# TYPE fastbypass_decision_to_kernel_seconds histogram',
    '# TYPE fastbypass_loop_lateness_seconds histogram',
  ]) {
    t.true(lines.includes(line), `missing: ${line}\n${answer.text}`);
  }
});

test('a failover is told with its figures: in the status, the log and the metrics', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports, lines: ['LISTEN_HEARTBEAT_TIMEOUT=300'] }));
  t.is((await daemon.status()).lastFailover, null);
  bed.dpi(ports[0] ?? 0).send();
  const { lastFailover, since } = await statusWhere(daemon, 'it has failed over', ({ mode, converged }) => mode === 'bypass' && converged);
  t.is(lastFailover?.operations, 2);
  const latest = Date.parse(since) - Date.parse(lastFailover?.deadline ?? '');
  // Each is told by a wall clock of whole ms, as it was at that moment.
  t.true(latest >= -1 && latest <= (lastFailover?.toKernelMs ?? 0) + 1, String(latest));
  t.true((lastFailover?.latenessMs ?? -1) >= 0 && (lastFailover?.latenessMs ?? 0) <= (lastFailover?.toKernelMs ?? 0));
  await until('the log tells of it', () => /the bypass reached the kernel [\d.]+ ms after the deadline: 2 operations/.test(daemon.output));
  const { text } = await daemon.request('GET', '/metrics');
  t.true(text.split('\n').includes('fastbypass_deadline_to_kernel_seconds_count 1'), text);
});

test('what the control socket does not have is answered with what it has', async (t) => {
  const bed = new Bed(t);
  const daemon = await bed.start(mockConfig({ ports: await freePorts(1) }));
  const nowhere = await daemon.request('GET', '/v2/status');
  t.is(nowhere.status, 404);
  t.regex(nowhere.text, /\/v1\/status/);
  const wrong = await daemon.request('GET', '/v1/stop');
  t.is(wrong.status, 405);
  t.regex(wrong.text, /POST/);
  t.true(daemon.isRunning);
});
