import { type Screen, type Terminal, plain } from '../../dist/terminal.js';

/** Keeps what is written. `end` is what Ctrl-C would be. */
export class MemoryTerminal implements Terminal {
  stdout = '';
  stderr = '';
  readonly paint = plain;
  readonly screen: Screen | null = null;
  readonly closed: AbortSignal = new AbortController().signal;
  private readonly interrupt = new AbortController();

  out(text: string | Uint8Array): Promise<void> {
    this.stdout += Buffer.from(text).toString('utf8');
    return Promise.resolve();
  }

  err(text: string): void {
    this.stderr += `${text}\n`;
  }

  untilInterrupted(): AbortSignal {
    return this.interrupt.signal;
  }

  end(): void {
    this.interrupt.abort();
  }
}
