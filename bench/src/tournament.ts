import type { Contender, Task } from './contender.js';
import type { Bench } from './part.js';
import { type Death, Rig, type Trial } from './rig.js';

/** Trials in a row without a result after which a contender is given up. */
const GIVEN_UP = 3;

/** A contender, its task, and what it has achieved. */
export class Entry {
  readonly trials = new Map<Death, Trial[]>();
  lost = 0;
  private lostInARow = 0;

  constructor(readonly rig: Rig) {}

  async compete(death: Death, say: (line: string) => void): Promise<void> {
    if (this.lostInARow === GIVEN_UP) return;
    try {
      const trial = await this.rig.trial(death);
      this.trials.set(death, [...(this.trials.get(death) ?? []), trial]);
      this.lostInARow = 0;
    } catch (error) {
      this.lost++;
      this.lostInARow++;
      say(`  lost: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/**
 * Lets contenders compete in turns, A B C A B C, so that what else the machine does meets all of them alike.
 *
 * @param aside has its turn too, once in a round for each death
 * @returns by contender, after all have left
 */
export async function tournament(bench: Bench, part: string, fields: readonly { readonly contender: Contender; readonly task: Task }[], deaths: readonly Death[], rounds: number, aside: () => Promise<void> = () => Promise.resolve()): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  try {
    for (const { contender, task } of fields) {
      const lacking = contender.lacking();
      if (lacking === null) {
        entries.push(new Entry(await Rig.create(contender, bench.native, task)));
        continue;
      }
      bench.say(`  SKIPPED: ${contender.name}: ${lacking}`);
      bench.record({ part, subject: contender.name, skipped: lacking });
    }
    for (let round = 0; round < rounds; round++) {
      for (const death of deaths) {
        for (const entry of entries) await entry.compete(death, bench.say);
        await aside();
      }
      if ((round + 1) % 10 === 0) bench.say(`  ${round + 1} of ${rounds} rounds`);
    }
  } finally {
    for (const { rig } of entries) await rig.remove();
  }
  return entries;
}
