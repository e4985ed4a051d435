import 'fp-ts/lib/Either.js';
import './violates-barrel.js';
import './violates-es6.js';
import './violates-es6-either.js';
import './violates-lib-index.js';
