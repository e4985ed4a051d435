import type { StatusReport } from '@fastbypass/core';

const listener = (index: number, rest: Partial<StatusReport['listeners'][number]>): StatusReport['listeners'][number] => ({
  index,
  host: '192.168.1.202',
  port: 3000 + 100 * index,
  interface: 'eth0',
  status: 'active',
  missed: 0,
  attempts: 1,
  timeoutMs: 3000,
  heartbeats: 12,
  rejected: 0,
  lastHeartbeatMsAgo: 120,
  reason: null,
  ...rest,
});

const CALM = { failsInMs: 2880, windowsLeft: 1, heartbeatsNeeded: null } as const;

export const NORMAL: StatusReport = {
  version: '1.0.0',
  pid: 4242,
  startedAt: '2026-01-04T23:10:00.000Z',
  uptimeMs: 14_563_000,
  driver: 'netlink',
  dryRun: false,
  mode: 'normal',
  since: '2026-01-04T23:10:03.000Z',
  settled: true,
  failed: 0,
  threshold: 1,
  why: {
    verdict: 'below-threshold',
    waitsFor: [],
    holdLeftMs: null,
    listeners: [0, 1].map((index) => ({ index, status: 'active', ...CALM })),
    next: [{ to: 'bypass', silent: [0], heard: [], inMs: 2880 }],
  },
  converged: true,
  problems: [],
  listeners: [listener(0, {}), listener(1, {})],
  cards: [
    { index: 0, address: '192.168.1.211/32', interface: 'eth0', desired: 'present', observed: 'present' },
    { index: 1, address: '192.168.1.212/32', interface: 'eth0', desired: 'present', observed: 'present' },
  ],
  interfaces: [],
  lastFailover: null,
  config: { path: '/var/fastbypass_monitor/backend/.env', loadedAt: '2026-01-04T23:10:00.000Z', diagnostics: [] },
};

/** As bad as a night gets: bypass, a card that will not go, a listener that cannot be launched. */
export const TROUBLED: StatusReport = {
  ...NORMAL,
  mode: 'bypass',
  since: '2026-01-05T03:00:38.000Z',
  failed: 1,
  why: {
    verdict: 'threshold-reached',
    waitsFor: [],
    holdLeftMs: 20_000,
    listeners: [
      { index: 0, status: 'active', ...CALM },
      { index: 1, status: 'failed', failsInMs: null, windowsLeft: null, heartbeatsNeeded: 2 },
      { index: 2, status: 'unavailable', failsInMs: null, windowsLeft: null, heartbeatsNeeded: null },
    ],
    next: [{ to: 'normal', silent: [], heard: [{ index: 1, heartbeats: 2 }], inMs: 20_000 }],
  },
  converged: false,
  problems: [
    'card 1 (192.168.1.212/32) is still on eth0, though the mode is bypass',
    'listener 2 (2001:db8:1234:5678:9abc:def0:1234:5678 port 3200) is unavailable: no such interface: eth7',
  ],
  listeners: [
    listener(0, {}),
    listener(1, { status: 'failed', missed: 241, lastHeartbeatMsAgo: 725_000, heartbeats: 4100 }),
    listener(2, { host: '2001:db8:1234:5678:9abc:def0:1234:5678', interface: 'eth7', status: 'unavailable', heartbeats: 0, lastHeartbeatMsAgo: null, reason: 'no such interface: eth7' }),
  ],
  cards: [
    { index: 0, address: '192.168.1.211/32', interface: 'eth0', desired: 'absent', observed: 'absent' },
    { index: 1, address: '192.168.1.212/32', interface: 'eth0', desired: 'absent', observed: 'present' },
  ],
  interfaces: [
    { name: 'e1', desired: 'down', observed: 'down', downFor: ['global', 'listener 1'] },
    { name: 'e2', desired: 'up', observed: 'up', downFor: [] },
  ],
  config: {
    ...NORMAL.config,
    diagnostics: [
      { severity: 'warning', line: 3, key: 'LISTEN_HEARTBEAT_FAILED', message: 'one lost datagram may bypass everything' },
      { severity: 'error', line: 9, key: 'BYPASS_CARD_HOST[2]', message: 'BYPASS_CARD_HOST[2] is "10.0.0.300"; accepted: an IPv4 or IPv6 address without brackets or zone, optionally with /prefix' },
    ],
  },
};
