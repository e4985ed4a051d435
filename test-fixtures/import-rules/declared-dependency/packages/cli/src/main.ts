import './violates-undeclared.js';
import './violates-development.js';
