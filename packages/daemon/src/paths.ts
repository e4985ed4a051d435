/** Where the original product has its things; operators know these paths. */
export const DEFAULT_CONFIG = '/var/fastbypass_monitor/backend/.env';
export const DEFAULT_LOG_DIR = '/var/fastbypass_monitor/backend/logs';
export const DEFAULT_SOCKET = '/run/fastbypass_monitor/control.sock';
export const LOG_FILE = 'fastbypass_monitor.log';

/** What must outlive the process stands beside its control socket. */
export const stateFileOf = (socket: string): string => `${socket.replace(/\.sock$/, '')}.state.json`;
