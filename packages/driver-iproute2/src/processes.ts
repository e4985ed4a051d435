import type { Cancellation, DriverError } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** Why a child is no more. All but `exited` mean that we killed it. */
export type Ending = 'exited' | 'time-limit' | 'output-limit' | 'cancelled' | 'closed';

export interface Finished {
  readonly ending: Ending;
  /** Exit status; null where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly timeLimitMs: number;
  readonly input?: string;
  /** Kills the child. */
  readonly cancellation?: Cancellation | undefined;
}

/** Characters of standard output or error; 10,000 interfaces with details take about 10 million. */
const OUTPUT_LIMIT = 64 * 1024 * 1024;

export const CLOSED: DriverError = { kind: 'driver-unavailable', message: 'The iproute2 driver was closed.' };

/** The children of one driver: none outlives {@link Processes.close}. */
export class Processes {
  readonly #alive = new Map<ChildProcessWithoutNullStreams, (ending: Ending) => void>();
  readonly #ended = new Set<Promise<unknown>>();
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  /** Starts a child that is to live on. Left: it cannot be started. `onEnd` comes once, after all its output. */
  async start(argv: readonly string[], onEnd: (ending: Ending, status: number | null) => void): Promise<E.Either<DriverError, Child>> {
    if (this.#closed) return E.left(CLOSED);
    const [file = '', ...rest] = argv;
    let child: ChildProcessWithoutNullStreams;
    try {
      // A group of its own: Ctrl-C at a terminal is for us alone, and a kill reaches whatever the command has started.
      child = spawn(file, rest, { env: { ...process.env, LC_ALL: 'C' }, detached: true });
    } catch (error) {
      return E.left(cannotRun(file, error));
    }
    const { pid } = child;
    // Nothing else of a child that could not be started is to be relied on, not even its streams.
    if (pid === undefined) return E.left(cannotRun(file, await new Promise<Error>((resolve) => child.once('error', resolve))));
    child.on('error', () => undefined);
    // It may end before it has read what it is given.
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8');
    child.stderr.setEncoding('utf8');

    let ending: Ending = 'exited';
    const kill = (why: Ending): void => {
      if (!this.#alive.has(child)) return;
      if (ending === 'exited') ending = why;
      killGroup(pid);
    };
    this.#alive.set(child, kill);
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => {
        // What the command may have left behind must not hold its output open.
        if (ending !== 'exited') for (const stream of [child.stdout, child.stderr]) stream.destroy();
      });
      child.once('close', (status) => {
        this.#alive.delete(child);
        resolve();
        onEnd(ending, status);
      });
    });
    this.#ended.add(ended);
    void ended.then(() => this.#ended.delete(ended));

    return E.right({ pid, stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, kill });
  }

  /** Starts a command that waits for its input. Left: it could not be started at all. */
  async prepare(argv: readonly string[]): Promise<E.Either<DriverError, Prepared>> {
    const output = { stdout: '', stderr: '' };
    let isWaiting = true;
    let finish: (finished: Finished) => void = () => undefined;
    const finished = new Promise<Finished>((resolve) => (finish = resolve));
    const started = await this.start(argv, (ending, status) => {
      isWaiting = false;
      finish({ ending, status, ...output });
    });
    if (E.isLeft(started)) return started;
    const child = started.right;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (text: string) => {
        output[name] += text;
        if (output[name].length > OUTPUT_LIMIT) child.kill('output-limit');
      });
    }
    return E.right({
      isWaiting: () => isWaiting,
      dismiss: () => child.kill('closed'),
      finish: async ({ timeLimitMs, input = '', cancellation }) => {
        const timer = setTimeout(() => child.kill('time-limit'), timeLimitMs);
        const cancel = (): void => child.kill('cancelled');
        cancellation?.addEventListener('abort', cancel);
        if (cancellation?.aborted === true) cancel();
        child.stdin.end(input);
        try {
          return await finished;
        } finally {
          clearTimeout(timer);
          cancellation?.removeEventListener('abort', cancel);
        }
      },
    });
  }

  /** Runs a command to its end. Left: it could not be started at all. */
  async run(argv: readonly string[], options: RunOptions): Promise<E.Either<DriverError, Finished>> {
    const prepared = await this.prepare(argv);
    return E.isLeft(prepared) ? prepared : E.right(await prepared.right.finish(options));
  }

  /** Kills every child and waits for the end of each. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const kill of this.#alive.values()) kill('closed');
    await Promise.all(this.#ended);
  }
}

/** A command that has been started and has not been given its input yet. */
export interface Prepared {
  /** False once it has ended, whatever the reason. */
  readonly isWaiting: () => boolean;
  /** Gives it its input, to the end, and waits for its own end. */
  readonly finish: (options: RunOptions) => Promise<Finished>;
  /** It is not needed any more. */
  readonly dismiss: () => void;
}

export interface Child extends Pick<ChildProcessWithoutNullStreams, 'stdin' | 'stdout' | 'stderr'> {
  readonly pid: number;
  readonly kill: (why: Ending) => void;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended, and the news of that is on its way.
  }
}

function cannotRun(file: string, error: unknown): DriverError {
  const { code, message } = error as NodeJS.ErrnoException;
  const advice =
    code === 'ENOENT'
      ? 'there is no such command; install the package iproute2 or let PATH name its folder'
      : code === 'EACCES'
        ? 'it may not be executed'
        : message;
  return { kind: 'driver-unavailable', message: `Cannot run ${file}: ${advice}.` };
}
