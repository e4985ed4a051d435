import './violates-one.js';
