/** What must hold between valid components; each breach is an error of the whole. */
import test from 'ava';
import { isFaultless } from '../../dist/config/read-config.js';
import { errorsOf, read, told } from './texts.js';

const listener = (index: number, host: string, port: number, name = 'eth0'): string => `LISTEN_HB_HOST[${index}]=${host}\nLISTEN_HB_PORT[${index}]=${port}\nLISTEN_HEARTBEAT_IFS[${index}]=${name}\n`;
const card = (index: number, host: string, name = 'eth0'): string => `BYPASS_CARD_HOST[${index}]=${host}\nBYPASS_CARD_IFS[${index}]=${name}\n`;
const list = (index: string, names: string, flag = 1): string => `LISTEN_CUBRO_IFS${index}=${names}\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS${index}=${flag}\n`;

const ONE = listener(0, '10.0.0.1', 3000) + card(0, '10.0.0.100');

const BREACHES: Readonly<Record<string, readonly [text: string, key: string, says: readonly RegExp[]]>> = {
  'two listeners on one host and port': [ONE + listener(4, '10.0.0.1', 3000), 'LISTEN_HB_HOST[4]', [/listener 4/, /listener 0/, /10\.0\.0\.1/, /3000/]],
  'the same, with prefixes and interfaces that differ': [ONE + listener(4, '10.0.0.1/24', 3000, 'eth1'), 'LISTEN_HB_HOST[4]', [/listener 4/, /listener 0/]],
  'the same, in IPv6 written otherwise': [ONE + listener(1, 'FD00:0:0::1', 3000) + listener(2, 'fd00::0:1', 3000), 'LISTEN_HB_HOST[2]', [/listener 2/, /listener 1/, /fd00::1/]],
  'a wildcard after a host': [ONE + listener(1, '0.0.0.0', 3000), 'LISTEN_HB_HOST[1]', [/listener 1/, /listener 0/, /0\.0\.0\.0/]],
  'a host after a wildcard': [card(0, '10.0.0.100') + listener(0, '0.0.0.0', 3000) + listener(1, '10.0.0.1', 3000), 'LISTEN_HB_HOST[1]', [/listener 1/, /listener 0/]],
  'an IPv6 wildcard': [ONE + listener(1, 'fd00::1', 3000) + listener(2, '::', 3000), 'LISTEN_HB_HOST[2]', [/listener 2/, /listener 1/]],
  'two wildcards': [card(0, '10.0.0.100') + listener(0, '0.0.0.0', 3000) + listener(1, '0.0.0.0', 3000), 'LISTEN_HB_HOST[1]', [/listener 1/, /listener 0/]],
  'two cards with one address': [ONE + card(3, '10.0.0.100/24'), 'BYPASS_CARD_HOST[3]', [/card 3/, /card 0/, /10\.0\.0\.100/]],
  'the same on two interfaces': [ONE + card(3, '10.0.0.100', 'eth1'), 'BYPASS_CARD_HOST[3]', [/card 3/, /card 0/]],
  'the same in IPv6 written otherwise': [ONE + card(1, 'fd00::0:7') + card(2, 'fd00:0::7/64'), 'BYPASS_CARD_HOST[2]', [/card 2/, /card 1/]],
  "an address that is card's and listener's": [ONE + card(3, '10.0.0.1'), 'LISTEN_HB_HOST[0]', [/listener 0/, /card 3/, /10\.0\.0\.1/]],
  'the same on two interfaces and under two prefixes': [ONE + card(3, '10.0.0.1/24', 'eth1'), 'LISTEN_HB_HOST[0]', [/listener 0/, /card 3/]],
  'a managed interface that bears a card': [ONE + card(1, '10.0.0.101', 'eth1') + list('', 'agg0 eth1'), 'LISTEN_CUBRO_IFS', [/eth1/, /card 1/]],
  'a managed interface that bears a listener': [ONE + listener(1, '10.0.0.2', 1, 'eth1') + list('', 'eth1'), 'LISTEN_CUBRO_IFS', [/eth1/, /listener 1/]],
  "a listener's list that names its own interface": [ONE + list('[0]', 'eth0'), 'LISTEN_CUBRO_IFS[0]', [/eth0/]],
  "a wildcard's interface that is managed": [ONE + listener(1, '0.0.0.0', 1, 'eth1') + list('[0]', 'e1 eth1'), 'LISTEN_CUBRO_IFS[0]', [/eth1/, /listener 1/]],
};

for (const [what, [text, key, says]] of Object.entries(BREACHES)) {
  test(what, (t) => {
    const reading = read(text);
    t.is(reading.outcome, 'refused', told(reading));
    const errors = errorsOf(reading);
    t.is(errors.length, 1, told(reading));
    const [error] = errors;
    t.like(error, { scope: 'whole', key, line: text.split('\n').findIndex((it) => it.startsWith(`${key}=`)) + 1 });
    t.regex(error?.message ?? '', /; accepted: ./);
    for (const word of says) t.regex(error?.message ?? '', word);
  });
}

const FINE: Readonly<Record<string, string>> = {
  'one host on two ports, one port on two hosts': ONE + listener(1, '10.0.0.1', 3001) + listener(2, '10.0.0.2', 3000),
  'a wildcard beside hosts of the other family': ONE + listener(1, '::', 3000),
  'both wildcards on one port': card(0, '10.0.0.100') + listener(0, '0.0.0.0', 3000) + listener(1, '::', 3000),
  'a wildcard on another port': ONE + listener(1, '0.0.0.0', 3001),
  'a list with flag 0 that names a bearer': ONE + list('', 'eth0', 0),
  'a list with flag 0 that cannot be read': ONE + list('[0]', 'a/b', 0),
  'an interface in several lists': ONE + listener(1, '10.0.0.2', 1) + list('', 'e1,e1 e2') + list('[0]', 'e1') + list('[1]', 'e1,e3'),
};

for (const [what, text] of Object.entries(FINE)) {
  test(`no error: ${what}`, (t) => {
    const reading = read(text);
    t.true(isFaultless(reading), told(reading));
    t.is(reading.outcome, 'configured');
  });
}

test('what is left out is compared with nothing', (t) => {
  // Card 1 and listener 1 would breach every rule, were they valid.
  const text = `${ONE}LISTEN_HB_HOST[1]=10.0.0.1\nLISTEN_HB_PORT[1]=3000\nLISTEN_HEARTBEAT_IFS[1]=eth1\nLISTEN_HEARTBEAT_TIMEOUT[1]=1\nBYPASS_CARD_HOST[1]=10.0.0.100\nBYPASS_CARD_IFS[1]=a/b\n${list('', 'eth1')}`;
  const reading = read(text);
  t.is(reading.outcome, 'configured', told(reading));
  t.deepEqual(errorsOf(reading).map(({ scope, key }) => `${scope} ${key ?? ''}`), ['component LISTEN_HEARTBEAT_TIMEOUT[1]', 'component BYPASS_CARD_IFS[1]']);
});
