import { Child } from '../child.js';
import { type Contender, ONE, type Subject, type Task } from '../contender.js';
import type { Native } from '../native.js';
import { NEAR, PORT, type Stage } from '../stage.js';

/** Per cent by which an interval may be shorter: as BFD has it, and so that no timer is in step with the heartbeats. */
const JITTER = 25;

/** Slower heartbeats are jittered, quick ones come at a steady pace. */
const jitterOf = ({ interval }: Task): number => (interval > 10_000 ? JITTER : 0);

/** The sender of heartbeats of a task; `firstPort` and `listeners` where it sends for some of the listeners alone. */
export function startSender(stage: Stage, native: Native, task: Task, firstPort = PORT, onSent: (count: number) => void = () => undefined): Child {
  return Child.spawn(stage.far, [native.sender, NEAR, String(firstPort), String(task.listeners), String(task.interval), String(jitterOf(task))], (line) => {
    onSent(Number(line));
  });
}

/** One that listens for plain UDP heartbeats. */
export function heartbeatContender(name: string, start: (stage: Stage, native: Native, task: Task) => Promise<Subject>, lacking: () => string | null = () => null): Contender {
  return {
    name,
    heartbeats: { protocol: 17, port: PORT },
    interval: 50,
    nominal: 3 * ONE.window,
    failover: '-a',
    restore: '+a',
    restoresAtOnce: true,
    lacking,
    launch: async (stage, native, task) => ({ near: await start(stage, native, task), far: startSender(stage, native, task) }),
  };
}
