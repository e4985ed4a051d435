/** What is read where nothing is wrong, what is left out, and what is not configured yet. */
import test from 'ava';
import fc from 'fast-check';
import { formatDiagnostic } from '../../dist/config/diagnostic.js';
import { type Config, managedInterfaces } from '../../dist/config/config.js';
import { isInterfaceName } from '../../dist/interface-name.js';
import { KEYS } from '../../dist/config/keys.js';
import { isFaultless } from '../../dist/config/read-config.js';
import { FILE, GOOD, read, told } from './texts.js';

/** Without brands, so that literals may be compared with it. */
const plain = (text: string): object => read(text);

test('defaults', (t) => {
  t.like(plain('LISTEN_HEARTBEAT_IFS=eth0\nBYPASS_CARD_IFS=eth1\nLISTEN_HB_HOST[3]=10.0.0.1/24\nLISTEN_HB_PORT[3]=3000\nBYPASS_CARD_HOST[5]=10.0.0.2\n'), {
    outcome: 'configured',
    logLevel: 'INFO',
    interfaces: ['eth0', 'eth1'],
    unwatched: [],
    config: {
      listeners: [{ index: 3, host: '10.0.0.1', prefix: 24, port: 3000, interface: 'eth0', attempts: 1, timeout: 3000, recover: 1, sources: [], managed: [] }],
      cards: [{ index: 5, address: '10.0.0.2', prefix: null, interface: 'eth1' }],
      threshold: 1,
      holdTime: 0,
      cardLease: 0,
      managed: [],
    },
  });
});

test('[n] overrides the global value, an empty [n] does not, and lists are not inherited', (t) => {
  const text = `${GOOD}LISTEN_HEARTBEAT_TIMEOUT=300\nLISTEN_HB_HOST[1]=::\nLISTEN_HB_PORT[1]=00065535\nLISTEN_HEARTBEAT_TIMEOUT[1]=10\nLISTEN_HEARTBEAT_TIMEOUT[0]=\nLISTEN_HEARTBEAT_IFS[1]=eth9
LISTEN_CUBRO_IFS=e2, e1,,e2\te3\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1\nLISTEN_CUBRO_IFS[1]=e4 e1\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS[1]=01\nLOG_LEVEL=DEBUG\nDRIVER=mock\nBYPASS_HOLD_TIME=0086400000\nBYPASS_CARD_LEASE=3600\n`;
  const reading = read(text);
  t.like(reading, { outcome: 'configured', logLevel: 'DEBUG', driver: 'mock' }, told(reading));
  t.like(plain(text), {
    config: {
      holdTime: 86_400_000,
      cardLease: 3600,
      listeners: [
        { index: 0, timeout: 300, interface: 'eth0', attempts: 2, managed: { length: 0 } },
        { index: 1, timeout: 10, interface: 'eth9', port: 65535, host: '::' },
      ],
    },
  });
  t.deepEqual(reading.outcome === 'configured' ? managedInterfaces(reading.config).map(String) : [], ['e2', 'e1', 'e3', 'e4']);
});

test('a wildcard needs no interface; sources compare whatever their order and spelling', (t) => {
  const sources = (text: string): unknown => {
    const reading = read(`BYPASS_CARD_IFS=e0\nBYPASS_CARD_HOST[0]=10.0.0.1\nLISTEN_HB_HOST[0]=0.0.0.0\nLISTEN_HB_PORT[0]=1\nLISTEN_HB_SOURCE[0]=${text}\n`);
    return reading.outcome === 'configured' ? reading.config.listeners.map((it) => [it.interface, it.sources]) : told(reading);
  };
  t.deepEqual(sources('10.0.0.0/24 , fd00::/8,, 10.1.2.3'), sources('FD12::1/8,10.1.2.3/32,10.0.0.77/24,10.1.2.3'));
  t.notDeepEqual(sources('10.0.0.0/24'), sources('10.0.0.0/25'));
});

test('at a start, lines and components with an error are left out and the rest runs', (t) => {
  const reading = read(`${GOOD}nonsense\nLISTEN_HB_HOST[1]=10.0.0.1\nBYPASS_CARD_HOST[1]=192.168.1.300\nBYPASS_CARD_HOST[2]=10.0.0.9/24\nBYPASS_CARD_IFS[2]=a/b\nLISTEN_CUBRO_IFS[1]=e9\n`);
  t.like(reading, { outcome: 'configured', config: { listeners: { length: 1 }, cards: { length: 1 } } });
  t.deepEqual(reading.unwatched.map(String), ['10.0.0.9'], 'a left-out card whose address can be read is unwatched');
  t.deepEqual(reading.interfaces.map(String).toSorted(), ['e9', 'eth0'], 'interfaces that left-out components name');
  t.false(isFaultless(reading));
});

for (const [what, text] of Object.entries({ 'no text': '', 'comments alone': '# LISTEN_HB_HOST[0]=10.0.0.1\n', 'values that are empty': 'LISTEN_HB_HOST[0]=\nBYPASS_CARD_HOST[0]=""\n', 'global keys alone': 'LISTEN_HEARTBEAT_IFS=eth0\nLOG_LEVEL=DEBUG\n', 'a bad line': 'x' })) {
  test(`not configured yet: ${what}`, (t) => {
    const reading = read(text);
    t.is(reading.outcome, 'not-configured');
    t.false(isFaultless(reading), 'a reload to it is rejected');
    t.regex(told(reading), /not configured yet; accepted: .*LISTEN_HB_HOST\[n\].*BYPASS_CARD_HOST\[n\]/);
  });
}

// -------------------------------------------------------------------------------------
// whatever the text
// -------------------------------------------------------------------------------------

/** One of every key, all good. */
const REAL = `${GOOD}LISTEN_HEARTBEAT_RECOVER=2\nLISTEN_HEARTBEAT_TIMEOUT[0]=300\nLISTEN_HEARTBEAT_FAILED=1\nLISTEN_HB_SOURCE[0]=10.0.0.0/8, fd00::/8\nBYPASS_CARD_LEASE=6\nBYPASS_HOLD_TIME=10\nLISTEN_CUBRO_IFS="e1 e2"\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1\nBYPASS_CARD_IFS[1]='eth1'\nexport LOG_LEVEL=INFO # c\nDRIVER=mock\nLISTEN_HB_HOST[1]=::\nLISTEN_HB_PORT[1]=3000`.split('\n');

const value = fc.oneof(fc.constantFrom('0', '1', '2', '10', '65536', 'eth0', 'e1', 'e1,e2', '10.0.0.1', '10.0.0.1/24', '::', 'fd00::7/64', '192.168.1.211', '"', "'a", ' '), fc.string({ unit: 'binary', maxLength: 8 }));
const written = fc.record({ name: fc.constantFrom(...KEYS.map((key) => key.name)), index: fc.constantFrom('', '[0]', '[1]', '[ 2 ]', '[x]', '[10000]'), value }).map((it) => `${it.name}${it.index}=${it.value}`);
const cut = fc.record({ line: fc.constantFrom(...REAL), at: fc.nat(60), put: fc.string({ unit: 'binary', maxLength: 3 }) }).map(({ line, at, put }) => line.slice(0, at) + put + line.slice(at + 1));
const line = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...REAL) }, { weight: 3, arbitrary: written }, { weight: 1, arbitrary: cut });
const mutated = fc.tuple(fc.boolean(), fc.array(line, { maxLength: 20 })).map(([whole, lines]) => [...(whole ? REAL : []), ...lines].join('\n'));

test('any text yields a reading whose diagnostics are whole, and a configuration within its ranges', (t) => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.oneof({ weight: 1, arbitrary: fc.string({ unit: 'binary' }) }, { weight: 5, arbitrary: mutated }), (text) => {
      const reading = read(text);
      const outcome = reading.outcome + (isFaultless(reading) ? ', faultless' : '');
      seen.add(outcome);
      const lines = text.split('\n').length;
      const whole = reading.diagnostics.every((it) => it.message.length > 10 && it.file === FILE && formatDiagnostic(it).includes(it.message) && (it.line === null || (it.line >= 1 && it.line <= lines)));
      return whole && (reading.outcome !== 'configured' || inRanges(reading.config));
    }),
    { numRuns: 2000 },
  );
  t.deepEqual([...seen].toSorted(), ['configured', 'configured, faultless', 'not-configured', 'refused'], 'the texts reach every outcome');
});

const within = (number: number, least: number, most: number): boolean => Number.isSafeInteger(number) && number >= least && number <= most;
const ascending = (components: readonly { readonly index: number }[]): boolean => components.every(({ index }, at) => within(index, 0, 9999) && index > (components[at - 1]?.index ?? -1));

function inRanges(config: Config): boolean {
  const addresses = [...config.listeners.map(({ host }) => host).filter((host) => host !== '::' && host !== '0.0.0.0'), ...config.cards.map(({ address }) => address)];
  const bearers = new Set([...config.listeners.map((it) => it.interface), ...config.cards.map((it) => it.interface)]);
  return (
    config.listeners.length > 0 &&
    config.cards.length > 0 &&
    ascending(config.listeners) &&
    ascending(config.cards) &&
    config.listeners.every((it) => within(it.port, 1, 65535) && within(it.attempts, 1, 1000) && within(it.timeout, 10, 3_600_000) && within(it.recover, 1, 1000)) &&
    config.cards.every((it) => isInterfaceName(it.interface) && !addresses.slice(0, -config.cards.length).includes(it.address)) &&
    within(config.threshold, 1, Number.MAX_SAFE_INTEGER) &&
    within(config.holdTime, 0, 86_400_000) &&
    (config.cardLease === 0 || within(config.cardLease, 2, 3600)) &&
    managedInterfaces(config).every((name) => isInterfaceName(name) && !bearers.has(name))
  );
}
