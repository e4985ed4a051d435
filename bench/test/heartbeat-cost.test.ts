import test from 'ava';
import { heartbeatCosts } from '../dist/heartbeat-cost.js';

const ROUNDS = 15;
/**
 * Times the cost at one listener that is allowed, by number of listeners. Neighbours are allowed for; a tree of listeners was at 4 to 12 times.
 * 10,000 listeners no longer fit into a processor's nearest caches, which alone makes 3.
 */
const BOUNDS: readonly (readonly [listeners: number, bound: number])[] = [
  [1, 1],
  [10, 3],
  [100, 3],
  [1000, 3],
  [10_000, 6],
];

test('what a heartbeat costs the core does not grow with the number of listeners', (t) => {
  const costs = heartbeatCosts(
    BOUNDS.map(([size]) => size),
    ROUNDS,
  );
  // The least is what the machine can do when nobody else wants it.
  const least = (size: number): number => Math.min(...(costs.get(size) ?? [NaN]));
  for (const [size, bound] of BOUNDS) {
    const ratio = least(size) / least(1);
    t.log(`${String(size)} listeners: ${least(size).toFixed(3)} µs a heartbeat, ${ratio.toFixed(2)} times that of one`);
    t.true(ratio <= bound, `${String(size)} listeners: ${ratio.toFixed(2)} times the cost at one; at most ${String(bound)} times are allowed`);
  }
});
