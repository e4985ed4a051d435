import { readFileSync, readdirSync } from 'node:fs';
import { until } from '@fastbypass/test-fixtures';

/** Process ids of the children of this process that are `ip monitor`. */
export function monitors(): readonly number[] {
  const threads = readdirSync('/proc/self/task').map((thread) => `/proc/self/task/${thread}/children`);
  return threads.flatMap((path) => readFileSync(path, 'utf8').split(' ').filter((word) => word.trim() !== '').map(Number)).filter(isMonitor);
}

function isMonitor(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('monitor');
  } catch {
    return false;
  }
}

/** The one monitor there is. */
export async function theMonitor(): Promise<number> {
  let found: readonly number[] = [];
  await until('there is one monitor', () => {
    found = monitors();
    return found.length === 1;
  });
  return found[0] ?? 0;
}
