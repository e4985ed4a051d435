import '../../daemon/src/loop.js';
