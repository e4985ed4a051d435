import './logger.js';
import './violates-loop.js';
