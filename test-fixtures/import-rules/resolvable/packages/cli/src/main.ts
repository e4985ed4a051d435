import './violates-missing-file.js';
