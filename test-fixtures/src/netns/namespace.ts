import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** After it a command is killed, ms. */
const TIME_LIMIT_MS = 20_000;

/** Output, in bytes; 5000 interfaces with details take about 5 million. */
const OUTPUT_LIMIT = 64 * 1024 * 1024;

/** Namespaces of this process that are still there. */
const open = new Set<string>();

let sweeping = false;

function sweepAtExit(): void {
  if (sweeping) return;
  sweeping = true;
  process.once('exit', () => {
    for (const name of open) spawnSync('ip', ['netns', 'delete', name]);
  });
}

/**
 * A network namespace of its own, with `lo` up: nothing in it touches the network of this machine.
 *
 * Whoever creates one deletes it; what a test that breaks off has left goes at the end of its process.
 */
export class Namespace {
  private constructor(readonly name: string) {}

  static async create(): Promise<Namespace> {
    sweepAtExit();
    const namespace = new Namespace(`fbt-${process.pid}-${randomBytes(4).toString('hex')}`);
    await run(['ip', 'netns', 'add', namespace.name]);
    open.add(namespace.name);
    await namespace.ip('link', 'set', 'dev', 'lo', 'up');
    return namespace;
  }

  /** Idempotent. */
  async delete(): Promise<void> {
    if (!open.delete(this.name)) return;
    await run(['ip', 'netns', 'delete', this.name]);
  }

  /** Runs `ip` on this namespace. @returns its standard output; rejects where it fails */
  ip(...words: readonly string[]): Promise<string> {
    return run(['ip', '-n', this.name, ...words]);
  }

  /** Runs `ip -batch` with these lines. */
  async batch(lines: readonly string[]): Promise<void> {
    await run(['ip', '-n', this.name, '-batch', '-'], `${lines.join('\n')}\n`);
  }

  /** Runs a command inside. @returns its standard output; rejects where it fails */
  run(...argv: readonly string[]): Promise<string> {
    return run([...this.prefix, ...argv]);
  }

  /** Words before a command that make it run inside; they become the command, without a process between. */
  get prefix(): readonly string[] {
    return ['nsenter', `--net=/run/netns/${this.name}`, '--'];
  }

  /** An interface that is up and has a carrier; what it is plugged into is its `peer`, up as well. */
  async addPair(name: string, peer = `p${randomBytes(4).toString('hex')}`): Promise<void> {
    await this.ip('link', 'add', 'name', name, 'type', 'veth', 'peer', 'name', peer);
    for (const end of [name, peer]) await this.ip('link', 'set', 'dev', end, 'up');
  }

  async setPromotion(name: string, on: boolean): Promise<void> {
    await this.run('sh', '-c', 'echo "$1" > "/proc/sys/net/ipv4/conf/$0/promote_secondaries"', name, on ? '1' : '0');
  }

  /** IPv4 and IPv6 addresses of an interface, with prefix, as `ip` prints them. */
  async addresses(name: string): Promise<readonly string[]> {
    const text = await this.ip('-o', 'address', 'show', 'dev', name);
    return [...text.matchAll(/ inet6? (\S+)/g)].map(([, address = '']) => address);
  }
}

async function run(argv: readonly string[], input = ''): Promise<string> {
  const [file = '', ...rest] = argv;
  const running = execute(file, rest, { timeout: TIME_LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: OUTPUT_LIMIT, env: { ...process.env, LC_ALL: 'C' } });
  // It may end before it has read what it is given; how it ends is what tells.
  running.child.stdin?.on('error', () => undefined);
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** Why this machine cannot make namespaces, for a person; null where it can. */
export async function whyNoNamespaces(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'needs root';
  try {
    const namespace = await Namespace.create();
    try {
      await namespace.addPair('probe');
    } finally {
      await namespace.delete();
    }
    return null;
  } catch (error) {
    return `needs network namespaces with veth: ${error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error)}`;
  }
}
