import { setTimeout } from 'node:timers/promises';

/** ms; systemd's own pauses (RestartSec, WatchdogSec) are within it. */
const PATIENCE = 90_000;
const POLL = 100;

/** Waits until `holds`; rejects with `what` where it does not come about. @param more words for that case */
export async function until(what: string, holds: () => boolean | Promise<boolean>, more: () => string | Promise<string> = () => ''): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${String(PATIENCE)} ms in vain until ${what}\n${await more()}`);
    await setTimeout(POLL);
  }
}
