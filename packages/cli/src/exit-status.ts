/** What the exit status tells a script. */
export const ExitStatus = {
  done: 0,
  failed: 1,
  /** The command line itself, or a trace that cannot be read. */
  usage: 2,
  /** The daemon does not answer. */
  notRunning: 3,
  notPermitted: 4,
  /** EX_CONFIG of sysexits.h. */
  configuration: 78,
} as const;
export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];

/** For the help; one line each. */
export const EXIT_STATUSES: readonly string[] = [
  '0   done',
  '1   failed',
  '2   the command line is wrong, or a trace cannot be read',
  '3   the daemon is not running',
  '4   not permitted: run it as root (sudo)',
  '78  the configuration has an error, or names nothing yet',
];
