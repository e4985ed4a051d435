import type { One } from './visits-three.js';
export type Two = One;
