import 'io-ts';
import './violates-decoder.js';
import './violates-reporter.js';
import './violates-es6.js';
