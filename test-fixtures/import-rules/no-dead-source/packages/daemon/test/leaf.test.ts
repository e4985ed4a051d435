import '../src/violates-leaf.js';
