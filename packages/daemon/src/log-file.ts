import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { write } from 'node:fs';
import { dirname } from 'node:path';
import type { Destination } from './log-sink.js';

/** Bytes after which a log file is put aside. */
const MAX_BYTES = 10 * 1024 * 1024;
/** Files put aside: `.1` is the newest. */
const KEPT = 5;

/** A file that is put aside as `NAME.1` … `NAME.5` when it has grown, and made anew when it is gone. */
export class LogFile implements Destination {
  private handle: FileHandle | null = null;
  private size = 0;

  constructor(
    private readonly path: string,
    private readonly maxBytes = MAX_BYTES,
  ) {}

  async write(text: string): Promise<void> {
    try {
      if (this.handle !== null && (await this.isElsewhere(this.handle))) await this.close();
      if (this.handle !== null && this.size >= this.maxBytes) await this.putAside();
      this.handle ??= await this.open();
      await this.handle.appendFile(text);
      this.size += Buffer.byteLength(text);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  private async open(): Promise<FileHandle> {
    await mkdir(dirname(this.path), { recursive: true });
    const handle = await open(this.path, 'a', 0o640);
    this.size = (await handle.stat()).size;
    return handle;
  }

  /** Whether somebody has removed the file: the lines would go nowhere. */
  private async isElsewhere(handle: FileHandle): Promise<boolean> {
    return (await handle.stat()).nlink === 0;
  }

  private async putAside(): Promise<void> {
    await this.close();
    for (let age = KEPT - 1; age >= 1; age--) await renameIfThere(`${this.path}.${String(age)}`, `${this.path}.${String(age + 1)}`);
    await renameIfThere(this.path, `${this.path}.1`);
  }

  private async close(): Promise<void> {
    const handle = this.handle;
    this.handle = null;
    await handle?.close().catch(() => undefined);
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** An open descriptor, such as standard error. A reader that has stopped reading holds up a thread, never the loop. */
export const descriptor = (fd: number): Destination => ({
  write: async (text) => {
    let rest = Buffer.from(text);
    while (rest.length > 0) {
      const part = rest;
      const written = await new Promise<number>((resolve, reject) => {
        write(fd, part, (error, count) => {
          if (error === null) resolve(count);
          else reject(error);
        });
      });
      rest = part.subarray(written);
    }
  },
});
