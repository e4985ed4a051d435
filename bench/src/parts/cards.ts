import { oursIproute2, oursNetlink } from '../contenders/ours.js';
import { floor, naive } from '../contenders/plain.js';
import { ONE } from '../contender.js';
import type { Bench, Part } from '../part.js';
import { tournament } from '../tournament.js';

const SIZES = [1, 16, 256, 1000];
/** Of one size, at most: the large ones take their time. */
const TRIALS = 30;
/** Addresses beyond which the naive script's processes would take whole seconds. */
const NAIVE = 16;

async function run(bench: Bench): Promise<void> {
  for (const cards of SIZES) {
    bench.say(`  ${cards} cards`);
    const contenders = [floor, oursNetlink, oursIproute2, ...(cards <= NAIVE ? [naive] : [])];
    const fields = contenders.map((contender) => ({ contender, task: { ...ONE, cards } }));
    for (const { rig, trials } of await tournament(bench, 'cards', fields, ['stopped'], Math.min(bench.trials, TRIALS))) {
      const series = [...trials.values()].flat();
      const record = (what: string, values: readonly number[]): void => bench.record({ part: 'cards', subject: rig.contender.name, what: `${cards}: ${what}`, unit: 'ms', values });
      record('first removal', series.map(({ failover }) => failover.first));
      record('last removal', series.map(({ failover }) => failover.last));
      record('last addition', series.flatMap(({ restore }) => restore?.last ?? []));
    }
  }
}

export const cards: Part = { name: 'cards', about: 'the same with 1, 16, 256 and 1000 cards: first and last operation', run };
