import { setTimeout as pause } from 'node:timers/promises';
import type { Task } from '../contender.js';
import { Crowd, dropsIn } from '../crowd.js';
import { monotonicNow } from '../observer.js';
import type { Bench, Part } from '../part.js';
import { usageOf } from '../process-tree.js';
import { Rig } from '../rig.js';

/** 1000 listeners, 100 heartbeats a second each. */
const TASK: Task = { listeners: 1000, cards: 1, interval: 10_000, window: 50 };
const TRIALS = 50;
const RELOADS = 10;
/** ms. */
const WARM_UP = 3000;
const WINDOW = 5000;

const SUBJECT = 'fastbypass_monitor, netlink';

async function run(bench: Bench): Promise<void> {
  const crowd = new Crowd();
  const rig = await Rig.create(crowd.contender, bench.native, TASK);
  const record = (what: string, unit: 'ms' | '‰' | 'MB' | 'count', values: readonly number[]): void => bench.record({ part: 'scale', subject: SUBJECT, what, unit, values });
  try {
    await pause(WARM_UP);
    const [cpu, begun, heard] = [usageOf(rig.cast.near.pid).cpu, monotonicNow(), await crowd.metric('fastbypass_listener_heartbeats_total')];
    await pause(WINDOW);
    record('processor', '‰', [(usageOf(rig.cast.near.pid).cpu - cpu) / (monotonicNow() - begun) / 1000]);
    record('heartbeats per second', 'count', [((await crowd.metric('fastbypass_listener_heartbeats_total')) - heard) / ((monotonicNow() - begun) / 1000)]);

    const failovers: number[] = [];
    const restores: number[] = [];
    for (let trial = 0; trial < Math.min(bench.trials, TRIALS); trial++) {
      const { failover, restore } = await rig.trial('stopped');
      failovers.push(failover.first);
      if (restore !== null) restores.push(restore.first);
    }
    record('failover, stopped', 'ms', failovers);
    record('restore', 'ms', restores);
    record('false alarms', 'count', [rig.falseAlarms]);

    const kept: number[] = [];
    for (let trial = 0; trial < RELOADS; trial++) kept.push(await crowd.reload(TASK, [`LISTEN_HEARTBEAT_FAILED=${trial % 2 === 0 ? 2 : 1}`]));
    record('reload, all listeners kept', 'ms', kept);
    record('memory', 'MB', [usageOf(rig.cast.near.pid).rss]);
    const { missed, dropped } = await crowd.losses(rig);
    record('datagrams sent', 'count', [crowd.sent]);
    record('datagrams missed', 'count', [missed]);
    record('datagrams dropped by the kernel', 'count', [dropped]);
  } finally {
    await crowd.endOthers();
    await rig.remove();
  }
}

/** A reload that makes every listener new, while heartbeats come in. */
async function runChanged(bench: Bench): Promise<void> {
  const crowd = new Crowd();
  const rig = await Rig.create(crowd.contender, bench.native, TASK);
  try {
    await pause(WARM_UP);
    const changed: number[] = [];
    for (let trial = 0; trial < RELOADS; trial++) changed.push(await crowd.reload(TASK, [`LISTEN_HEARTBEAT_TIMEOUT=${60 + trial}`]));
    bench.record({ part: 'scale', subject: SUBJECT, what: 'reload, all listeners changed', unit: 'ms', values: changed });
    bench.record({ part: 'scale', subject: SUBJECT, what: 'datagrams dropped in those reloads', unit: 'count', values: [await dropsIn(rig.stage)] });
  } finally {
    await crowd.endOthers();
    await rig.remove();
  }
}

export const scale: Part = {
  name: 'scale',
  about: '1000 listeners, 100 heartbeats a second each: loss, failover, reloads',
  run: async (bench) => {
    await run(bench);
    await runChanged(bench);
  },
};
