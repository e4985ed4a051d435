import '../../../../../../packages/daemon/dist/main.js';
