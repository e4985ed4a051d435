import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/** Of this package, as its package.json says. */
export function version(): string {
  const file: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const read = t.type({ version: t.string }).decode(file);
  return E.isRight(read) ? read.right.version : 'unknown';
}
