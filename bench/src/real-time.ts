import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Does not mind where it is refused: neither does the unit. */
async function schedule(pid: number, ...words: string[]): Promise<void> {
  await promisify(execFile)('chrt', [...words, String(pid)]).catch(() => undefined);
}

/** As the unit of the package starts the daemon. */
export async function inRealTime(pid: number): Promise<void> {
  await schedule(pid, '--all-tasks', '--rr', '--pid', '1');
  await schedule(pid, '--rr', '--pid', '2');
}

/** As a shell starts it. */
export const inTurn = (pid: number): Promise<void> => schedule(pid, '--all-tasks', '--other', '--pid', '0');
