/**
 * The one timer behind all deadlines, and the patience to read before judging.
 *
 * libuv may serve an expired timer before datagrams that are already queued, above all after a stall. So when a deadline
 * has come, the sockets in question are read empty first: what was queued when the window ended has been heard by then.
 *
 * Timers count whole ms by a clock that is read once for each turn of the loop, and so may come 1 ms late. A deadline
 * that may bring a verdict is therefore waited for by a timer that comes a little early. For the rest the daemon gets ready
 * for the verdict and sleeps a little between turns of the loop: whoever runs for ms without a pause is taken by the scheduler
 * for one that has had its share, and loses the processor when it matters. Only the last turns follow each other at once. All this
 * costs nothing while heartbeats arrive: they have moved the deadline away by then.
 */

/** ms by which a timer is set too early, so that it does not come too late and something is left to get ready in. */
const LEAD = 2;
/** ms that a timer may come early, its lead included. */
const EARLY = 4;
/** ms before a deadline in which nothing else is begun. */
const HUSH = 0.8;
/** ms of the sleeps until then. */
const NAP = 0.4;

/** What nobody wakes. */
const BED = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

export interface DeadlineHooks {
  readonly now: () => number;
  /** The next instant at which time alone changes something; null where none is. */
  readonly nextDeadline: () => number | null;
  /** Whether what ends by `at` may bring a verdict: then it must not be late. */
  readonly isUrgent: (at: number) => boolean;
  /** An urgent deadline will have come within some ms unless somebody is heard: the time to get ready. Told more than once. */
  readonly onNear: (deadline: number) => void;
  /** Reads all that is queued for listeners whose window has ended by `at`, then goes on, at once or later. */
  readonly readDue: (at: number, then: () => void) => void;
  /** Everything queued at `at` has been read. `late`: ms by which the loop was late. */
  readonly judge: (at: number, late: number) => void;
}

export class DeadlineTimer {
  private timer: NodeJS.Timeout | null = null;
  /** The instant that is waited for, by the timer or by turns of the loop, until it has been judged; Infinity: none is. */
  private awaited = Infinity;
  /** The turn of the loop that is waited for. */
  private turn: NodeJS.Immediate | null = null;
  /** The urgent deadline that the loop has turned for last; none is equal to NaN. */
  private approached = NaN;
  private isReading = false;
  private isStopped = false;

  constructor(private readonly hooks: DeadlineHooks) {}

  /**
   * To be called when the next deadline may have come nearer. One that has moved away needs no call: the timer looks
   * again when it fires, so that a heartbeat costs no timer.
   */
  arm(): void {
    if (this.turn !== null || this.isReading || this.isStopped) return;
    const deadline = this.hooks.nextDeadline() ?? Infinity;
    if (this.timer !== null && deadline >= this.awaited) return;
    this.awaited = deadline;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (deadline === Infinity) return;
    const left = deadline - this.hooks.now();
    const pause = this.hooks.isUrgent(deadline) ? Math.floor(left) - LEAD : Math.ceil(left);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.fire();
    }, Math.max(0, pause));
  }

  /** ms by which the instant that is waited for has gone by at `at`, and nobody has judged it yet; negative: it is still to come. */
  lateBy(at: number): number {
    return at - this.awaited;
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.turn !== null) clearImmediate(this.turn);
    this.isStopped = true;
  }

  private fire(): void {
    const at = this.hooks.now();
    const deadline = this.hooks.nextDeadline() ?? Infinity;
    if (deadline <= at) this.read(at);
    else if (deadline !== this.approached && (deadline - at > EARLY || !this.hooks.isUrgent(deadline))) this.arm();
    else this.approach(deadline);
  }

  private approach(deadline: number): void {
    this.approached = this.awaited = deadline;
    if (deadline - this.hooks.now() > HUSH) {
      this.hooks.onNear(deadline);
      // The one sleep that is exact to a fraction of a ms; getting ready may have taken all there was.
      if (deadline - this.hooks.now() > HUSH) Atomics.wait(BED, 0, 0, NAP);
    }
    this.turn = setImmediate(() => {
      this.turn = null;
      this.fire();
    });
  }

  private read(at: number): void {
    this.isReading = true;
    this.hooks.readDue(at, () => {
      this.isReading = false;
      if (this.isStopped) return;
      this.hooks.judge(at, this.lateBy(at));
      this.arm();
    });
  }
}
