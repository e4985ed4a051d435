import test from 'ava';
import fc from 'fast-check';
import { KEYS, formatKey, keyNamed, nearestKey } from '../../dist/config/keys.js';

test('the table has every key of the contract', (t) => {
  const both = ['LISTEN_HEARTBEAT_IFS', 'LISTEN_HEARTBEAT_ATTEMPTS', 'LISTEN_HEARTBEAT_TIMEOUT', 'LISTEN_HEARTBEAT_RECOVER', 'BYPASS_CARD_IFS', 'LISTEN_CUBRO_IFS', 'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS'];
  const indexed = ['LISTEN_HB_HOST', 'LISTEN_HB_PORT', 'LISTEN_HB_SOURCE', 'BYPASS_CARD_HOST'];
  const global = ['LISTEN_HEARTBEAT_FAILED', 'BYPASS_CARD_LEASE', 'BYPASS_HOLD_TIME', 'LOG_LEVEL', 'DRIVER'];
  const names = (form: string): readonly string[] => KEYS.filter((key) => key.form === form).map(({ name }) => name);
  t.deepEqual(names('both').toSorted(), both.toSorted());
  t.deepEqual(names('indexed').toSorted(), indexed.toSorted());
  t.deepEqual(names('global').toSorted(), global.toSorted());
  for (const { name } of KEYS) t.is(keyNamed(name)?.name, name);
  t.is(keyNamed('LISTEN_HB_HOSTS'), undefined);
});

const NEAREST: Readonly<Record<string, string>> = {
  LISTEN_HB_HOSTS: 'LISTEN_HB_HOST',
  LISTEN_HB_PRT: 'LISTEN_HB_PORT',
  listen_hb_port: 'LISTEN_HB_PORT',
  LISTEN_HEARTBEAT_TIMOUT: 'LISTEN_HEARTBEAT_TIMEOUT',
  LISTEN_HEARTBEAT_FIALED: 'LISTEN_HEARTBEAT_FAILED',
  BYPASS_CARDS_HOST: 'BYPASS_CARD_HOST',
  BYPASS_HOLDTIME: 'BYPASS_HOLD_TIME',
  LOGLEVEL: 'LOG_LEVEL',
  DRIVR: 'DRIVER',
};

for (const [written, meant] of Object.entries(NEAREST)) {
  test(`${written} is nearest to ${meant}`, (t) => t.is<string, string>(nearestKey(written).name, meant));
}

test('a known key with one letter changed, lost, doubled or swapped is found again', (t) => {
  const names = KEYS.map(({ name }): string => name);
  const slip = fc.constantFrom<(text: string, at: number) => string>(
    (text, at) => text.slice(0, at) + text.slice(at + 1),
    (text, at) => text.slice(0, at) + text.slice(at, at + 1).repeat(2) + text.slice(at + 1),
    (text, at) => `${text.slice(0, at)}x${text.slice(at + 1)}`,
    (text, at) => text.slice(0, at) + text.slice(at + 1, at + 2) + text.slice(at, at + 1) + text.slice(at + 2),
  );
  fc.assert(fc.property(fc.constantFrom(...names), fc.nat(), slip, (name, at, change) => nearestKey(change(name, at % name.length)).name === name));
  t.pass();
});

test('any word has a nearest key, long ones quickly', (t) => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => keyNamed(nearestKey(text).name) !== undefined));
  t.truthy(nearestKey('X'.repeat(1_000_000)));
});

test('a key as it stands in a file', (t) => {
  t.is(formatKey('DRIVER', null), 'DRIVER');
  t.is(formatKey('LISTEN_HB_PORT', 0), 'LISTEN_HB_PORT[0]');
});
