import type { ExecutionContext } from 'ava';
import { spawn } from 'node:child_process';
import { until } from './bed.js';

/** Binds where it is told and prints what arrives, with a NUL after each. Node has no such sockets; perl is on every Debian. */
const RECEIVER = `
use Socket; $| = 1;
socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) or die $!;
(my $path = $ARGV[0]) =~ s/^@/\\0/;
bind($socket, sockaddr_un($path)) or die $!;
print "bound\\0";
while (defined recv($socket, my $message, 65536, 0)) { print "$message\\0" }
`;

export interface Message {
  readonly text: string;
  /** When it arrived here, ms of performance.now. */
  readonly at: number;
}

/** Stands in for systemd at the other end of NOTIFY_SOCKET. */
export class NotifyReceiver {
  private readonly all: Message[] = [];

  /** @param address a path that is free, or `@` and an abstract name */
  static async open(t: ExecutionContext, address: string): Promise<NotifyReceiver> {
    const receiver = new NotifyReceiver();
    const child = spawn('perl', ['-e', RECEIVER, address], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.teardown(() => child.kill());
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\0');
      rest = parts.pop() ?? '';
      for (const part of parts) receiver.all.push({ text: part, at: performance.now() });
    });
    await until('the receiver is bound', () => receiver.all.length > 0);
    receiver.all.length = 0;
    return receiver;
  }

  /** Without those of the watchdog. `MONOTONIC_USEC=…` is cut off. */
  get states(): readonly string[] {
    return this.all.map(({ text }) => text.replace(/\nMONOTONIC_USEC=\d+$/, '')).filter((text) => text !== 'WATCHDOG=1');
  }

  get feeds(): readonly Message[] {
    return this.all.filter(({ text }) => text === 'WATCHDOG=1');
  }

  get messages(): readonly Message[] {
    return this.all;
  }

  /** The first message of this text at or after the `from`-th of {@link states}. */
  async state(text: RegExp, from = 0): Promise<string> {
    const find = (): string | undefined => this.states.slice(from).find((state) => text.test(state));
    await until(`systemd is told ${String(text)}`, () => find() !== undefined).catch((error: unknown) => {
      throw new Error(`${String(error)}; it was told: ${this.states.join(' | ')}`);
    });
    return find() ?? '';
  }
}
