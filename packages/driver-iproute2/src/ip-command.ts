import type { Cancellation, DriverError } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { CLOSED, type Finished, type Prepared, Processes, type RunOptions } from './processes.js';

export interface Iproute2Options {
  /** Default: `ip`, looked up in PATH. */
  readonly command?: string;
  /**
   * Words that stand before each command and lead it elsewhere, for instance into a network namespace: `nsenter`,
   * `--net=/run/netns/blue`. What they name must become the command (exec), not run it as a child. A watch also needs /bin/sh here. Default: none.
   */
  readonly prefix?: readonly string[];
  /** After it a call is killed, ms. Default: 5000. */
  readonly timeLimitMs?: number;
}

/** A failed line must not stop the others. */
export const BATCH_WORDS = ['-force', '-batch', '-'];

/** `ip`, as one driver runs it. */
export class IpCommand {
  readonly processes = new Processes();
  /** Whether its commands work on the network that this process itself sees. */
  readonly isHere: boolean;
  readonly timeLimitMs: number;
  readonly #command: string;
  readonly #prefix: readonly string[];
  #standby: Prepared | null = null;
  /** Those who want one. */
  #watchers = 0;

  constructor({ command = 'ip', prefix = [], timeLimitMs = 5000 }: Iproute2Options) {
    this.#command = command;
    this.#prefix = prefix;
    this.isHere = prefix.length === 0;
    this.timeLimitMs = timeLimitMs;
  }

  argv(words: readonly string[]): readonly string[] {
    return [...this.#prefix, this.#command, ...words];
  }

  /** Runs `ip` to its end, whatever that is. */
  run(words: readonly string[], options: Omit<RunOptions, 'timeLimitMs'> = {}): Promise<E.Either<DriverError, Finished>> {
    return this.processes.run(this.argv(words), { ...options, timeLimitMs: this.timeLimitMs });
  }

  /** Runs `ip -force -batch -` to its end, by the process on standby if there is one. */
  async runBatch(input: string, cancellation?: Cancellation): Promise<E.Either<DriverError, Finished>> {
    const standby = this.#standby;
    this.#standby = null;
    const options = { input, cancellation, timeLimitMs: this.timeLimitMs };
    const finished = standby?.isWaiting() === true ? E.right(await standby.finish(options)) : await this.run(BATCH_WORDS, options);
    void this.#standBy();
    return finished;
  }

  /**
   * From now on a process of `ip` waits for the next batch: to start one takes some ms, and blocks this process meanwhile. It has looked at
   * nothing yet, so no name of an interface that it could remember is out of date; it carries out one batch alone.
   *
   * @returns ends that
   */
  keepStandby(): () => void {
    this.#watchers++;
    void this.#standBy();
    return () => {
      this.#watchers--;
      if (this.#watchers > 0) return;
      this.#standby?.dismiss();
      this.#standby = null;
    };
  }

  async #standBy(): Promise<void> {
    if (this.#watchers === 0 || this.#standby?.isWaiting() === true) return;
    // One that cannot be started is no matter here: whoever runs the next batch will say why.
    const prepared = await this.processes.prepare(this.argv(BATCH_WORDS));
    if (E.isLeft(prepared)) return;
    if (this.#watchers === 0 || this.#standby?.isWaiting() === true) prepared.right.dismiss();
    else this.#standby = prepared.right;
  }

  /** Runs another command where `ip` is run. */
  runOther(argv: readonly string[]): Promise<E.Either<DriverError, Finished>> {
    return this.processes.run([...this.#prefix, ...argv], { timeLimitMs: this.timeLimitMs });
  }

  /** What went wrong with a run that did not end with status 0. */
  failure(words: readonly string[], { ending, status, stderr }: Finished): DriverError {
    const call = this.argv(words).join(' ');
    switch (ending) {
      case 'time-limit':
        return { kind: 'timed-out', message: `${call} did not end within ${this.timeLimitMs} ms and was killed.` };
      case 'output-limit':
        return { kind: 'driver-unavailable', message: `${call} printed without end and was killed.` };
      case 'cancelled':
        return { kind: 'cancelled', message: `${call} was cancelled.` };
      case 'closed':
        return CLOSED;
      case 'exited': {
        const end = status === null ? 'was killed' : `failed with status ${status}`;
        return refusalOf(`${call} ${end}`, stderr);
      }
    }
  }
}

/** An error in the words of `ip`; `what` was refused. */
export function refusalOf(what: string, stderr: string): DriverError {
  const words = wordsOf(stderr);
  const message = `${what}: ${words === '' ? 'it printed no reason' : words}`;
  // EPERM. EACCES ("Permission denied") is the kernel's word for IPv6 being disabled.
  if (/operation not permitted/i.test(words)) return { kind: 'not-permitted', message: `${message}. Run as root or with CAP_NET_ADMIN.` };
  return { kind: 'refused', message: `${message}.` };
}

/** What `ip` printed as a reason, on one line and without its own preambles. */
const wordsOf = (stderr: string): string =>
  stderr
    .split('\n')
    .map((line) => line.replace(/^(?:RTNETLINK answers|Error): /, '').trim().replace(/\.$/, ''))
    .filter((line) => line !== '')
    .slice(0, 5)
    .join('; ')
    .slice(0, 500);
