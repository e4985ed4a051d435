import type { Run } from '../command.js';
import { onBoot } from '../systemd/boot.js';

export const run: Run<'json'> = (call) => onBoot('enable', call);
