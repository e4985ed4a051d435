/** Watches by way of the prefix that its words are, tells its parent once it does, and goes on until somebody ends it. */
import * as E from 'fp-ts/lib/Either.js';
import { iproute2Driver } from '../dist/index.js';

const watch = await iproute2Driver({ prefix: process.argv.slice(2) }).watch(() => undefined)();
process.send?.(E.isRight(watch) ? 'watching' : watch.left.message);
