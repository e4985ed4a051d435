/** What to do where something is not permitted. */

export const AS_ROOT = 'run this as root (sudo)';

/** The group that owns the control socket. */
export const AS_MEMBER = 'run this as root (sudo), or as a member of the group fastbypass';
