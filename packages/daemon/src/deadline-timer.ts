/**
 * The one timer behind all deadlines, and the patience to read before judging.
 *
 * libuv may serve an expired timer before datagrams that are already queued, above all after a stall; and it reads at
 * most 32 datagrams of a socket in one pass. So when a deadline has come, the loop is let round until a whole pass has
 * read nothing from the sockets in question: what was queued when the window ended has been heard by then.
 */
import type { ListenerId } from '@fastbypass/core';

/**
 * Datagrams after which a socket counts as read in any case: no receive buffer of ours holds more, so all that was
 * queued at the deadline has been read, however fast somebody floods the socket.
 */
const QUEUE_LIMIT = 16_384;

export interface DeadlineHooks {
  readonly now: () => number;
  /** The next instant at which time alone changes something; null where none is. */
  readonly nextDeadline: () => number | null;
  /** Listeners whose window has ended by `at`. */
  readonly due: (at: number) => readonly ListenerId[];
  /** Datagrams read so far from the socket of a listener. */
  readonly datagrams: (listener: ListenerId) => number;
  /** Everything queued at `at` has been read. `late`: ms by which the loop was late. */
  readonly judge: (at: number, late: number) => void;
}

export class DeadlineTimer {
  private timer: NodeJS.Timeout | null = null;
  private armedFor = Infinity;
  private draining: NodeJS.Immediate | null = null;

  constructor(private readonly hooks: DeadlineHooks) {}

  /**
   * To be called when the next deadline may have come nearer. One that has moved away needs no call: the timer looks
   * again when it fires, so that a heartbeat costs no timer.
   */
  arm(): void {
    if (this.draining !== null) return;
    const deadline = this.hooks.nextDeadline() ?? Infinity;
    if (deadline >= this.armedFor) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.armedFor = deadline;
    // Timers count whole ms and may fire a little early: then fire() arms again.
    this.timer = setTimeout(() => {
      this.fire(deadline);
    }, Math.max(0, Math.ceil(deadline - this.hooks.now())));
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.draining !== null) clearImmediate(this.draining);
    this.timer = null;
    this.armedFor = Infinity;
    this.draining = null;
  }

  private fire(wasDue: number): void {
    this.timer = null;
    this.armedFor = Infinity;
    const at = this.hooks.now();
    const deadline = this.hooks.nextDeadline() ?? Infinity;
    if (deadline > at) this.arm();
    else this.drain(at, wasDue, new Map());
  }

  /** @param begun datagrams of each socket in question at the beginning */
  private drain(at: number, wasDue: number, begun: Map<ListenerId, number>): void {
    const before = this.hooks.due(at).map((id) => ({ id, count: this.hooks.datagrams(id) }));
    for (const { id, count } of before) if (!begun.has(id)) begun.set(id, count);
    // A pass: the loop polls every socket between here and there.
    this.draining = setImmediate(() => {
      this.draining = null;
      const still = new Set(this.hooks.due(at));
      const unread = before.some(({ id, count }) => {
        const now = this.hooks.datagrams(id);
        return still.has(id) && now !== count && now - (begun.get(id) ?? 0) < QUEUE_LIMIT;
      });
      if (unread) {
        this.drain(at, wasDue, begun);
        return;
      }
      this.hooks.judge(at, at - wasDue);
      this.arm();
    });
  }
}
