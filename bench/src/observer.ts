import { setTimeout as pause } from 'node:timers/promises';
import { Child } from './child.js';
import type { Native } from './native.js';
import { INTERFACE, type Stage } from './stage.js';

/** A change of the kernel: an address, route or link that came (+) or went (-). */
export type Effect = '+a' | '-a' | '+r' | '-r' | '+l' | '-l';

export interface Change {
  readonly effect: Effect;
  /** ms on the monotonic clock of the system, as {@link monotonicNow}. */
  readonly at: number;
  /** Address, route or link. */
  readonly what: string;
}

/** What the observer looks at as heartbeats. */
export interface HeartbeatKind {
  /** IP protocol. */
  readonly protocol: number;
  /** UDP port; 0: any. */
  readonly port: number;
}

const POLL = 5;
/** More than any trial has. */
const KEPT = 4096;

/** ms on the clock of the observer's stamps. */
export const monotonicNow = (): number => Number(process.hrtime.bigint()) / 1e6;

/** An observer of the broker's namespace: a process of its own, see native/observer.c. */
export class Observer {
  private seen: Change[] = [];
  private arrivals: number[] = [];
  private ready = false;
  private readonly child: Child;

  constructor(native: Native, stage: Stage, { protocol, port }: HeartbeatKind) {
    this.child = Child.spawn(stage.near, [native.observer, INTERFACE, String(protocol), String(port)], (line) => {
      this.take(line);
    });
  }

  private take(line: string): void {
    const [word = '', stamp = '0', what = ''] = line.split(' ');
    const at = Number(BigInt(stamp)) / 1e6;
    if (word === 'ready') this.ready = true;
    else if (word === 'h') this.arrivals.push(at);
    else this.seen.push({ effect: word as Effect, at, what });
    if (this.arrivals.length > 2 * KEPT) this.arrivals = this.arrivals.slice(-KEPT);
  }

  /** Whether nothing escapes it from now on. */
  get isReady(): boolean {
    return this.ready;
  }

  /** Instants at which heartbeats arrived, the newest last. */
  get heartbeats(): readonly number[] {
    return this.arrivals;
  }

  /** Changes since an instant. */
  changesSince(at: number): readonly Change[] {
    return this.seen.filter((change) => change.at >= at);
  }

  /** Forgets changes before an instant. */
  forgetBefore(at: number): void {
    this.seen = this.seen.filter((change) => change.at >= at);
  }

  /** False where `limit` ms went by in vain. */
  async until(holds: () => boolean, limit: number): Promise<boolean> {
    const end = monotonicNow() + limit;
    while (!holds()) {
      await pause(POLL);
      this.child.mustRun();
      if (monotonicNow() > end) return false;
    }
    return true;
  }

  end(): Promise<void> {
    return this.child.end();
  }
}
