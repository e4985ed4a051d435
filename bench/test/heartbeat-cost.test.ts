import test from 'ava';
import { heartbeatCosts } from '../dist/heartbeat-cost.js';

const SIZES = [1, 10, 100, 1000, 10_000];
/** So many that each size has its best moment: the ratio at 10,000 is 2.3 to 2.9, of 15 rounds at times 3.2. */
const ROUNDS = 100;
/** Caches are allowed for, and neighbours; a tree of listeners was at 4 to 12 times that of one. */
const BOUND = 3;

test('what a heartbeat costs the core does not grow with the number of listeners', (t) => {
  const costs = heartbeatCosts(SIZES, ROUNDS);
  // The least is what the machine can do when nobody else wants it.
  const least = (size: number): number => Math.min(...(costs.get(size) ?? [NaN]));
  for (const size of SIZES) t.log(`${String(size)} listeners: ${least(size).toFixed(3)} µs a heartbeat, ${(least(size) / least(1)).toFixed(2)} times that of one`);
  const worst = Math.max(...SIZES.map(least)) / least(1);
  t.true(worst < BOUND, `${worst.toFixed(2)} times that of one; at most ${String(BOUND)} are allowed`);
});
