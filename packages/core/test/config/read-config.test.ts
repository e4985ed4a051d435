/** Each kind of error of the contract: how far it reaches, and that a person is told file, line, key, value and what is accepted. */
import test from 'ava';
import { type Scope, formatDiagnostic } from '../../dist/config/diagnostic.js';
import { isFaultless, unreadableConfig } from '../../dist/config/read-config.js';
import { FILE, GOOD, errorsOf, read, told } from './texts.js';

interface Expected {
  readonly scope: Scope;
  readonly line: number | null;
  readonly key: string | null;
  readonly found: string | null;
  readonly accepted: RegExp;
}

/** Who bears the error is left out of a configuration that otherwise runs; `whole`: nothing runs. */
const outcomeOf = (scope: Scope): string => (scope === 'whole' ? 'refused' : 'configured');

function refuses(what: string, text: string, expected: Expected): void {
  test(`an error of ${expected.scope === 'whole' ? 'the whole' : `a ${expected.scope}`}: ${what}`, (t) => {
    const reading = read(text);
    const { scope, line, key, found, accepted } = expected;
    const error = errorsOf(reading).find((it) => it.line === line && it.key === key && it.scope === scope);
    t.truthy(error, told(reading));
    if (error === undefined) return;
    t.is(error.found, found);
    t.is(error.file, FILE);
    t.regex(error.accepted ?? '', accepted);
    t.true(formatDiagnostic(error).startsWith(line === null ? `${FILE}: error: ` : `${FILE}:${String(line)}: error: `));
    t.regex(error.message, accepted);
    t.true(error.message.includes(key ?? ''));
    if (found !== null) t.true(error.message.includes(JSON.stringify(found)), error.message);
    t.is<string, string>(reading.outcome, outcomeOf(scope));
    t.false(isFaultless(reading), 'any error rejects a reload');
  });
}

/** One line appended to a good file. */
const line8 = (what: string, scope: Scope, key: string | null, found: string | null, accepted: RegExp, written = `${key ?? ''}=${found ?? ''}`): void =>
  refuses(what, `${GOOD}${written}\n`, { scope, line: 8, key, found, accepted });

// -------------------------------------------------------------------------------------
// lines
// -------------------------------------------------------------------------------------

line8('no KEY=value', 'line', null, 'what is this', /KEY=value/, 'what is this');
line8('a quote that is not closed', 'line', 'DRIVER', 'DRIVER="mock', /KEY=value/, 'DRIVER="mock');
line8('something after the closing quote', 'line', 'DRIVER', "DRIVER='mock' x", /KEY=value/, "DRIVER='mock' x");
line8('LOG_LEVEL', 'line', 'LOG_LEVEL', 'info', /ERROR, WARNING, INFO, DEBUG/);

test('a bad LOG_LEVEL is left out, the rest runs', (t) => {
  t.like(read(`${GOOD}LOG_LEVEL=LOUD\nBYPASS_HOLD_TIME=5\n`), { outcome: 'configured', logLevel: 'INFO', config: { holdTime: 5 } });
});

// -------------------------------------------------------------------------------------
// components
// -------------------------------------------------------------------------------------

const HOSTS = ['192.168.1', '192.168.1.256', '192.168.01.1', 'dpi7', '[fd00::1]', 'fd00::1%eth0', '10.0.0.1/33', 'fd00::1/129', '10.0.0.1/', '224.0.0.1', 'ff02::1', '255.255.255.255', '::ffff:10.0.0.1'];
for (const host of [...HOSTS, 'fe80::1']) {
  refuses(`the host ${host} of a listener`, `${GOOD}LISTEN_HB_PORT[1]=3001\nLISTEN_HB_HOST[1]=${host}\n`, { scope: 'component', line: 9, key: 'LISTEN_HB_HOST[1]', found: host, accepted: /IPv4 or IPv6 address.*prefix.*link-local/ });
}
for (const host of [...HOSTS, '0.0.0.0', '::']) {
  line8(`the host ${host} of a card`, 'component', 'BYPASS_CARD_HOST[2]', host, /IPv4 or IPv6 address.*prefix.*unspecified/);
}
for (const port of ['0', '65536', '-1', '+3000', '3000.0', '0x10', '1e3', '3 000', 'http', '٣']) {
  refuses(`the port ${port}`, `${GOOD}LISTEN_HB_HOST[1]=10.0.0.1\nLISTEN_HB_PORT[1]=${port}\n`, { scope: 'component', line: 9, key: 'LISTEN_HB_PORT[1]', found: port, accepted: /1 to 65535/ });
}

const NUMBERS: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['LISTEN_HEARTBEAT_ATTEMPTS', ['0', '1001', 'x', '-1'], /1 to 1000\b/],
  ['LISTEN_HEARTBEAT_TIMEOUT', ['9', '3600001', '1s'], /10 to 3600000\b/],
  ['LISTEN_HEARTBEAT_RECOVER', ['0', '1001', '1.5'], /1 to 1000\b/],
  ['LISTEN_HEARTBEAT_IFS', ['a/b', 'eth0:1', 'a,b', 'a b', 'sixteen-bytes-16', 'éééééééé'], /one interface name of 1 to 15 bytes/],
  ['LISTEN_CUBRO_IFS', ['a/b', 'e1,sixteen-bytes-16'], /interface names/],
  ['LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS', ['2', 'yes', '-1'], /0 or 1/],
  ['LISTEN_HB_SOURCE', ['10.0.0.1/33', 'dpi7', '10.0.0.1 10.0.0.2', '10.0.0.0/24,x'], /addresses or CIDRs/],
];
for (const [name, values, accepted] of NUMBERS) {
  for (const value of values) {
    const flag = name === 'LISTEN_CUBRO_IFS' ? 'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS[0]=1\n' : '';
    refuses(`${name}[0] is ${value}`, `${GOOD}${name}[0]=${value}\n${flag}LISTEN_HB_HOST[1]=10.0.0.1\nLISTEN_HB_PORT[1]=1\n`, { scope: 'component', line: 8, key: `${name}[0]`, found: value, accepted });
  }
}
line8('the interface of a card', 'component', 'BYPASS_CARD_IFS[1]', 'a/b', /one interface name/);

const OTHERS = 'LISTEN_HB_HOST[0]=10.0.0.1\nLISTEN_HB_PORT[0]=1\nLISTEN_HEARTBEAT_IFS[0]=e0\nBYPASS_CARD_HOST[0]=10.0.0.2\nBYPASS_CARD_IFS[0]=e0\n';
const lacks = (key: string, text: string, line: number, accepted: RegExp): void =>
  refuses(`${key} is missing`, `${OTHERS}${text}\n`, { scope: 'component', line, key, found: null, accepted });
lacks('LISTEN_HB_PORT[7]', 'LISTEN_HB_HOST[7]=10.0.0.7\nLISTEN_HEARTBEAT_IFS[7]=e0', 6, /1 to 65535/);
lacks('LISTEN_HB_HOST[7]', 'LISTEN_HB_PORT[7]=1\nLISTEN_HEARTBEAT_IFS[7]=e0', 6, /IPv4 or IPv6/);
lacks('LISTEN_HEARTBEAT_IFS[7]', 'LISTEN_HB_HOST[7]=10.0.0.7\nLISTEN_HB_PORT[7]=1', 6, /interface name.*LISTEN_HEARTBEAT_IFS/);
lacks('BYPASS_CARD_IFS[7]', 'BYPASS_CARD_HOST[7]=10.0.0.7', 6, /interface name.*BYPASS_CARD_IFS/);

// -------------------------------------------------------------------------------------
// the whole
// -------------------------------------------------------------------------------------

for (const value of ['0', '-1', 'none', '1.0']) line8(`LISTEN_HEARTBEAT_FAILED is ${value}`, 'whole', 'LISTEN_HEARTBEAT_FAILED', value, /at least 1/);
for (const value of ['-1', '86400001', '1s']) line8(`BYPASS_HOLD_TIME is ${value}`, 'whole', 'BYPASS_HOLD_TIME', value, /0 to 86400000/);
for (const value of ['1', '3601', '6s']) line8(`BYPASS_CARD_LEASE is ${value}`, 'whole', 'BYPASS_CARD_LEASE', value, /2 to 3600/);
for (const value of ['Netlink', 'ip']) line8(`DRIVER is ${value}`, 'whole', 'DRIVER', value, /netlink, iproute2, mock/);
for (const value of ['2', 'on']) line8(`the global flag is ${value}`, 'whole', 'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS', value, /0 or 1/);
line8('the global list', 'whole', 'LISTEN_CUBRO_IFS', 'e1 a/b', /interface names/, 'LISTEN_CUBRO_IFS=e1 a/b\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1');
refuses('no valid listener', 'BYPASS_CARD_HOST[0]=10.0.0.2\nBYPASS_CARD_IFS=e0\nLISTEN_HB_HOST[0]=x\nLISTEN_HB_PORT[0]=1\n', { scope: 'whole', line: 3, key: 'LISTEN_HB_HOST[0]', found: 'x', accepted: /LISTEN_HB_HOST\[n\]/ });
refuses('no listener at all', 'BYPASS_CARD_HOST[0]=10.0.0.2\nBYPASS_CARD_IFS=e0\n', { scope: 'whole', line: null, key: null, found: null, accepted: /LISTEN_HB_HOST\[n\]/ });
refuses('no valid card', 'LISTEN_HB_HOST[0]=10.0.0.1\nLISTEN_HB_PORT[0]=1\nLISTEN_HEARTBEAT_IFS=e0\nBYPASS_CARD_HOST[0]=10.0.0.2\n', { scope: 'whole', line: 4, key: 'BYPASS_CARD_HOST[0]', found: '10.0.0.2', accepted: /BYPASS_CARD_HOST\[n\]/ });

test('a file that cannot be read', (t) => {
  const reading = unreadableConfig(FILE, 'permission denied');
  t.like(reading, { outcome: 'refused', diagnostics: { length: 1, 0: { scope: 'whole', severity: 'error' } } });
  t.regex(told(reading), /^\/etc\/fb\/\.env: error: .*permission denied; accepted: a readable \.env file$/);
});
