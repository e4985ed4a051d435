/** What is said without refusing anything. */
import test from 'ava';
import { isFaultless } from '../../dist/config/read-config.js';
import { FILE, GOOD, errorsOf, read, told, warningsOf } from './texts.js';

function warns(what: string, text: string, key: string, line: number | null, ...says: readonly RegExp[]): void {
  test(what, (t) => {
    const reading = read(text);
    t.true(isFaultless(reading), told(reading));
    t.is(reading.outcome, 'configured');
    const warning = warningsOf(reading).find((it) => it.key === key && it.line === line);
    t.truthy(warning, told(reading));
    t.is(warning?.file, FILE);
    for (const word of says) t.regex(warning?.message ?? '', word);
    t.truthy(warning?.found, 'the value found');
  });
}

const line8 = (what: string, written: string, key: string, ...says: readonly RegExp[]): void => warns(what, `${GOOD}${written}\n`, key, 8, ...says);

test('a good file has nothing to be said about it', (t) => t.is(told(read(GOOD)), ''));

line8('an unknown key: the nearest one', 'LISTEN_HEARTBEAT_TIMOUT=300', 'LISTEN_HEARTBEAT_TIMOUT', /unknown key/, /"300"/, /LISTEN_HEARTBEAT_TIMEOUT/);
line8('a key in small letters is unknown', 'driver=mock', 'driver', /unknown key/, /DRIVER/);
line8('an index where none belongs', 'DRIVER[0]=mock', 'DRIVER[0]', /unknown key/, /accepted: DRIVER$/);
line8('no index where one belongs', 'LISTEN_HB_HOST=10.0.0.1', 'LISTEN_HB_HOST', /unknown key/, /LISTEN_HB_HOST\[n\], n = 0\.\.9999/);
line8('an index that is too large', 'LISTEN_HB_HOST[10000]=10.0.0.1', 'LISTEN_HB_HOST[10000]', /unknown key/, /"10\.0\.0\.1"/, /n = 0\.\.9999/);

line8('a key of a listener that does not exist', 'LISTEN_HEARTBEAT_TIMEOUT[3]=300', 'LISTEN_HEARTBEAT_TIMEOUT[3]', /no listener 3/, /LISTEN_HB_HOST\[n\]/);
line8('a list of a listener that does not exist', 'LISTEN_CUBRO_IFS[3]=a/b', 'LISTEN_CUBRO_IFS[3]', /no listener 3/);
line8('a key of a card that does not exist', 'BYPASS_CARD_IFS[3]=eth1', 'BYPASS_CARD_IFS[3]', /no card 3/, /BYPASS_CARD_HOST\[n\]/);

line8('a repeated key: the last one wins', 'LISTEN_HB_PORT[0]=3001', 'LISTEN_HB_PORT[0]', /line 5/, /line 8/, /3001/);
test('a repeated key: a bad earlier value does no harm, an empty last one is no line', (t) => {
  t.like(read(`${GOOD}BYPASS_HOLD_TIME=x\nBYPASS_HOLD_TIME=5\nBYPASS_HOLD_TIME=\n`), { outcome: 'configured', config: { holdTime: 5 } });
  t.like(read(`BYPASS_HOLD_TIME=5\nBYPASS_HOLD_TIME=x\n${GOOD}`), { outcome: 'refused' });
  t.like(read(`${GOOD}LISTEN_HB_PORT [ 00 ] = 3001\n`), { config: { listeners: { 0: { port: 3001 } } } });
});

const ALL = 'LISTEN_HEARTBEAT_IFS[0]=e0\nLISTEN_HEARTBEAT_ATTEMPTS[0]=2\nLISTEN_HEARTBEAT_TIMEOUT[0]=99\nLISTEN_HEARTBEAT_RECOVER[0]=1\nLISTEN_HB_HOST[0]=10.0.0.1\nLISTEN_HB_PORT[0]=1\nBYPASS_CARD_HOST[0]=10.0.0.2\nBYPASS_CARD_IFS[0]=e0\n';
for (const name of ['LISTEN_HEARTBEAT_IFS', 'LISTEN_HEARTBEAT_ATTEMPTS', 'LISTEN_HEARTBEAT_TIMEOUT', 'LISTEN_HEARTBEAT_RECOVER', 'BYPASS_CARD_IFS']) {
  warns(`a bad default that nobody inherits: ${name}`, `${ALL}${name}=a/b\n`, name, 9, /"a\/b"/, /nobody inherits/, /accepted: ./);
}

test('a bad default is an error of each heir, and of nobody else', (t) => {
  const reading = read(`${ALL}LISTEN_HEARTBEAT_TIMEOUT=5\n${[1, 2].map((n) => `LISTEN_HB_HOST[${n}]=10.0.1.${n}\nLISTEN_HB_PORT[${n}]=1\nLISTEN_HEARTBEAT_IFS[${n}]=e0\n`).join('')}`);
  t.like(reading, { outcome: 'configured', config: { listeners: { length: 1, 0: { index: 0, timeout: 99 } } } });
  t.deepEqual(errorsOf(reading).map(({ scope, key, line, found }) => [scope, key, line, found]), Array(2).fill(['component', 'LISTEN_HEARTBEAT_TIMEOUT', 9, '5']));
  t.regex(told(reading), /listener 1: .*\n.*listener 2: /);
});

line8('a list with its flag 0', 'LISTEN_CUBRO_IFS=e1 e2', 'LISTEN_CUBRO_IFS', /"e1 e2"/, /LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS is 0/);
line8("a listener's list with its flag 0, whatever the global one", 'LISTEN_CUBRO_IFS[0]=e1\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1', 'LISTEN_CUBRO_IFS[0]', /LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS\[0\] is 0/);

line8('a threshold above the number of listeners', 'LISTEN_HEARTBEAT_FAILED=2', 'LISTEN_HEARTBEAT_FAILED', /is 2/, /listeners \(1\)/);
test('a threshold above the number of listeners stays as it is', (t) => {
  t.like(read(`${GOOD}LISTEN_HEARTBEAT_FAILED=${'9'.repeat(30)}\n`), { outcome: 'configured', config: { threshold: Number.MAX_SAFE_INTEGER } });
  t.like(read(`${GOOD}LISTEN_HEARTBEAT_FAILED=007\n`), { outcome: 'configured', config: { threshold: 7 } });
});

warns('a detection time over 60 s', `${GOOD}LISTEN_HEARTBEAT_TIMEOUT=30001\n`, 'LISTEN_HEARTBEAT_TIMEOUT', 8, /listener 0/, /60002/, /2/, /30001/);
warns('the same by the attempts', GOOD.replace('ATTEMPTS=2', 'ATTEMPTS=21'), 'LISTEN_HEARTBEAT_ATTEMPTS', 3, /listener 0/, /63000/);
test('60 s are no reason to warn', (t) => t.is(told(read(`${GOOD}LISTEN_HEARTBEAT_TIMEOUT=30000\n`)), ''));

const HASTY = GOOD.replace('ATTEMPTS=2', 'ATTEMPTS=1');
warns('ATTEMPTS = 1 together with FAILED = 1', HASTY, 'LISTEN_HEARTBEAT_ATTEMPTS', 3, /LISTEN_HEARTBEAT_FAILED is 1/, /one lost datagram/);
warns('the same by the defaults alone', GOOD.replace('LISTEN_HEARTBEAT_ATTEMPTS=2\n', ''), 'LISTEN_HEARTBEAT_ATTEMPTS', null, /one lost datagram/);
test('ATTEMPTS = 1 with a higher threshold is no reason to warn of lost datagrams', (t) => {
  t.false(told(read(`${HASTY}LISTEN_HEARTBEAT_FAILED=2\nLISTEN_HB_HOST[1]=10.0.0.1\nLISTEN_HB_PORT[1]=1\n`)).includes('lost datagram'));
});

test('diagnostics come by line, and those that no line says last', (t) => {
  const { diagnostics } = read(`nonsense\nDRIVR=x\nLISTEN_HB_HOST[0]=x\nLISTEN_HEARTBEAT_FAILED=0\n`);
  const lines = diagnostics.map(({ line }) => line ?? Infinity);
  t.deepEqual(lines, lines.toSorted((a, b) => a - b));
  t.is(lines.at(-1), Infinity);
});
