import type { ListenerStatus, ModeName, OperationRecord } from '@fastbypass/core';
import { type IncomingMessage, request } from 'node:http';
import { monotonicNow } from '../monotonic.js';

/** What the data of an event may hold; which of it depends on the event. */
export interface EventData {
  /** ISO-8601. */
  readonly time: string;
  /** ms since the daemon's start; the first event has none. */
  readonly at?: number;
  readonly listener?: number;
  readonly status?: ListenerStatus;
  readonly mode?: ModeName;
  readonly failed?: number;
  readonly plan?: readonly OperationRecord[];
  readonly reload?: 'accepted' | 'rejected';
}

export interface DaemonEvent {
  readonly event: string;
  readonly data: EventData;
  /** When it arrived here, by {@link monotonicNow}. */
  readonly received: number;
}

/** A reader of `GET /v1/events`. */
export class EventStream {
  /** All that has arrived so far, the first one included. */
  readonly events: DaemonEvent[] = [];
  ended = false;
  private rest = '';
  private readonly hearers = new Set<(event: DaemonEvent) => void>();

  private constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      this.take(text);
    });
    response.on('error', () => undefined);
    response.on('close', () => {
      this.ended = true;
    });
  }

  /** Resolves when the first event, the status, is there. */
  static async open(socketPath: string): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath, path: '/v1/events', agent: false, headers: { host: 'localhost' } });
      asked.on('error', reject);
      asked.on('response', (response) => {
        const stream = new EventStream(response);
        const stop = stream.onEvent(() => {
          stop();
          resolve(stream);
        });
        response.once('close', () => {
          reject(new Error('the event stream ended before its first event'));
        });
      });
      asked.end();
    });
  }

  /** Tells each event from now on. @returns how to end that */
  onEvent(tell: (event: DaemonEvent) => void): () => void {
    this.hearers.add(tell);
    return () => void this.hearers.delete(tell);
  }

  /** Reads nothing more, as a reader that hangs. */
  pause(): void {
    this.response.pause();
  }

  close(): void {
    this.response.destroy();
  }

  private take(text: string): void {
    const received = monotonicNow();
    const parts = (this.rest + text).split('\n\n');
    this.rest = parts.pop() ?? '';
    for (const part of parts) {
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
      const parsed: DaemonEvent = { event, data: JSON.parse(data) as EventData, received };
      this.events.push(parsed);
      for (const tell of [...this.hearers]) tell(parsed);
    }
  }
}
