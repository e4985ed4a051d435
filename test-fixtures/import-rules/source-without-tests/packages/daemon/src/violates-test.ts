import '../test/clock.js';
