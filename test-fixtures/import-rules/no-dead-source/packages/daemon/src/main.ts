import './reached-by-main.js';
