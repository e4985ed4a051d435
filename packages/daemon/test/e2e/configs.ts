/** Configurations of the end-to-end tests on the mock network. */

export interface Sketch {
  readonly ports: readonly number[];
  /** 127.0.0.1 without one. */
  readonly host?: string;
  /** Further lines; a later one wins. */
  readonly lines?: readonly string[];
}

/** Long enough never to end within a test. ms */
export const NEVER = 600_000;

/** Listeners on `lo` whose windows never end, two cards on eth0; FAILED=1. */
export function mockConfig({ ports, host = '127.0.0.1', lines = [] }: Sketch): string {
  return [
    'DRIVER=mock',
    'LISTEN_HEARTBEAT_IFS=lo',
    `LISTEN_HEARTBEAT_TIMEOUT=${String(NEVER)}`,
    'LISTEN_HEARTBEAT_FAILED=1',
    'BYPASS_CARD_IFS=eth0',
    'BYPASS_CARD_HOST[0]=192.168.1.211',
    'BYPASS_CARD_HOST[1]=192.168.1.212',
    ...ports.flatMap((port, index) => [`LISTEN_HB_HOST[${String(index)}]=${host}`, `LISTEN_HB_PORT[${String(index)}]=${String(port)}`]),
    ...lines,
    '',
  ].join('\n');
}
