import { stripVTControlCharacters } from 'node:util';
import type { StatusReport } from '@fastbypass/core';
import test from 'ava';
import fc from 'fast-check';
import { reasonOf } from '../../dist/status/reason.js';
import { renderStatus } from '../../dist/status/status-view.js';
import { colourful, plain } from '../../dist/terminal.js';
import { NORMAL, TROUBLED } from '../support/status-report.js';

process.env['TZ'] = 'UTC';
const now = Date.parse('2026-01-05T03:12:43.000Z');
const render = (report: StatusReport): string => renderStatus(report, { now, paint: plain });

test('a troubled night, to the letter', (check) => {
  check.is(
    render(TROUBLED),
    `MODE BYPASS  for 12 min 5 s, since 2026-01-05 03:00:38 +0000
  1 of 3 listeners has failed (listener 1), which reaches the threshold of 1.
  settled: yes    converged: NO

PROBLEMS (3)
  ! card 1 (192.168.1.212/32) is still on eth0, though the mode is bypass
  ! listener 2 (2001:db8:1234:5678:9abc:def0:1234:5678 port 3200) is
    unavailable: no such interface: eth7
  ! left out of the configuration, line 9: BYPASS_CARD_HOST[2] is "10.0.0.300";
    accepted: an IPv4 or IPv6 address without brackets or zone, optionally with
    /prefix

LISTENERS  1 failed, 1 unavailable, 1 active
  #  ADDRESS                         INTERFACE  STATUS       MISSED  SILENT FOR
  1  192.168.1.202:3100              eth0       FAILED       241/1   12 min 5 s
  2  [2001:db8:1234:5678:9abc:def0:  eth7       UNAVAILABLE  0/1     never heard
     1234:5678]:3200
  0  192.168.1.202:3000              eth0       active       0/1     120 ms

CARDS
  #  ADDRESS           INTERFACE  DESIRED  OBSERVED
  1  192.168.1.212/32  eth0       absent   PRESENT
  0  192.168.1.211/32  eth0       absent   absent

INTERFACES
  NAME  DESIRED  OBSERVED  DOWN FOR
  e1    down     down      global, listener 1
  e2    up       up        -

fastbypass_monitor 1.0.0, pid 4242, driver netlink, up 4 h 2 min
configuration /var/fastbypass_monitor/backend/.env
loaded 2026-01-04 23:10:00 +0000, 1 warning:
  - line 3: one lost datagram may bypass everything`,
  );
});

test('a quiet night has no problems', (check) => {
  const text = render(NORMAL);
  check.true(text.startsWith('MODE NORMAL  for 4 h 2 min, since 2026-01-04 23:10:03 +0000\n  0 of 2 listeners have failed; the threshold of bypass is 1.\n'));
  check.false(text.includes('PROBLEMS'));
  check.false(text.includes('NO\n'));
});

test('a file that names nothing is one problem, not two', (check) => {
  const problem = 'waiting for a configuration: no listener and no card is named';
  const diagnostics = [{ severity: 'error', line: null, key: null, message: 'no listener and no card is named: not configured yet' }] as const;
  const text = render({ ...NORMAL, listeners: [], problems: [problem], config: { ...NORMAL.config, diagnostics: [...diagnostics] } });
  check.true(text.includes(`PROBLEMS (1)\n  ! ${problem}\n`));
});

test('colours change nothing but the colour', (check) => {
  const coloured = renderStatus(TROUBLED, { now, paint: colourful });
  check.not(coloured, render(TROUBLED));
  check.is(stripVTControlCharacters(coloured), render(TROUBLED));
});

const because = (verdict: StatusReport['why']['verdict'], waitsFor: readonly number[] = []): Pick<StatusReport, 'why'> => ({ why: { ...NORMAL.why, verdict, waitsFor, holdLeftMs: 2300 } });

const reasons: readonly (readonly [string, Partial<StatusReport>, string])[] = [
  ['no configuration', { mode: 'unknown', ...because('not-configured') }, 'Waiting for a configuration: no listener and no card is named, nothing is managed.'],
  ['the start', { mode: 'unknown', ...because('unsettled', [0, 1, 2]) }, 'Nothing is managed yet: listeners 0, 1, 2 have not reported.'],
  ['nobody left', { mode: 'unknown', ...because('unsettled') }, 'Nothing is managed yet: no listener is active or failed.'],
  ['unsettled by a reload', { mode: 'bypass', ...because('unsettled', [1]) }, 'The mode stays bypass and nothing is managed: listener 1 has not reported.'],
  ['held', { mode: 'bypass', failed: 0, threshold: 2, ...because('held') }, '0 of 2 listeners have failed, below the threshold of 2, but the hold time (BYPASS_HOLD_TIME) keeps bypass for another 2.3 s.'],
];
for (const [what, rest, sentence] of reasons) {
  test(`the reason in one sentence: ${what}`, (check) => {
    check.is(reasonOf({ ...NORMAL, ...rest }), sentence);
  });
}

test('what is not converged is a problem even where the daemon gives no reason', (check) => {
  check.true(render({ ...NORMAL, converged: false }).includes('PROBLEMS (1)\n  ! the network is not as desired yet'));
});

test('the reason of an unavailable listener is never lost', (check) => {
  check.true(render({ ...TROUBLED, problems: [], config: NORMAL.config }).includes('PROBLEMS (1)\n  ! listener 2: no such interface: eth7'));
});

test('a dry run is said, and what was ignored too', (check) => {
  const [first] = NORMAL.listeners;
  const text = render({ ...NORMAL, dryRun: true, listeners: first === undefined ? [] : [{ ...first, rejected: 7 }] });
  check.regex(text, /DRY RUN: nothing in the kernel is changed/);
  check.regex(text, /LISTEN_HB_SOURCE: 7 for listener 0/);
});

test('no line is wider than 80 columns, and nothing steers the terminal, whatever the names', (check) => {
  const name = fc.string({ unit: fc.constantFrom('a', '0', '\u001b', '-', ' ', '\n'), minLength: 1, maxLength: 15 });
  const report = fc
    .record({
      index: fc.nat({ max: 9999 }),
      host: fc.constantFrom('1.2.3.4', '255.255.255.254', '2001:db8:1234:5678:9abc:def0:1234:5678'),
      interface: name,
      missed: fc.nat({ max: 1_000_000 }),
      last: fc.option(fc.nat(), { nil: null }),
      problem: fc.string({ maxLength: 300 }),
      downFor: fc.array(fc.constantFrom('global', 'listener 1234'), { maxLength: 30 }),
    })
    .map((it): StatusReport => ({
      ...TROUBLED,
      problems: [it.problem],
      listeners: TROUBLED.listeners.map((listener) => ({ ...listener, index: it.index, host: it.host, interface: it.interface, missed: it.missed, lastHeartbeatMsAgo: it.last, reason: it.problem })),
      cards: TROUBLED.cards.map((card) => ({ ...card, index: it.index, address: `${it.host}/128`, interface: it.interface, observed: 'missing' as const, desired: 'present' as const })),
      interfaces: [{ name: it.interface, desired: 'down' as const, observed: 'up' as const, downFor: it.downFor }],
      config: { ...TROUBLED.config, path: `/${it.problem}` },
    }));
  check.notThrows(() => {
    fc.assert(
      fc.property(report, (it) => {
        const text = render(it);
        return text.split('\n').every((line) => line.length <= 80 && !/\p{Cc}/u.test(line));
      }),
      { numRuns: 200 },
    );
  });
});
