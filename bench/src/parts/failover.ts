import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ONE } from '../contender.js';
import { oursIproute2, oursNetlink } from '../contenders/ours.js';
import { birdBfd, keepalivedBfd, keepalivedVrrp } from '../contenders/peers.js';
import { floor, naive } from '../contenders/plain.js';
import type { Bench, Part } from '../part.js';
import type { Death } from '../rig.js';
import { tournament } from '../tournament.js';

const CONTENDERS = [floor, oursNetlink, oursIproute2, naive, birdBfd, keepalivedBfd, keepalivedVrrp];
const DEATHS: readonly Death[] = ['stopped', 'link down'];

async function run(bench: Bench): Promise<void> {
  const fields = CONTENDERS.map((contender) => ({ contender, task: ONE }));
  const lateness: number[] = [];
  const timer = async (): Promise<void> => {
    const { stdout } = await promisify(execFile)(bench.native.timer);
    lateness.push(Number(stdout) / 1e6);
  };
  const entries = await tournament(bench, 'failover', fields, DEATHS, bench.trials, timer);
  bench.record({ part: 'failover', subject: 'the machine: a timer in real time', what: 'lateness', unit: 'ms', values: lateness });
  for (const { rig, trials, lost } of entries) {
    const subject = rig.contender.name;
    const record = (what: string, values: readonly number[]): void => bench.record({ part: 'failover', subject, what, unit: 'ms', values });
    for (const death of DEATHS) record(`failover, ${death}`, (trials.get(death) ?? []).map(({ failover }) => failover.first));
    const restores = DEATHS.flatMap((death) => trials.get(death) ?? []).flatMap(({ restore }) => restore ?? []);
    if (restores.length > 0) record('restore', restores.map(({ first }) => first));
    bench.record({ part: 'failover', subject, what: 'false alarms', unit: 'count', values: [rig.falseAlarms] });
    bench.record({ part: 'failover', subject, what: 'trials without a result', unit: 'count', values: [lost] });
  }
}

export const failover: Part = { name: 'failover', about: 'death of a sender until the kernel has changed, and its return', run };
