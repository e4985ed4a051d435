/** A simulated DPI: it sends heartbeats to one listener. */
import { createSocket } from 'node:dgram';
import { monotonicNow } from '../monotonic.js';

export interface Dpi {
  /** Begins to send, with a heartbeat at once; or goes on. */
  readonly talk: () => void;
  /** Sends no more. @returns when the last heartbeat went out, by the monotonic clock; NaN where none did */
  readonly hush: () => Promise<number>;
  /** Idempotent. */
  readonly close: () => void;
}

export interface DpiAim {
  readonly host: string;
  readonly port: number;
  /** ms between heartbeats. */
  readonly interval: number;
  /** The address to send from; the kernel's choice without one. */
  readonly from?: string;
}

/** A DPI in this process: on this machine's network. */
export class LocalDpi implements Dpi {
  private readonly socket;
  private timer: NodeJS.Timeout | null = null;
  private lastSent = NaN;
  private gap = 0;
  private closed = false;

  constructor(private readonly aim: DpiAim) {
    this.socket = createSocket(aim.host.includes(':') ? 'udp6' : 'udp4');
    // "Nobody listens there" is what a DPI hears while the daemon is down.
    this.socket.on('error', () => undefined);
    if (aim.from !== undefined) this.socket.bind(0, aim.from);
  }

  /** One heartbeat. */
  send(payload: string | Buffer = 'heartbeat'): void {
    if (this.closed) return;
    const now = monotonicNow();
    if (!Number.isNaN(this.lastSent)) this.gap = Math.max(this.gap, now - this.lastSent);
    this.lastSent = now;
    this.socket.send(payload, this.aim.port, this.aim.host);
  }

  /** ms; the longest time between two heartbeats: a busy sender is a silent one. */
  get longestGap(): number {
    return this.gap;
  }

  forgetGaps(): void {
    this.gap = 0;
  }

  talk(): void {
    if (this.timer !== null) return;
    this.send();
    this.timer = setInterval(() => {
      this.send();
    }, this.aim.interval);
  }

  async hush(): Promise<number> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    return this.lastSent;
  }

  close(): void {
    if (this.closed) return;
    void this.hush();
    this.closed = true;
    this.socket.close();
  }
}
