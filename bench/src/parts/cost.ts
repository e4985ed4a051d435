import { setTimeout as pause } from 'node:timers/promises';
import { type Contender, ONE, type Task } from '../contender.js';
import { oursIproute2, oursNetlink } from '../contenders/ours.js';
import { birdBfd, keepalivedBfd, keepalivedVrrp } from '../contenders/peers.js';
import { floor, naive } from '../contenders/plain.js';
import { monotonicNow } from '../observer.js';
import type { Bench, Part } from '../part.js';
import { usageOf } from '../process-tree.js';
import { Rig } from '../rig.js';

/** Eight listeners, ten heartbeats a second each. */
const IDLE: Task = { listeners: 8, cards: 2, interval: 100_000, window: 1000 };
/** Eight listeners, 10,000 heartbeats a second together. */
const LOAD: Task = { ...IDLE, interval: 800 };
/** ms. */
const WARM_UP = 2000;
/** ms of one measurement. */
const WINDOW = 3000;
const WINDOWS = 2;

async function measure(bench: Bench, contender: Contender, task: Task, what: string): Promise<void> {
  const lacking = contender.lacking();
  if (lacking !== null) {
    bench.say(`  SKIPPED: ${contender.name}: ${lacking}`);
    bench.record({ part: 'cost', subject: contender.name, skipped: lacking });
    return;
  }
  const rig = await Rig.create(contender, bench.native, task);
  try {
    await pause(WARM_UP);
    const cpu: number[] = [];
    for (let window = 0; window < WINDOWS; window++) {
      const [before, begun] = [usageOf(rig.cast.near.pid).cpu, monotonicNow()];
      await pause(WINDOW);
      cpu.push((usageOf(rig.cast.near.pid).cpu - before) / (monotonicNow() - begun) / 1000);
    }
    bench.record({ part: 'cost', subject: contender.name, what: `${what}: processor`, unit: '‰', values: cpu });
    bench.record({ part: 'cost', subject: contender.name, what: `${what}: memory`, unit: 'MB', values: [usageOf(rig.cast.near.pid).rss] });
  } finally {
    await rig.remove();
  }
}

async function run(bench: Bench): Promise<void> {
  const ours = [floor, oursNetlink, oursIproute2, naive];
  for (const contender of ours) await measure(bench, contender, IDLE, 'idle');
  for (const contender of [birdBfd, keepalivedBfd, keepalivedVrrp]) await measure(bench, contender, ONE, 'idle');
  for (const contender of ours) await measure(bench, contender, LOAD, 'load');
}

export const cost: Part = { name: 'cost', about: 'processor and memory, idle and under load', run };
