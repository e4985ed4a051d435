import './reached-by-index.js';
