/** What `ip -force -batch -` said on standard error. */
export interface BatchReport {
  /** Reasons of the lines that failed, by their number from 1. */
  readonly failed: ReadonlyMap<number, string>;
  /** What came after the last of them. A word that `ip` does not know ends it at once, without naming the line. */
  readonly trailing: string;
}

export function readBatchReport(stderr: string): BatchReport {
  const failed = new Map<number, string>();
  let reason: string[] = [];
  for (const line of stderr.split('\n')) {
    const number = /^Command failed .*:(\d+)$/.exec(line)?.[1];
    if (number === undefined) {
      reason.push(line);
    } else {
      failed.set(Number(number), reason.join('\n'));
      reason = [];
    }
  }
  return { failed, trailing: reason.join('\n').trim() };
}
