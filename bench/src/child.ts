import type { Namespace } from '@fastbypass/test-fixtures';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { treeOf } from './process-tree.js';

/** ms after SIGTERM until SIGKILL. */
const PATIENCE = 3000;

/** Children that are still there. */
const running = new Set<Child>();

process.once('exit', () => {
  for (const child of running) child.signal('SIGKILL');
});

/** A process in a namespace, with all that it starts. */
export class Child {
  readonly exited: Promise<void>;
  private errors = '';
  private isOver = false;

  private constructor(
    private readonly argv: readonly string[],
    private readonly process: ChildProcess,
    onLine: (line: string) => void,
  ) {
    running.add(this);
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-4000);
    });
    if (process.stdout !== null) createInterface({ input: process.stdout }).on('line', onLine);
    this.exited = new Promise((resolve, reject) => {
      process.once('error', reject);
      process.once('close', () => {
        this.isOver = true;
        running.delete(this);
        resolve();
      });
    });
  }

  /** @param onLine is told each line of its standard output */
  static spawn(namespace: Namespace, argv: readonly string[], onLine: (line: string) => void = () => undefined): Child {
    const [file = '', ...words] = [...namespace.prefix, ...argv];
    return new Child(argv, spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'] }), onLine);
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** @throws where it has ended by itself */
  mustRun(): void {
    if (this.isOver) throw new Error(`${this.argv.join(' ')} has ended:\n${this.errors}`);
  }

  /** To it and all that it has started. */
  signal(signal: NodeJS.Signals): void {
    if (this.isOver) return;
    for (const pid of treeOf(this.pid)) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has just ended.
      }
    }
  }

  async end(): Promise<void> {
    this.signal('SIGCONT');
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => {
      this.signal('SIGKILL');
    }, PATIENCE);
    await this.exited;
    clearTimeout(timer);
  }
}
