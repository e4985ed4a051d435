import type { Run } from '../command.js';
import { startUnit } from '../systemd/start.js';

export const run: Run<'socket' | 'json'> = (call) => startUnit('restart', call);
