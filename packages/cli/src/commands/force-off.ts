import type { Run } from '../command.js';
import { force } from '../force/force.js';

export const run: Run<'config' | 'driver' | 'socket' | 'json'> = (call) => force('normal', call);
