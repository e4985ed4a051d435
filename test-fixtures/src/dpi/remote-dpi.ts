import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eachLine } from '../lines.js';
import type { Namespace } from '../netns/namespace.js';
import type { Dpi, DpiAim } from './dpi.js';

const PROCESS = fileURLToPath(new URL('./dpi-process.js', import.meta.url));

/** A DPI in a network namespace: a process of its own, for a process cannot send from two networks. */
export class RemoteDpi implements Dpi {
  private waiters: ((answer: number) => void)[] = [];

  private constructor(private readonly child: ChildProcess) {
    if (child.stdout !== null) {
      eachLine(child.stdout, (line) => {
        this.waiters.shift()?.(Number(line));
      });
    }
    child.stdin?.on('error', () => undefined);
    child.once('close', () => {
      for (const give of this.waiters.splice(0)) give(NaN);
    });
  }

  static async start(namespace: Namespace, { host, port, interval }: DpiAim): Promise<RemoteDpi> {
    const [file, ...words] = [...namespace.prefix, process.execPath, PROCESS, host, String(port), String(interval)];
    const child = spawn(file, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child, 'spawn');
    return new RemoteDpi(child);
  }

  talk(): void {
    this.child.stdin?.write('talk\n');
  }

  hush(): Promise<number> {
    return this.ask('hush');
  }

  /** ms; the longest time between two heartbeats since this was last asked: a busy machine makes a DPI truly silent. */
  longestGap(): Promise<number> {
    return this.ask('gap');
  }

  private ask(what: string): Promise<number> {
    return new Promise((resolve) => {
      this.waiters.push(resolve);
      this.child.stdin?.write(`${what}\n`);
    });
  }

  /** It ends by itself when nobody speaks to it any more. */
  close(): void {
    this.child.stdin?.end();
  }
}
