import test from 'ava';
import { heartbeatCosts } from '../dist/heartbeat-cost.js';

const SIZES = [1, 10, 100, 1000, 10_000];
const ROUNDS = 15;
/** Logarithmic growth and caches are allowed for; anything linear would be a hundred times. */
const BOUND = 5;

test('what a heartbeat costs the core does not grow with the number of listeners', (t) => {
  const costs = heartbeatCosts(SIZES, ROUNDS);
  // The least is what the machine can do when nobody else wants it.
  const least = (size: number): number => Math.min(...(costs.get(size) ?? [NaN]));
  for (const size of SIZES) t.log(`${String(size)} listeners: ${least(size).toFixed(3)} µs a heartbeat, ${(least(size) / least(1)).toFixed(2)} times that of one`);
  const ratio = least(1000) / least(1);
  t.true(ratio < BOUND, `1000 listeners against one: ${ratio.toFixed(2)} times; at most ${String(BOUND)} are allowed`);
});
