import { DaemonHome, controlRequest } from '@fastbypass/test-fixtures';
import { setTimeout as pause } from 'node:timers/promises';
import { Child } from '../child.js';
import { ONE } from '../contender.js';
import { configOf } from '../contenders/ours.js';
import { monotonicNow } from '../observer.js';
import type { Monitor } from '../native.js';
import type { Bench, Part } from '../part.js';
import { Stage } from '../stage.js';

const TRIALS = 30;
const POLL = 1;
const LIMIT = 10_000;

/** ms from starting the process until its control socket answers: READY, in the words of systemd. */
async function startOnce(stage: Stage, monitor: Monitor, driver: string): Promise<number> {
  const home = new DaemonHome();
  home.configure(configOf({ ...ONE, listeners: 8, cards: 2 }, driver));
  const begun = monotonicNow();
  const daemon = Child.spawn(stage.near, [...monitor, '--config', home.config, '--socket', home.socket, '--log-dir', home.logDir]);
  try {
    while (!(await controlRequest(home.socket, 'GET', '/v1/status').then(() => true, () => false))) {
      daemon.mustRun();
      if (monotonicNow() > begun + LIMIT) throw new Error(`no answer of the daemon in ${LIMIT} ms`);
      await pause(POLL);
    }
    return monotonicNow() - begun;
  } finally {
    await daemon.end();
    home.remove();
  }
}

/** Node's own part. */
async function bareNode(stage: Stage): Promise<number> {
  const begun = monotonicNow();
  await Child.spawn(stage.near, [process.execPath, '-e', '0']).exited;
  return monotonicNow() - begun;
}

async function run(bench: Bench): Promise<void> {
  const subjects = new Map<string, (stage: Stage) => Promise<number>>([
    ['node -e 0', bareNode],
    ['fastbypass_monitor, netlink', (stage) => startOnce(stage, bench.native.monitor, 'netlink')],
    ['fastbypass_monitor, iproute2', (stage) => startOnce(stage, bench.native.monitor, 'iproute2')],
  ]);
  const series = new Map<string, number[]>();
  const stage = await Stage.create();
  try {
    for (let trial = 0; trial < Math.min(bench.trials, TRIALS); trial++) {
      for (const [subject, once] of subjects) series.set(subject, [...(series.get(subject) ?? []), await once(stage)]);
    }
  } finally {
    await stage.remove();
  }
  for (const [subject, values] of series) bench.record({ part: 'start', subject, what: 'start to READY', unit: 'ms', values });
}

export const start: Part = { name: 'start', about: 'start of the process until its control socket answers', run };
