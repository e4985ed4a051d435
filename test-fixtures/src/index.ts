/** What the tests and the demo share. */
export type { Bench, DriverHarness, Outside, Routes } from './contract/harness.js';
