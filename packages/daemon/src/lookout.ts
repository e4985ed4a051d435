/** Notices that the network may have changed: by the driver's watch, begun anew when it ends, and by a look now and then in any case. */
import type { DriverError, NetworkDriver } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { REPAIR_BACKOFF, pauseAfter } from './backoff.js';

/** ms between looks that nobody asked for: drift is repaired within a second even if the watch is blind. */
const RESYNC = 800;
/** ms without a notice before a look, and ms that it is put off at most. */
const QUIET = 2;
const STORM = 50;

export interface LookoutHooks {
  /** What is known may be out of date. */
  readonly onDoubt: () => void;
  /** Nothing speaks against what is known; but it is time for a look. */
  readonly onResync: () => void;
  /** Why the network is not watched; null: it is again. */
  readonly onWatch: (trouble: string | null) => void;
}

export class Lookout {
  private endWatch: (() => void) | null = null;
  private failures = 0;
  /** Since the beginning. */
  private notices = 0;
  private reopenTimer: NodeJS.Timeout | null = null;
  private resyncTimer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly driver: Pick<NetworkDriver, 'watch'>,
    private readonly hooks: LookoutHooks,
  ) {}

  /** Resolves once the watch has begun, or is to be tried again. */
  async begin(): Promise<void> {
    await this.watch();
    if (!this.stopped) this.resyncTimer = setInterval(this.hooks.onResync, RESYNC);
  }

  /** No hook is called after this. */
  stop(): void {
    this.stopped = true;
    this.endWatch?.();
    for (const timer of [this.reopenTimer, this.resyncTimer]) if (timer !== null) clearTimeout(timer);
  }

  /**
   * Resolves once no notice has come in for a moment. While they come in (of a plan of 2000 operations for 50 ms), each look would be out of
   * date when it is taken, and followed by another one.
   */
  async lull(): Promise<void> {
    const end = performance.now() + STORM;
    let heard: number;
    do {
      heard = this.notices;
      await pause(QUIET);
      // Where the loop was held up, timers come before what it has not read.
      await turn();
    } while (heard !== this.notices && performance.now() < end);
  }

  private async watch(): Promise<void> {
    const watch = await this.driver.watch((event) => {
      if (this.stopped) return;
      if (event.type === 'ended') this.watchAgain(event.error);
      else this.doubt();
    })();
    if (this.stopped) {
      if (E.isRight(watch)) watch.right.stop();
      return;
    }
    if (E.isLeft(watch)) {
      this.watchAgain(watch.left);
      return;
    }
    this.endWatch = watch.right.stop;
    if (this.failures === 0) return;
    this.failures = 0;
    this.hooks.onWatch(null);
    this.doubt();
  }

  private doubt(): void {
    this.notices++;
    this.hooks.onDoubt();
  }

  private watchAgain(error: DriverError): void {
    this.failures++;
    this.hooks.onWatch(`the network is not watched, only looked at every ${String(RESYNC)} ms: ${error.message}`);
    this.reopenTimer = setTimeout(() => void this.watch(), pauseAfter(REPAIR_BACKOFF, this.failures));
  }
}
