import { Child } from '../child.js';
import { peerFile } from '../native.js';
import { Observer } from '../observer.js';
import type { Bench, Part } from '../part.js';
import { INTERFACE, Stage } from '../stage.js';

const LIMIT = 5000;
const SUBJECT = 'one ip, spawned by Node';

async function run(bench: Bench): Promise<void> {
  const stage = await Stage.create();
  const observer = new Observer(bench.native, stage, { protocol: 17, port: 0 });
  const spans: (readonly [number, number])[] = [];
  try {
    await observer.until(() => observer.isReady, LIMIT);
    const spawner = Child.spawn(stage.near, [process.execPath, peerFile('spawn-ip.js'), INTERFACE, String(bench.trials)], (line) => {
      const [begun = NaN, ended = NaN] = line.split(' ').map((stamp) => Number(BigInt(stamp)) / 1e6);
      spans.push([begun, ended]);
    });
    await spawner.exited;
    const removals = (): readonly number[] => observer.changesSince(-Infinity).filter(({ effect }) => effect === '-a').map(({ at }) => at);
    await observer.until(() => removals().length >= bench.trials, LIMIT);
    const changed = removals().map((at, trial) => at - (spans[trial]?.[0] ?? NaN));
    bench.record({ part: 'spawn', subject: SUBJECT, what: 'until the kernel has changed', unit: 'ms', values: changed });
    bench.record({ part: 'spawn', subject: SUBJECT, what: 'until its end is known', unit: 'ms', values: spans.map(([begun, ended]) => ended - begun) });
  } finally {
    await observer.end();
    await stage.remove();
  }
}

export const spawn: Part = { name: 'spawn', about: 'the bare cost of one ip', run };
