/** Where the original product has its things; operators know these paths. The daemon and its command line share them. */
export const DEFAULT_CONFIG = '/var/fastbypass_monitor/backend/.env';
export const DEFAULT_LOG_DIR = '/var/fastbypass_monitor/backend/logs';
export const DEFAULT_SOCKET = '/run/fastbypass_monitor/control.sock';

/** In the log folder; older parts are `NAME.1`, the newest of them, and so on. */
export const LOG_FILE = 'fastbypass_monitor.log';
