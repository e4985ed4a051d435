import { fstatSync } from 'node:fs';

/** Whether what is written to the descriptor `fd` goes straight to systemd's journal (JOURNAL_STREAM, systemd.exec(5)). */
export function isJournal(fd: number, { JOURNAL_STREAM }: NodeJS.ProcessEnv): boolean {
  if (JOURNAL_STREAM === undefined) return false;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return JOURNAL_STREAM === `${String(dev)}:${String(ino)}`;
  } catch {
    return false;
  }
}
