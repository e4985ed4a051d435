import type { Difference, InterfaceName, IpAddress, Operation } from '@fastbypass/core';
import test from 'ava';
import { Attempts } from '../dist/attempts.js';

const eth0 = 'eth0' as InterfaceName;
const card = '10.0.0.1' as IpAddress;
const add: Operation = { op: 'address-add', interface: eth0, address: { address: card, prefix: 32 } };

const at = (): { now: number; attempts: Attempts } => {
  const time = { now: 1000 };
  return Object.assign(time, { attempts: new Attempts(() => time.now) });
};

const differing = (...differences: readonly string[]): ReadonlyMap<InterfaceName, ReadonlySet<Difference>> =>
  new Map([[eth0, new Set(differences as readonly Difference[])]]);

test('a failing operation is tried again after 100 ms, doubling to 5 s', (t) => {
  const time = at();
  const pauses = Array.from({ length: 8 }, () => {
    time.attempts.failed(add, 'no');
    return time.attempts.notBefore(add) - time.now;
  });
  t.deepEqual(pauses, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  t.regex(time.attempts.problems()[0] ?? '', /^address-add eth0 10\.0\.0\.1\/32 fails \(8 times, next try in 5000 ms\): no$/);
});

test('what is done a second time for one decision is a repair, however soon it was undone', (t) => {
  const { attempts } = at();
  for (let time = 1; time <= 4; time++) {
    t.is(attempts.notBefore(add), 0, `before time ${String(time)}`);
    attempts.succeeded(add, false);
  }
  t.not(attempts.notBefore(add), 0);
  attempts.reset();
  attempts.succeeded(add, false);
  t.is(attempts.notBefore(add), 0);
});

test('a success forgets the failures', (t) => {
  const { attempts } = at();
  attempts.failed(add, 'no');
  attempts.succeeded(add, false);
  t.is(attempts.notBefore(add), 0);
  t.deepEqual(attempts.problems(), []);
});

test('three repairs within 10 s are made at once; from the fourth on with pauses, and it is named', (t) => {
  const time = at();
  const pauses: number[] = [];
  for (let repair = 1; repair <= 6; repair++) {
    time.attempts.succeeded(add, true);
    pauses.push(Math.max(0, time.attempts.notBefore(add) - time.now));
    t.is(time.attempts.problems().length > 0, repair >= 4, `after repair ${String(repair)}`);
    time.now += 500;
  }
  t.deepEqual(pauses, [0, 0, 100, 200, 400, 800]);
  t.regex(time.attempts.problems()[0] ?? '', /^somebody undoes address-add eth0 10\.0\.0\.1\/32 again and again \(6 repairs\)/);
});

test('repairs with calm between them are never paused', (t) => {
  const time = at();
  for (let repair = 0; repair < 10; repair++) {
    time.attempts.succeeded(add, true);
    time.now += 4000;
    t.true(time.attempts.notBefore(add) <= time.now);
    t.deepEqual(time.attempts.problems(), []);
  }
});

test('after 10 s of calm an undoing is forgotten', (t) => {
  const time = at();
  for (let repair = 0; repair < 5; repair++) time.attempts.succeeded(add, true);
  time.now += 10_001;
  t.deepEqual(time.attempts.problems(), []);
  time.attempts.succeeded(add, true);
  t.is(time.attempts.notBefore(add), 0);
});

test('a new decision, and a change that is more than the undoing, let all be tried at once', (t) => {
  const { attempts } = at();
  attempts.failed(add, 'no');
  attempts.changed(differing(card));
  t.not(attempts.notBefore(add), 0, 'the undoing alone changes nothing');
  attempts.changed(differing(card, 'exists'));
  t.is(attempts.notBefore(add), 0);
  attempts.failed(add, 'no');
  attempts.reset();
  t.is(attempts.notBefore(add), 0);
});

test('IPv6 addresses that go and come with a link are part of its undoing', (t) => {
  const { attempts } = at();
  const up: Operation = { op: 'link-up', interface: eth0 };
  attempts.failed(up, 'no');
  attempts.changed(differing('link', 'fe80::1'));
  t.not(attempts.notBefore(up), 0);
  attempts.changed(differing('link', '10.0.0.9'));
  t.is(attempts.notBefore(up), 0);
});
