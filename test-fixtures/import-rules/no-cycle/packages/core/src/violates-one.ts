import './visits-two.js';
