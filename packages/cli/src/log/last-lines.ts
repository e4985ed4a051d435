/** Finds and prints the end of the log, without reading what stands before it. */
import type { FileHandle } from 'node:fs/promises';
import type { Terminal } from '../terminal.js';
import { type LogPart, openParts } from './log-files.js';

/** Bytes that are read at once. */
const BLOCK = 64 * 1024;
const NEWLINE = 0x0a;

interface Start {
  /** Byte at which the wanted lines begin. */
  readonly offset: number;
  /** How many there are; fewer than wanted where the part has no more. */
  readonly lines: number;
}

/** Where the last `wanted` lines of the first `size` bytes begin. A last line without its end counts. */
export async function startOfLastLines(handle: FileHandle, size: number, wanted: number): Promise<Start> {
  if (wanted === 0 || size === 0) return { offset: size, lines: 0 };
  const block = Buffer.allocUnsafe(BLOCK);
  let lines = 0;
  // The end of the last line begins nothing.
  for (let end = size - 1; end > 0; ) {
    const length = Math.min(BLOCK, end);
    const { bytesRead } = await handle.read(block, 0, length, end - length);
    // Somebody has emptied the file meanwhile.
    if (bytesRead < length) return { offset: size, lines: 0 };
    for (let at = block.lastIndexOf(NEWLINE, length - 1); at >= 0; at = at === 0 ? -1 : block.lastIndexOf(NEWLINE, at - 1)) {
      if (++lines === wanted) return { offset: end - length + at + 1, lines };
    }
    end -= length;
  }
  return { offset: 0, lines: lines + 1 };
}

/** Writes the bytes from `from` to `to`, or to the end of the file where that comes first; returns the byte reached. */
export async function copy(handle: FileHandle, from: number, to: number, terminal: Terminal): Promise<number> {
  let at = from;
  while (at < to && !terminal.closed.aborted) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(BLOCK, to - at)), 0, Math.min(BLOCK, to - at), at);
    if (bytesRead === 0) break;
    await terminal.out(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return at;
}

/** Prints the last `wanted` lines of all parts. False where there is no log. */
export async function printLastLines(folder: string, wanted: number, terminal: Terminal): Promise<boolean> {
  const parts: (LogPart & { readonly offset: number })[] = [];
  let missing = wanted;
  let found = false;
  try {
    for await (const part of openParts(folder)) {
      found = true;
      const { offset, lines } = await startOfLastLines(part.handle, part.size, missing);
      parts.unshift({ ...part, offset });
      missing -= lines;
      if (missing === 0) break;
    }
    for (const { handle, offset, size } of parts) await copy(handle, offset, size, terminal);
    return found;
  } finally {
    for (const { handle } of parts) await handle.close();
  }
}
