/**
 * Lines on their way out, to a descriptor or a file, without the daemon ever waiting for them.
 *
 * Writing happens on Node's thread pool. What cannot be written (a full disk, an unwritable folder, a reader that has
 * stopped reading) is dropped and counted, and the count stands where writing goes on again.
 */
export interface Destination {
  /** Resolves when all of it is written; rejects where it cannot be. */
  readonly write: (text: string) => Promise<void>;
}

/** Characters that may wait; more than that is dropped. */
const MAX_WAITING = 4 * 1024 * 1024;
/** ms after a failed write until the next one is tried. */
const PAUSE = 1000;
/** ms after which a write that has not ended is worth telling. */
const STUCK = 5000;

export class LogSink {
  private waiting: string[] = [];
  private waitingLength = 0;
  private lost = 0;
  private failure: string | null = null;
  private running: Promise<void> | null = null;
  private notBefore = 0;
  /** When the write that is under way began; Infinity: none is. */
  private writingSince = Infinity;

  /** @param stuckAfter ms */
  constructor(
    private readonly destination: Destination,
    private readonly stuckAfter = STUCK,
  ) {}

  /** Why lines do not get out at the moment; null where they do. */
  get problem(): string | null {
    const took = performance.now() - this.writingSince;
    return took < this.stuckAfter ? this.failure : `a write has not ended for ${String(Math.floor(took / 1000))} s: is the disk, or whoever reads it, stuck?`;
  }

  /** @param line without its end of line */
  add(line: string): void {
    if (this.waitingLength > MAX_WAITING || (this.failure !== null && performance.now() < this.notBefore)) {
      this.lost++;
      return;
    }
    this.waiting.push(line);
    this.waitingLength += line.length;
    this.running ??= this.flush();
  }

  /** Waits until what was added is written or dropped, at the longest `limit` ms. False: a write is still under way. */
  async drain(limit: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limit);
    });
    await Promise.race([this.running ?? Promise.resolve(), expired]);
    clearTimeout(timer);
    return this.running === null;
  }

  private async flush(): Promise<void> {
    // Lines of one turn of the event loop go out together.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const lines = this.waiting;
      const note = this.lost > 0 ? `(${String(this.lost)} lines were lost here: ${this.failure ?? 'they came faster than they could be written'})\n` : '';
      this.waiting = [];
      this.waitingLength = 0;
      this.writingSince = performance.now();
      try {
        await this.destination.write(`${note}${lines.join('\n')}\n`);
        if (note !== '') this.lost = 0;
        this.failure = null;
      } catch (error) {
        this.lost += lines.length;
        this.failure = error instanceof Error ? error.message : String(error);
        this.notBefore = performance.now() + PAUSE;
      } finally {
        this.writingSince = Infinity;
      }
    }
    this.running = null;
  }
}
