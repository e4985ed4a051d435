import * as E from 'fp-ts/lib/Either.js';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Where the addon of addon/NAME.c for this machine is. Of this file, not of others: in the package's bundle all stand in one. */
export const addonPath = (name: string): string => fileURLToPath(new URL(`../prebuilds/linux-${process.arch}/${name}.node`, import.meta.url));

/** Left: why it cannot be had, in one line. */
export const loadAddon = (path: string): E.Either<string, unknown> =>
  E.tryCatch(
    () => createRequire(import.meta.url)(path) as unknown,
    (error) => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '',
  );
