/** What other programs may take from the command line: the simulator, and the table behind help, man page and completion. */
export { COMMANDS, DESCRIPTION } from './command-table.js';
export type { Command } from './command.js';
export { EXIT_STATUSES, ExitStatus } from './exit-status.js';
export { COMMON_OPTIONS, type Completion, OPTIONS, type OptionName, type Options, longFlag } from './option.js';
export { type FinalRecord, type SimulationRecord, simulate } from './simulate/simulator.js';
export { type Trace, type TraceError, type TraceLine, type WorldInterface, readTrace } from './simulate/trace.js';
