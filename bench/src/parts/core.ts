import { heartbeatCosts } from '../heartbeat-cost.js';
import type { Part } from '../part.js';

const SIZES = [1, 10, 100, 1000, 10_000];
const ROUNDS = 50;

export const core: Part = {
  name: 'core',
  about: "the core's cost of a heartbeat, by number of listeners",
  run: async (bench) => {
    for (const [size, values] of heartbeatCosts(SIZES, ROUNDS)) bench.record({ part: 'core', subject: 'core', what: `${size} listeners: a heartbeat`, unit: 'µs', values });
  },
};
