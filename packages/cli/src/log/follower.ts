/** Goes on with a log through rotation, truncation and absence. */
import { LOG_FILE } from '@fastbypass/core';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../file-error.js';
import type { Terminal } from '../terminal.js';
import { copy, startOfLastLines } from './last-lines.js';
import { type LogPart, openPart, openParts } from './log-files.js';

export class LogFollower {
  /** The part that is read, and the byte reached; null while there is no log. */
  private current: { readonly part: LogPart; at: number } | null = null;

  constructor(
    private readonly folder: string,
    private readonly terminal: Terminal,
  ) {}

  private get path(): string {
    return join(this.folder, LOG_FILE);
  }

  /** Prints the last lines of what is there. False where there is no log yet. */
  async begin(lines: number): Promise<boolean> {
    const part = await openPart(this.path).catch(unlessAbsent);
    if (part === null) return false;
    this.current = { part, at: (await startOfLastLines(part.handle, part.size, lines)).offset };
    await this.advance();
    return true;
  }

  /** Prints what has come since. Rejects where the operating system refuses to read. */
  async advance(): Promise<void> {
    const identity = await stat(this.path).then(({ dev, ino }) => `${String(dev)}:${String(ino)}`, unlessAbsent);
    // After the look at the name: what was written to the old part until then is read now.
    await this.readCurrent();
    if (identity === null || identity === this.current?.part.identity) return;
    for (const part of await this.newerParts()) {
      await this.close();
      this.current = { part, at: 0 };
      await this.readCurrent();
    }
  }

  async close(): Promise<void> {
    await this.current?.part.handle.close();
    this.current = null;
  }

  private async readCurrent(): Promise<void> {
    if (this.current === null) return;
    const { handle } = this.current.part;
    // Emptied by somebody: what comes now begins at its beginning.
    if ((await handle.stat()).size < this.current.at) this.current.at = 0;
    this.current.at = await copy(handle, this.current.at, Infinity, this.terminal);
  }

  /** What has come after the part that was read, the oldest first: a burst may rotate more than once between two looks. */
  private async newerParts(): Promise<readonly LogPart[]> {
    const newer: LogPart[] = [];
    let known = false;
    for await (const part of openParts(this.folder)) {
      known = part.identity === this.current?.part.identity;
      if (known) await part.handle.close();
      else newer.unshift(part);
      if (known) break;
    }
    if (known) return newer;
    // The one that was read is gone altogether (or there was none): what is older than the newest is old news.
    const old = newer.slice(0, -1);
    for (const { handle } of old) await handle.close();
    return newer.slice(-1);
  }
}

function unlessAbsent(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return null;
  throw error;
}
