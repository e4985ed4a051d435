import type { DriverError } from '@fastbypass/core';
import type * as E from 'fp-ts/lib/Either.js';
import { CLOSED, type Finished, Processes, type RunOptions } from './processes.js';

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

/** `ip`, as one driver runs it. */
export class IpCommand {
  readonly processes = new Processes();
  /** Whether its commands work on the network that this process itself sees. */
  readonly isHere: boolean;
  readonly timeLimitMs: number;
  readonly #command: string;
  readonly #prefix: readonly string[];

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
