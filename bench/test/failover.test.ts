/** The benchmark itself, for a moment: it measures what it says, and what it measures of ours is never early. */
import { whyNoNamespaces } from '@fastbypass/test-fixtures';
import test from 'ava';
import { ONE } from '../dist/contender.js';
import { oursNetlink } from '../dist/contenders/ours.js';
import { floor } from '../dist/contenders/plain.js';
import { compileNative, ofThisClone } from '../dist/native.js';
import { tournament } from '../dist/tournament.js';

const why = (await whyNoNamespaces()) ?? oursNetlink.lacking();
const ROUNDS = 3;
const DEATHS = ['stopped', 'link down'] as const;

(why === null ? test : test.skip)(`the death of a sender is noticed, and never early${why === null ? '' : ` (${why})`}`, async (t) => {
  const bench = { native: compileNative(ofThisClone), trials: ROUNDS, say: (line: string) => t.log(line), record: () => undefined };
  const fields = [floor, oursNetlink].map((contender) => ({ contender, task: { ...ONE, cards: 2 } }));
  for (const { rig, trials, lost } of await tournament(bench, 'test', fields, DEATHS, ROUNDS)) {
    const all = [...trials.values()].flat();
    const { name } = rig.contender;
    t.is(all.length, ROUNDS * DEATHS.length, name);
    t.is(lost, 0, name);
    t.is(rig.falseAlarms, 0, name);
    for (const { failover, restore } of all) {
      t.true(failover.first >= 0, `${name}: ${String(failover.first)} ms after the deadline`);
      t.true(failover.last >= failover.first, name);
      t.true((restore?.first ?? -1) >= 0, `${name}: ${String(restore?.first)} ms after the first heartbeat`);
    }
  }
});
