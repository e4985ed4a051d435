/** What others share with the daemon: the registry of drivers, how a plan is carried out, what must outlive a process. */
export { type ChosenDriver, chooseDriver } from './drivers.js';
export { type Carried, afterSuccess, carryOut, deedOf } from './carry-out.js';
export { Persistence } from './persistence.js';
export { readStateFile, stateFileOf } from './state-file.js';
