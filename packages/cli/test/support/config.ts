import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { temporaryFolder } from './fbypass-ctl.js';

/** Two cards on eth0; e1 goes with the mode, e2 with the listener. */
export const FORCIBLE = `LISTEN_HEARTBEAT_IFS=eth0
LISTEN_HB_HOST[0]=192.168.1.202
LISTEN_HB_PORT[0]=3000
LISTEN_HEARTBEAT_TIMEOUT=3000
BYPASS_CARD_IFS=eth0
BYPASS_CARD_HOST[0]=192.168.1.211
BYPASS_CARD_HOST[1]=192.168.1.212
LISTEN_CUBRO_IFS=e1
LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1
LISTEN_CUBRO_IFS[0]=e2
LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS[0]=1
`;

export function configFile(check: ExecutionContext, text: string): string {
  const path = join(temporaryFolder(check), 'test.env');
  writeFileSync(path, text);
  return path;
}
