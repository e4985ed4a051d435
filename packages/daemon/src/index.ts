/** What others share with the daemon: the registry of drivers, how a plan is carried out, what must outlive a process, its usage. */
export { type ChosenDriver, chooseDriver } from './drivers.js';
export { type Carried, afterSuccess, carryOut, deedOf } from './carry-out.js';
export { Persistence } from './persistence.js';
export { readStateFile, stateFileOf } from './state-file.js';
export { DESCRIPTION, EXIT_STATUSES, OPTION_TABLE, type OptionWords, SIGNALS } from './options.js';
