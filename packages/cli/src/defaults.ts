/** Where things are, unless an option says otherwise. */
export const CONFIG_FILE = '/var/fastbypass_monitor/backend/.env';
export const LOG_FOLDER = '/var/fastbypass_monitor/backend/logs';
export const CONTROL_SOCKET = '/run/fastbypass_monitor/control.sock';

/** In the log folder; older parts are `NAME.1`, the newest of them, and so on. */
export const LOG_NAME = 'fastbypass_monitor.log';

/** Who may use the control socket, besides root. */
export const OPERATORS_GROUP = 'fastbypass';
