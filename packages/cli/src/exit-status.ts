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

/** For help and man page. */
export const EXIT_STATUSES: readonly (readonly [status: ExitStatus, meaning: string])[] = [
  [ExitStatus.done, 'done'],
  [ExitStatus.failed, 'failed'],
  [ExitStatus.usage, 'the command line is wrong, or a trace cannot be read'],
  [ExitStatus.notRunning, 'the daemon is not running'],
  [ExitStatus.notPermitted, 'not permitted: run it as root (sudo)'],
  [ExitStatus.configuration, 'the configuration has an error, or names nothing yet; a rejected reload'],
];
