/** Texts of configuration files that the tests begin from. */
import { type Diagnostic, formatDiagnostic } from '../../dist/config/diagnostic.js';
import { type ConfigReading, readConfig } from '../../dist/config/read-config.js';

export const FILE = '/etc/fb/.env';

/** Two listeners and two cards, and nothing to be said about it. Seven lines: what is appended begins on line 8. */
export const GOOD = `LISTEN_HEARTBEAT_IFS=eth0
BYPASS_CARD_IFS=eth0
LISTEN_HEARTBEAT_ATTEMPTS=2
LISTEN_HB_HOST[0]=192.168.1.202
LISTEN_HB_PORT[0]=3000
BYPASS_CARD_HOST[0]=192.168.1.211
BYPASS_CARD_HOST[1]=192.168.1.212
`;

export const read = (text: string): ConfigReading => readConfig(text, FILE);

export const errorsOf = ({ diagnostics }: ConfigReading): readonly Diagnostic[] => diagnostics.filter(({ severity }) => severity === 'error');
export const warningsOf = ({ diagnostics }: ConfigReading): readonly Diagnostic[] => diagnostics.filter(({ severity }) => severity === 'warning');

export const told = (reading: ConfigReading): string => reading.diagnostics.map(formatDiagnostic).join('\n');
