import { type Cast, ONE, type Task } from '../contender.js';
import { startSender } from '../contenders/heartbeat-contender.js';
import { configOf, oursNetlink, startDaemon } from '../contenders/ours.js';
import type { Native } from '../native.js';
import type { Bench, Part } from '../part.js';
import { Rig, type Trial } from '../rig.js';
import type { Stage } from '../stage.js';

const TRIALS = 10;
const CARDS = 1000;
/** Pairs of interfaces; both ends are managed. */
const PAIRS = 500;

const NAMES = Array.from({ length: PAIRS }, (_, pair) => [`a${pair}`, `b${pair}`] as const);

async function launch(stage: Stage, native: Native, task: Task): Promise<Cast> {
  await stage.near.batch(NAMES.flatMap(([a, b]) => [`link add name ${a} type veth peer name ${b}`, `link set ${a} up`, `link set ${b} up`]));
  const list = NAMES.flat().join(' ');
  const { subject } = await startDaemon(stage, native.monitor, configOf(task, 'netlink', [`LISTEN_CUBRO_IFS=${list}`, 'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1']));
  return { near: subject, far: startSender(stage, native, task) };
}

async function run(bench: Bench): Promise<void> {
  const rig = await Rig.create({ ...oursNetlink, launch }, bench.native, { ...ONE, cards: CARDS, links: 2 * PAIRS });
  const trials: Trial[] = [];
  try {
    for (let trial = 0; trial < Math.min(bench.trials, TRIALS); trial++) trials.push(await rig.trial('stopped'));
  } finally {
    await rig.remove();
  }
  const record = (what: string, values: readonly number[]): void => bench.record({ part: 'plan', subject: 'fastbypass_monitor, netlink', what, unit: 'ms', values });
  record('failover, first address', trials.map(({ failover }) => failover.first));
  record('failover, last interface', trials.map(({ failover }) => failover.last));
  record('restore, first interface', trials.flatMap(({ restore }) => restore?.first ?? []));
  record('restore, last address', trials.flatMap(({ restore }) => restore?.last ?? []));
}

export const plan: Part = { name: 'plan', about: '1000 cards and 1000 managed interfaces in one plan', run };
