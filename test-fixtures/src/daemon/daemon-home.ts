import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder with all that one daemon needs; it outlives the process, so that a restart finds it. */
export class DaemonHome {
  readonly config: string;
  readonly socket: string;
  readonly logDir: string;

  /** @param parent an existing folder; short, for a socket's path may have 107 bytes */
  constructor(parent = tmpdir()) {
    this.dir = mkdtempSync(join(parent, 'fastbypass-'));
    this.config = join(this.dir, '.env');
    this.socket = join(this.dir, 'control.sock');
    this.logDir = join(this.dir, 'logs');
  }

  readonly dir: string;

  configure(text: string): void {
    writeFileSync(this.config, text);
  }

  /** The configuration as it is now. */
  text(): string {
    return readFileSync(this.config, 'utf8');
  }

  /** What the daemon has written to its log file so far. */
  log(): string {
    return readFileSync(join(this.logDir, 'fastbypass_monitor.log'), 'utf8');
  }

  /** Idempotent. */
  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
