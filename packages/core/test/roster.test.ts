import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import type { ListenerConfig } from '../dist/config/config.js';
import { type Listener, expireWindows, failLaunch, hear, isWaitedFor, launch, newListener, statusOf, windowOf } from '../dist/listener.js';
import { Roster } from '../dist/roster.js';
import { configWith, ip } from './arbitraries.js';

const [CONFIG] = configWith(1).listeners;
/** One that does not accept everybody. */
const [GUARDED] = configWith(1, 'LISTEN_HB_SOURCE[0]=10.9.0.0/24\n').listeners;

const STRANGER = ip('10.8.0.1');

const fresh = (count: number): readonly Listener[] =>
  Array.from({ length: count }, (_, id) => newListener(id, { ...((id % 3 === 0 ? GUARDED : CONFIG) as ListenerConfig), index: id, timeout: 10 + (id % 7) }));

/** Counted anew, the plain way. */
const recount = (all: readonly Listener[]): object => ({
  active: all.filter((it) => statusOf(it) === 'active').length,
  failed: all.filter((it) => statusOf(it) === 'failed').length,
  unavailable: all.filter((it) => statusOf(it) === 'unavailable').length,
  waitedFor: all.filter(isWaitedFor).length,
});

const endOf = (it: Listener): number => windowOf(it)?.ends ?? Infinity;

function same(roster: Roster, all: readonly Listener[]): void {
  assert.deepEqual(roster.toArray(), all);
  assert.deepEqual(roster.counts, recount(all));
  assert.equal(roster.earliestDeadline(), Math.min(Infinity, ...all.map(endOf)));
  assert.equal(roster.size, all.length);
}

type Step = readonly [kind: 'launch' | 'hear' | 'refuse' | 'fail' | 'nothing' | 'due' | 'go back', position: number, pause: number];

const step = fc.tuple(fc.constantFrom('launch', 'launch', 'hear', 'hear', 'hear', 'refuse', 'fail', 'nothing', 'due', 'go back'), fc.nat(340), fc.nat(8)) as fc.Arbitrary<Step>;
const size = fc.oneof(fc.constantFrom(0, 1, 2), fc.nat(300));

test('a roster is what a plain array would be, whatever is done to it, and old ones stay, and can be stepped again', (t) => {
  fc.assert(
    fc.property(size, fc.array(step, { maxLength: 60, size: 'max' }), (count, happening) => {
      let all = fresh(count);
      let roster = Roster.of(all);
      const past: { readonly roster: Roster; readonly all: readonly Listener[] }[] = [{ roster, all }];
      let at = 0;
      for (const [kind, position, pause] of happening) {
        at += pause;
        if (kind === 'go back') ({ roster, all } = past[position % past.length] ?? { roster, all });
        const stepped = (change: (listener: Listener) => Listener): void => {
          roster = roster.update(position, change);
          all = all.map((it, place) => (place === position ? change(it) : it));
        };
        if (kind === 'due') {
          assert.deepEqual(roster.due(at), all.filter((it) => endOf(it) <= at));
          roster = roster.updateDue(at, (it) => expireWindows(it, at, 0));
          all = all.map((it) => expireWindows(it, at, 0));
        } else if (kind === 'hear' || kind === 'refuse') {
          const source = kind === 'hear' ? null : STRANGER;
          roster = roster.hear(position, at, source);
          all = all.map((it, place) => (place === position ? hear(it, at, source) : it));
        } else if (kind === 'launch') stepped((it) => launch(it, at, position % 2 === 0));
        else if (kind === 'fail') stepped((it) => failLaunch(it, 'busy'));
        // What nobody asks for is not looked up: the next steps begin from a bound that is out of date.
        if (pause % 2 === 0) same(roster, all);
        else assert.equal(roster.earliestDeadline(at), Math.min(Infinity, ...all.map(endOf).filter((ends) => ends <= at)));
        assert.deepEqual(roster.at(position), all[position]);
        past.push({ roster, all });
      }
      for (const one of past) same(one.roster, one.all);
    }),
    { numRuns: 150 },
  );
  t.pass();
});

test('old rosters stay, however many heartbeats come after them', (t) => {
  for (const count of [1, 3, 500]) {
    let all = fresh(count).map((it) => hear(launch(it, 0, true), 0, null));
    let roster = Roster.of(all);
    const past: { readonly roster: Roster; readonly all: readonly Listener[] }[] = [];
    for (let at = 1; at <= 9000; at++) {
      if (at % 600 === 0) past.push({ roster, all: all.slice() });
      const position = (at * 7) % count;
      roster = roster.hear(position, at, null);
      all = all.with(position, hear(all[position] as Listener, at, null));
    }
    for (const one of [...past, { roster, all }]) same(one.roster, one.all);
  }
  t.pass();
});

test('what changes nothing gives the same roster', (t) => {
  const roster = Roster.of(fresh(300).map((it) => launch(it, 0, true)));
  t.is(roster.update(7, (it) => it), roster);
  t.is(roster.updateDue(9, () => assert.fail('nobody is due')), roster);
  t.is(Roster.of(fresh(3)).hear(1, 5, null).at(1)?.heartbeats, 0, 'nobody hears where no socket listens');
});

test('a heartbeat that changes no status leaves the very counts', (t) => {
  const roster = Roster.of(fresh(3).map((it) => hear(launch(it, 0, true), 0, null)));
  t.is(roster.hear(1, 5, null).counts, roster.counts);
});

test('only those that are due are stepped', (t) => {
  const roster = Roster.of(fresh(300).map((it) => launch(it, 0, true)));
  const stepped: Listener[] = [];
  roster.updateDue(10, (it) => {
    stepped.push(it);
    return it;
  });
  t.is(stepped.length, Math.ceil(300 / 7));
});

test('there is no listener beyond the ends, and stepping it changes nothing', (t) => {
  for (const count of [0, 1, 300]) {
    const roster = Roster.of(fresh(count));
    for (const position of [-1, count, count + 1, 32 ** 3]) {
      t.is(roster.at(position), undefined);
      t.is(roster.update(position, () => assert.fail('there is nobody')), roster);
      t.is(roster.hear(position, 5, null), roster);
    }
  }
});
