import { Child } from '../child.js';
import type { Contender, Task } from '../contender.js';
import { type Native, peerFile } from '../native.js';
import { INTERFACE, NEAR, PORT } from '../stage.js';
import { heartbeatContender } from './heartbeat-contender.js';

const words = ({ listeners, cards, window }: Task): readonly string[] => [NEAR, String(PORT), String(listeners), String(3 * window), INTERFACE, String(cards)];

const plain = (name: string, program: (native: Native) => readonly string[]): Contender =>
  heartbeatContender(name, async (stage, native, task) => {
    const child = Child.spawn(stage.near, [...program(native), ...words(task)]);
    return { pid: child.pid, end: () => child.end() };
  });

export const floor = plain('C floor: poll, RTM_DELADDR', (native) => [native.floor]);

export const naive = plain('naive Node: setTimeout, spawn ip', () => [process.execPath, peerFile('naive.js')]);
