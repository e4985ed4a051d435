import { createRequire } from 'node:module';
import * as t from 'io-ts';
import * as E from 'fp-ts/lib/Either.js';

const Package = t.type({ version: t.string });

/** Of this package; all packages of the product carry the same. */
export const VERSION: string = (() => {
  const read = Package.decode(createRequire(import.meta.url)('../package.json'));
  return E.isRight(read) ? read.right.version : 'unknown';
})();
