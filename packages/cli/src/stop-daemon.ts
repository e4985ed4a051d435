/** Ends the daemon through its control socket, and waits until it is gone. */
import { setTimeout } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import type { ControlClient } from './control-client.js';
import type { ControlError } from './control-error.js';

/** ms that the daemon may take to end, once it has said that it will. */
export const PATIENCE = 30_000;
/** ms */
const POLL = 50;

/**
 * @param patience ms
 * @returns `gone`: nobody answers any more
 */
export async function stopDaemon(client: ControlClient, patience: number = PATIENCE): Promise<E.Either<ControlError, 'gone' | 'still-answers'>> {
  const report = await client.stop();
  // It may end faster than it answers.
  if (E.isLeft(report) && report.left.type !== 'broken') return report;
  return E.right((await isGone(client, patience)) ? 'gone' : 'still-answers');
}

async function isGone({ status }: ControlClient, patience: number): Promise<boolean> {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const report = await status();
    if (E.isLeft(report) && report.left.type === 'not-running') return true;
    await setTimeout(POLL);
  }
  return false;
}
