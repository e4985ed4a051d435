import './loop.js';
