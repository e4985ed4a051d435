/** The parts of the log: `fastbypass_monitor.log`, and what rotation has put aside as `.1` (the newest), `.2` and so on. */
import { LOG_FILE } from '@fastbypass/core';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../file-error.js';

export interface LogPart {
  readonly handle: FileHandle;
  /** Stays with a file whatever its name. */
  readonly identity: string;
  /** Bytes when it was opened. */
  readonly size: number;
}

export async function openPart(path: string): Promise<LogPart> {
  const handle = await open(path, 'r');
  const { dev, ino, size } = await handle.stat();
  return { handle, identity: `${String(dev)}:${String(ino)}`, size };
}

/**
 * Every part, the newest first; they are opened as the caller comes to them, and the caller closes them. Rejects with the
 * error of the operating system where the folder or a part cannot be read.
 */
export async function* openParts(folder: string): AsyncGenerator<LogPart> {
  const seen = new Set<string>();
  for (const name of await partNames(folder)) {
    const part = await openPart(join(folder, name)).catch((error: unknown) => {
      // A rotation has moved it since; it is met again under its next name.
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    });
    if (part === null) continue;
    if (seen.has(part.identity)) await part.handle.close();
    else {
      seen.add(part.identity);
      yield part;
    }
  }
}

async function partNames(folder: string): Promise<readonly string[]> {
  const ages = new Map<string, number>();
  for (const name of await readdir(folder)) {
    const age = name === LOG_FILE ? 0 : name.startsWith(`${LOG_FILE}.`) ? Number(/^[1-9]\d{0,5}$/.exec(name.slice(LOG_FILE.length + 1))?.[0]) : NaN;
    if (!Number.isNaN(age)) ages.set(name, age);
  }
  return [...ages].sort(([, a], [, b]) => a - b).map(([name]) => name);
}
