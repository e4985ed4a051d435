import './violates-one.js';
export type One = 1;
