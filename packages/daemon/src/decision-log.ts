/**
 * With LOG_LEVEL=DEBUG: all that is decided by and all that is decided, line by line in the order in which it came about.
 *
 * ```
 *   in {"at":12,"heartbeat":0}                     lines of a trace, as `fbypass_ctl simulate` takes them
 *   step {"at":3012,"judged":[1],"late":0.4}       what a trace cannot say: when the daemon itself did what
 *   out {"at":3012,"listener":1,"status":"failed"} what is told, as `simulate` and /v1/events tell it
 *   step {"at":3020,"unwritten":900}               heartbeats before this line that came too fast to be written
 * ```
 *
 * So a night can be replayed; docs/architecture.md says how. `at`: whole ms since the daemon's start.
 */
import type { InstantRecord, IpAddress } from '@fastbypass/core';
import type { Logger } from './logger.js';

/**
 * Lines of heartbeats for each ms, and as many as a crowd that beats at once may have. Text for 100,000 a second takes more than a core
 * has; the loop would hear the rest seconds late.
 */
const EACH_MS = 5;
const AT_ONCE = 1000;
/** ms for which room is given together, so that what is not written is told once for many. */
const PERIOD = 10;

export class DecisionLog {
  /** Lines of heartbeats that may still be written, and since when. */
  private room = 0;
  private givenAt = -Infinity;
  /** Heartbeats since the last line. */
  private unwritten = 0;

  /** @param startedAt ms of the clock that all other `at` are of */
  constructor(
    private readonly log: Logger,
    private readonly startedAt: number,
  ) {}

  /** False: nothing is written, and what costs time to find out need not be. */
  get isOpen(): boolean {
    return this.log.isDebug();
  }

  /** @param text the configuration as read */
  started(text: string): void {
    this.write('step', this.startedAt, { start: text });
  }

  /** @param listener its index */
  heartbeat(at: number, listener: number, source: IpAddress | null): void {
    if (at - this.givenAt >= PERIOD) {
      this.room = Math.min(AT_ONCE, this.room + EACH_MS * (at - this.givenAt));
      this.givenAt = at;
    }
    if (this.room < 1) {
      this.unwritten++;
      return;
    }
    this.room--;
    this.write('in', at, source === null ? { heartbeat: listener } : { heartbeat: listener, source });
  }

  /** @param text the file as read, whatever is made of it */
  reload(at: number, text: string): void {
    this.write('in', at, { reload: text });
  }

  /** @param awaited at start or by a reload */
  launched(at: number, listener: number, awaited: boolean): void {
    this.write('step', at, { launched: listener, awaited });
  }

  unavailable(at: number, listener: number): void {
    this.write('step', at, { unavailable: listener });
  }

  /** Windows of these listeners had ended by `at`, `late` ms before anybody looked at the latest. */
  judged(at: number, listeners: readonly number[], late: number): void {
    this.write('step', at, { judged: listeners, late: Math.round(late * 10) / 10 });
  }

  /** What is told of this decision stands before it. */
  decided(at: number): void {
    this.write('step', at, { decided: true });
  }

  told(at: number, record: InstantRecord): void {
    this.write('out', at, record);
  }

  private write(kind: 'in' | 'step' | 'out', at: number, record: object): void {
    if (!this.isOpen) return;
    const { unwritten } = this;
    this.unwritten = 0;
    if (unwritten > 0) this.write('step', at, { unwritten });
    this.log.debug(`${kind} ${JSON.stringify({ at: Math.round(at - this.startedAt), ...record })}`);
  }
}
