import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import type { ListenerConfig } from '../dist/config/config.js';
import { type Listener, expireWindows, failLaunch, hear, isWaitedFor, launch, newListener, statusOf, windowOf } from '../dist/listener.js';
import { type Roster, countsOf, earliestDeadline, forEachChange, listenerAt, listenersOf, rosterOf, updateAt, updateDue } from '../dist/roster.js';
import { configWith } from './arbitraries.js';

const [CONFIG] = configWith(1).listeners;

const fresh = (count: number): readonly Listener[] =>
  Array.from({ length: count }, (_, id) => newListener(id, { ...(CONFIG as ListenerConfig), index: id, timeout: 10 + (id % 7) }));

/** Counted anew, the plain way. */
const recount = (all: readonly Listener[]): object => ({
  active: all.filter((it) => statusOf(it) === 'active').length,
  failed: all.filter((it) => statusOf(it) === 'failed').length,
  unavailable: all.filter((it) => statusOf(it) === 'unavailable').length,
  waitedFor: all.filter(isWaitedFor).length,
});

function same(roster: Roster, all: readonly Listener[]): void {
  assert.deepEqual(listenersOf(roster), all);
  assert.deepEqual(countsOf(roster), recount(all));
  assert.equal(earliestDeadline(roster), Math.min(Infinity, ...all.map((it) => windowOf(it)?.ends ?? Infinity)));
  assert.equal(roster.size, all.length);
}

/** The same listener in gives the same one out, so that roster and array may be compared by identity. */
function once(step: (listener: Listener) => Listener): (listener: Listener) => Listener {
  const known = new Map<Listener, Listener>();
  return (listener) => {
    const next = known.get(listener) ?? step(listener);
    known.set(listener, next);
    return next;
  };
}

type Step = readonly [kind: 'launch' | 'hear' | 'fail' | 'nothing' | 'due', position: number, pause: number];

const step = fc.tuple(fc.constantFrom('launch', 'launch', 'hear', 'fail', 'nothing', 'due'), fc.nat(1100), fc.nat(8)) as fc.Arbitrary<Step>;
// The sizes at which a node is full, or one listener over, among them.
const size = fc.oneof(fc.constantFrom(0, 1, 31, 32, 33, 1023, 1024, 1025), fc.nat(300));

test('a roster is what a plain array would be, whatever is done to it, and old ones stay', (t) => {
  fc.assert(
    fc.property(size, fc.array(step, { maxLength: 60, size: 'max' }), (count, happening) => {
      let all = fresh(count);
      let roster = rosterOf(all);
      let at = 0;
      for (const [kind, position, pause] of happening) {
        at += pause;
        const act = once((it) =>
          kind === 'launch' ? launch(it, at, position % 2 === 0) : kind === 'hear' ? hear(it, at, null) : kind === 'fail' ? failLaunch(it, 'busy') : kind === 'due' ? expireWindows(it, at, 0) : it,
        );
        const before = { roster, all };
        if (kind === 'due') {
          roster = updateDue(roster, at, act);
          all = all.map(act);
        } else {
          roster = updateAt(roster, position, act);
          all = all.map((it, place) => (place === position ? act(it) : it));
        }
        same(roster, all);
        assert.deepEqual(listenersOf(before.roster), before.all);
        assert.deepEqual(listenerAt(roster, position), all[position]);
        const told: (readonly [Listener, Listener])[] = [];
        forEachChange(before.roster, roster, (was, is) => told.push([was, is]));
        const expected = all.flatMap((is, place) => (before.all[place] === is ? [] : [[before.all[place], is]]));
        assert.deepEqual(told, expected);
      }
    }),
    { numRuns: 150 },
  );
  t.pass();
});

test('what changes nothing gives the same roster; what changes one listener shares the rest', (t) => {
  const all = fresh(300).map((it) => launch(it, 0, true));
  const roster = rosterOf(all);
  t.is(updateAt(roster, 7, (it) => it), roster);
  t.is(updateDue(roster, 9, () => assert.fail('nobody is due')), roster);
  const changed = updateAt(roster, 7, (it) => hear(it, 1, null));
  const shared = listenersOf(changed).filter((it, place) => it === all[place]).length;
  t.is(shared, 299);
  let visited = 0;
  forEachChange(roster, changed, () => visited++);
  t.is(visited, 1);
});

test('only those that are due are stepped', (t) => {
  const roster = rosterOf(fresh(300).map((it) => launch(it, 0, true)));
  const stepped: Listener[] = [];
  updateDue(roster, 10, (it) => {
    if ((windowOf(it)?.ends ?? Infinity) <= 10) stepped.push(it);
    return it;
  });
  t.is(stepped.length, Math.ceil(300 / 7));
});

test('there is no listener beyond the ends, and stepping it changes nothing', (t) => {
  for (const count of [0, 1, 32, 33, 1024, 1025]) {
    const roster = rosterOf(fresh(count));
    for (const position of [-1, count, count + 1, 32 ** 3]) {
      t.is(listenerAt(roster, position), undefined);
      t.is(updateAt(roster, position, () => assert.fail('there is nobody')), roster);
    }
  }
});
