/** What the tests and the demo share. */
export { driverContract } from './contract/driver-contract.js';
export type { Bench, DriverHarness, Outside, Routes } from './contract/harness.js';
export { until } from './contract/suite.js';
/** Short words for operations and outcomes. */
export * as words from './contract/words.js';
export { Namespace, whyNoNamespaces } from './netns/namespace.js';
export { outsideOf, routesOf } from './netns/outside.js';
