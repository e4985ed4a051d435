import './violates-test.js';
import './violates-fixtures.js';
import './violates-ava.js';
import './violates-fast-check.js';
