import { readFileSync, readdirSync } from 'node:fs';

/** What a process has used, with all that it has started and that still runs. */
export interface Usage {
  /** ns of processor time since it began. */
  readonly cpu: number;
  /** Resident memory, MB (10^6 bytes). */
  readonly rss: number;
}

const readOrNothing = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has just ended.
    return '';
  }
};

/** The parent of a process; the name of the command may hold spaces and parentheses. */
const parentOf = (pid: number): number => Number(/^.*\) \S (\d+) /s.exec(readOrNothing(`/proc/${pid}/stat`))?.[1] ?? 0);

/** A process and all its descendants. */
export function treeOf(root: number): readonly number[] {
  const parents = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => [Number(name), parentOf(Number(name))] as const);
  const tree = [root];
  for (const member of tree) tree.push(...parents.filter(([, parent]) => parent === member).map(([pid]) => pid));
  return tree;
}

/** The scheduler's own count, in ns; `/proc/PID/stat` counts in steps of 10 ms. */
function cpuOf(pid: number): number {
  let tasks: readonly string[];
  try {
    tasks = readdirSync(`/proc/${pid}/task`);
  } catch {
    return 0;
  }
  return tasks.reduce((sum, task) => sum + Number(readOrNothing(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]), 0);
}

const rssOf = (pid: number): number => (Number(/^VmRSS:\s+(\d+) kB/m.exec(readOrNothing(`/proc/${pid}/status`))?.[1] ?? 0) * 1024) / 1e6;

export function usageOf(root: number): Usage {
  const tree = treeOf(root);
  const sum = (of: (pid: number) => number): number => tree.reduce((total, pid) => total + of(pid), 0);
  return { cpu: sum(cpuOf), rss: sum(rssOf) };
}
