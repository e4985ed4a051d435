/** What the tests and the demo share. */
export { driverContract } from './contract/driver-contract.js';
export type { Bench, DriverHarness, Outside, Routes } from './contract/harness.js';
export { until } from './contract/suite.js';
/** Short words for operations and outcomes. */
export * as words from './contract/words.js';
export { Namespace, whyNoNamespaces } from './netns/namespace.js';
export { outsideOf, routesOf } from './netns/outside.js';
/** A real daemon as a child process, and those who speak to it. */
export { type ControlAnswer, controlRequest } from './daemon/control-request.js';
export { DaemonHome } from './daemon/daemon-home.js';
export { CTL_BIN, DAEMON_BIN, type DaemonExit, DaemonProcess, type DaemonStart } from './daemon/daemon-process.js';
export { type DaemonEvent, type EventData, EventStream } from './daemon/event-stream.js';
export { BypassCard, type CardPosition } from './dpi/bypass-card.js';
export { type Dpi, type DpiAim, LocalDpi } from './dpi/dpi.js';
export { RemoteDpi } from './dpi/remote-dpi.js';
export { freePorts } from './free-port.js';
export { monotonicNow } from './monotonic.js';
