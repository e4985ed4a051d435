import { setTimeout as pause } from 'node:timers/promises';
import type { Task } from '../contender.js';
import { configOf, startDaemon } from '../contenders/ours.js';
import { startSender } from '../contenders/heartbeat-contender.js';
import type { Bench, Part } from '../part.js';
import { usageOf } from '../process-tree.js';
import { Stage } from '../stage.js';

const LISTENERS = 8;
/** A day of eight listeners, ten heartbeats a second each. */
const HEARTBEATS = 864_000 * LISTENERS;
/** 100,000 heartbeats a second together: the day takes 70 s. */
const TASK: Task = { listeners: LISTENERS, cards: 2, interval: 80, window: 1000 };
/** ms between looks. */
const EVERY = 5000;

async function run(bench: Bench): Promise<void> {
  const stage = await Stage.create();
  const { daemon, subject } = await startDaemon(stage, bench.native.monitor, configOf(TASK, 'netlink'));
  let sent = 0;
  const sender = startSender(stage, bench.native, TASK, undefined, (count) => {
    sent = count;
  });
  const heard = async (): Promise<number> => (await daemon.status()).listeners.reduce((sum, { heartbeats }) => sum + heartbeats, 0);
  const memory: number[] = [];
  try {
    for (let count = 0; count < HEARTBEATS; count = await heard()) {
      await pause(EVERY);
      memory.push(usageOf(daemon.pid).rss);
    }
    await sender.end();
    await pause(EVERY / 5);
    memory.push(usageOf(daemon.pid).rss);
    const record = (what: string, unit: 'MB' | 'count', values: readonly number[]): void => bench.record({ part: 'day', subject: 'fastbypass_monitor, netlink', what, unit, values });
    record('memory, every 5 s', 'MB', memory);
    record('memory at the end', 'MB', memory.slice(-1));
    record('heartbeats', 'count', [sent]);
    record('heartbeats missed', 'count', [sent - (await heard())]);
  } finally {
    await sender.end();
    await subject.end();
    await stage.remove();
  }
}

export const day: Part = { name: 'day', about: "a day's worth of heartbeats in fast motion: memory", run };
