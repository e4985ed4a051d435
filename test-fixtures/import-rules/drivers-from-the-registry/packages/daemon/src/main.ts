import './drivers.js';
import './violates-loop.js';
import './nested/violates-drivers.js';
