import './allowed.js';
import './violates-builtin.js';
import './violates-node-builtin.js';
import './violates-other-library.js';
import './violates-driver.js';
import './violates-type-import.js';
