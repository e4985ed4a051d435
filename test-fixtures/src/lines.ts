import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

/** Tells each line of a stream, without its end. */
export function eachLine(stream: Readable, tell: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', tell);
}
