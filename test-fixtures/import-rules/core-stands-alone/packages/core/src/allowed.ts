import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { match } from 'ts-pattern';
export { E, match, t };
