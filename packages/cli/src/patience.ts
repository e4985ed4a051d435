/** Nobody is to stare at nothing at 3 a.m. */
import type { Terminal } from './terminal.js';

/** ms of silence that need no word. */
const FIRST = 2000;
/** ms from one word to the next. */
const PERIOD = 5000;

/** Waits, and says so from time to time. `limit`: ms after which the task gives up by itself. */
export async function patiently<A>(terminal: Terminal, what: string, limit: number, task: Promise<A>): Promise<A> {
  const start = performance.now();
  const say = (): void => {
    const waited = Math.round((performance.now() - start) / 1000);
    terminal.err(`fbypass_ctl: waiting for ${what}, ${String(waited)} s of at most ${String(Math.round(limit / 1000))} s`);
    timer = setTimeout(say, PERIOD);
  };
  let timer = setTimeout(say, FIRST);
  try {
    return await task;
  } finally {
    clearTimeout(timer);
  }
}
