import type { DaemonHome, DaemonProcess } from '@fastbypass/test-fixtures';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { type Contender, ONE, type Task } from '../contender.js';
import { startSender } from '../contenders/heartbeat-contender.js';
import { configOf, oursNetlink, startDaemon } from '../contenders/ours.js';
import { Crowd } from '../crowd.js';
import { peerFile } from '../native.js';
import type { Bench, Part } from '../part.js';
import { usageOf } from '../process-tree.js';
import { Rig } from '../rig.js';
import { PORT } from '../stage.js';
import { type Trouble, asked, clients, crowdedCores, deafReaders, quiet, signalled, strikeBefore, watcher } from '../trouble.js';

/** Of one trouble. */
const TRIALS = 20;
/** ms. */
const WARM_UP = 3000;

/** A daemon at work, and what befalls it. */
interface Scene {
  readonly subject: string;
  readonly rig: Rig;
  readonly daemon: () => DaemonProcess;
  readonly troubles: readonly Trouble[];
}

/** The listener that dies is as in all other parts; the others hear four heartbeats a second and have windows of a second. */
const crowdTask = (listeners: number): Task => ({ listeners, cards: 1, interval: 250_000, window: 1000 });
const config = (task: Task, further: readonly string[] = []): string => configOf(task, 'netlink', [`LISTEN_HEARTBEAT_TIMEOUT[0]=${ONE.window}`, ...further]);

async function scene(bench: Bench, subject: string, task: Task, troubles: readonly Trouble[], further: readonly string[] = [], furnish?: (home: DaemonHome) => void, env?: Readonly<Record<string, string>>): Promise<Scene> {
  let running: DaemonProcess | null = null;
  const launch: Contender['launch'] = async (stage, native) => {
    const { daemon, subject: near } = await startDaemon(stage, native.monitor, config(task, further), furnish, env);
    running = daemon;
    const others = startSender(stage, native, { ...task, listeners: task.listeners - 1 }, PORT + 1);
    const end = async (): Promise<void> => {
      await others.end();
      await near.end();
    };
    return { near: { pid: near.pid, end }, far: startSender(stage, native, ONE) };
  };
  const rig = await Rig.create({ ...oursNetlink, launch }, bench.native, { ...task });
  const daemon = (): DaemonProcess => {
    if (running === null) throw new Error('no daemon');
    return running;
  };
  return { subject, rig, daemon, troubles };
}

/** Trials of all scenes and troubles in turns, and what was measured. */
async function measure(bench: Bench, scenes: readonly Scene[]): Promise<void> {
  const trials = Math.min(bench.trials, TRIALS);
  const delays = new Map<Trouble, number[]>();
  const answers = new Map<Trouble, number[]>();
  const add = (to: Map<Trouble, number[]>, trouble: Trouble, value: number): void => void to.set(trouble, [...(to.get(trouble) ?? []), value]);
  for (let trial = 0; trial < trials; trial++) {
    for (const { rig, daemon, troubles } of scenes) {
      for (const trouble of troubles) {
        const end = await trouble.begin?.(daemon());
        try {
          const { failover } = await rig.trial('stopped', async (deadline) => {
            const answered = await strikeBefore(deadline, trouble, daemon());
            if (answered !== null) add(answers, trouble, answered);
          });
          add(delays, trouble, failover.first);
        } finally {
          await end?.();
        }
      }
    }
    if ((trial + 1) % 5 === 0) bench.say(`  ${trial + 1} of ${trials} rounds`);
  }
  for (const { subject, troubles } of scenes) {
    for (const trouble of troubles) bench.record({ part: 'worst', subject, what: `failover, ${trouble.name}`, unit: 'ms', values: delays.get(trouble) ?? [] });
    for (const trouble of troubles) bench.record({ part: 'worst', subject, what: `answer to ${trouble.name}`, unit: 'ms', values: answers.get(trouble) ?? [] });
  }
  for (const { subject, rig } of scenes) bench.record({ part: 'worst', subject, what: 'false alarms', unit: 'count', values: [rig.falseAlarms] });
}

/** Requests, reloads, readers; `slow`: about as many ms as an answer takes. */
function troublesOf(task: Task, slow: Readonly<Record<'status' | 'metrics' | 'reload', number>>): readonly Trouble[] {
  let window = task.window;
  const change = (daemon: DaemonProcess): void => {
    daemon.home.configure(config({ ...task, window: ++window }));
  };
  return [
    { ...quiet },
    asked('GET /v1/status at the deadline', 'GET', '/v1/status', slow.status),
    asked('GET /metrics at the deadline', 'GET', '/metrics', slow.metrics),
    asked('POST /v1/reload at the deadline, all kept', 'POST', '/v1/reload', slow.reload),
    signalled('SIGHUP at the deadline, all but one changed', 'SIGHUP', slow.reload, change),
    { ...clients },
    { ...watcher },
    { ...deafReaders },
  ];
}

const DEBUG = 'LOG_LEVEL=DEBUG';
const logOf = (home: DaemonHome): string => {
  mkdirSync(home.logDir);
  return join(home.logDir, 'fastbypass_monitor.log');
};
const fullDisk = (home: DaemonHome): void => {
  symlinkSync('/dev/full', logOf(home));
};
const blockedDisk = (home: DaemonHome): void => {
  execFileSync('mkfifo', [logOf(home)]);
};

async function runScenes(bench: Bench): Promise<void> {
  const [few, many] = [crowdTask(8), crowdTask(1000)];
  const scenes: Scene[] = [];
  try {
    scenes.push(await scene(bench, '8 listeners', few, [...troublesOf(few, { status: 2, metrics: 2, reload: 3 }), crowdedCores(true), crowdedCores(false)]));
    scenes.push(await scene(bench, '1000 listeners', many, troublesOf(many, { status: 10, metrics: 20, reload: 20 })));
    scenes.push(await scene(bench, '8 listeners', few, [{ name: 'log at DEBUG, its disk is full' }], [DEBUG], fullDisk));
    scenes.push(await scene(bench, '8 listeners', few, [{ name: 'log at DEBUG, its disk blocks' }], [DEBUG], blockedDisk));
    const collector = { NODE_OPTIONS: `--import=${pathToFileURL(peerFile('full-gc.js')).href}` };
    scenes.push(await scene(bench, '8 listeners', few, [signalled('the whole heap is collected at the deadline', 'SIGUSR2', 5)], [], undefined, collector));
    await measure(bench, scenes);
  } finally {
    for (const { rig } of scenes) await rig.remove();
  }
}

/** 1000 listeners, 100 heartbeats a second each, as in the part `scale`. */
const TORRENT: Task = { listeners: 1000, cards: 1, interval: 10_000, window: 50 };
const LEVELS = ['INFO', 'DEBUG'] as const;
/** ms after a reload in which what had to wait is read. */
const CATCH_UP = 500;

/** Of each heartbeat of a torrent a line is asked for. */
async function runTorrent(bench: Bench): Promise<void> {
  const crowd = new Crowd();
  const rig = await Rig.create(crowd.contender, bench.native, TORRENT);
  const delays = new Map<string, number[]>(LEVELS.map((level) => [level, []]));
  try {
    await pause(WARM_UP);
    for (let trial = 0; trial < Math.min(bench.trials, TRIALS); trial++) {
      for (const level of LEVELS) {
        await crowd.reload(rig.task, [`LOG_LEVEL=${level}`]);
        await pause(CATCH_UP);
        delays.get(level)?.push((await rig.trial('stopped')).failover.first);
      }
    }
    const record = (what: string, unit: 'ms' | 'MB' | 'count', values: readonly number[]): void => bench.record({ part: 'worst', subject: '100,000 heartbeats/s', what, unit, values });
    for (const level of LEVELS) record(`failover, log at ${level}`, 'ms', delays.get(level) ?? []);
    record('false alarms', 'count', [rig.falseAlarms]);
    record('memory', 'MB', [usageOf(rig.cast.near.pid).rss]);
    const { missed, dropped } = await crowd.losses(rig);
    record('datagrams missed', 'count', [missed]);
    record('datagrams dropped by the kernel', 'count', [dropped]);
  } finally {
    await crowd.endOthers();
    await rig.remove();
  }
}

export const worst: Part = {
  name: 'worst',
  about: 'failover in quiet and in trouble: requests, reloads, a full log, DEBUG, garbage collection',
  run: async (bench) => {
    await runScenes(bench);
    await runTorrent(bench);
  },
};
