/** The two streams that a command writes to, and the ways in which somebody tells it to end. */
import { styleText } from 'node:util';
import { errorCode, reasonOf } from './file-error.js';

export type Style = Parameters<typeof styleText>[0];
/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

/** Whether the stream is a terminal has been asked before: styleText of Node 20 asks for single styles, not for lists. */
export const colourful: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** A terminal on which a picture can be drawn anew. */
export interface Screen {
  readonly rows: () => number;
  /** The caller draws again; in force until the process ends. */
  readonly onResize: (draw: () => void) => void;
}

export interface Terminal {
  /**
   * Writes to standard output as it is. Resolves when the text has been taken, so that a slow reader slows the writer;
   * once nobody reads any more it does nothing.
   */
  out(text: string | Uint8Array): Promise<void>;
  /** One line or more for a person, on standard error. */
  err(text: string): void;
  /** For standard output. */
  readonly paint: Paint;
  /** Null where standard output is no terminal, or one that cannot move its cursor. */
  readonly screen: Screen | null;
  /** Aborts when nobody reads standard output any more. */
  readonly closed: AbortSignal;
  /** Aborts as `closed` does, and from now on by Ctrl-C and SIGTERM too, which then no longer kill the process. */
  untilInterrupted(): AbortSignal;
}

/** Standard output and standard error of this process. */
export class ProcessTerminal implements Terminal {
  private readonly reader = new AbortController();
  private failure: unknown = null;
  readonly paint: Paint = isCapable() && (process.env['NO_COLOR'] ?? '') === '' ? colourful : plain;
  readonly screen: Screen | null = isCapable() ? { rows: () => process.stdout.rows, onResize: (draw) => void process.stdout.on('resize', draw) } : null;

  constructor() {
    process.stdout.on('error', (error: unknown) => {
      // A reader that has seen enough (`| head`) is no failure of ours.
      if (errorCode(error) !== 'EPIPE') this.failure ??= error;
      this.reader.abort();
    });
    // There is nobody left to tell.
    process.stderr.on('error', () => undefined);
  }

  get closed(): AbortSignal {
    return this.reader.signal;
  }

  /** Why standard output could not be written, in words; null where it could. */
  get writeFailure(): string | null {
    return this.failure === null ? null : reasonOf(this.failure);
  }

  async out(text: string | Uint8Array): Promise<void> {
    if (this.closed.aborted) return;
    await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  }

  err(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  untilInterrupted(): AbortSignal {
    const interrupt = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
    return AbortSignal.any([interrupt.signal, this.closed]);
  }
}

const isCapable = (): boolean => process.stdout.isTTY && process.env['TERM'] !== 'dumb';
