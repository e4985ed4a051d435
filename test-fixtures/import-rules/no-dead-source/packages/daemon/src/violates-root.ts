import './violates-leaf.js';
