/** Where the demo plays: what is in memory in one case is a throw-away network of the real kernel in the other. */
import type { BypassCard, CardPosition } from '../dpi/bypass-card.js';
import type { Dpi } from '../dpi/dpi.js';
import type { Namespace } from '../netns/namespace.js';

export interface Stage {
  /** One sentence for the beginning. */
  readonly about: string;
  /** The configuration of the daemon. */
  readonly config: string;
  /** Where the daemon runs; this machine's network without one. */
  readonly namespace: Namespace | null;
  readonly dpis: readonly Dpi[];
  /** Which of the cards' addresses the kernel has; null where there is no kernel in the play. */
  readonly kernelHas: (() => Promise<readonly string[]>) | null;
  /** Simulated cards by index, started by a call; none where nothing can be pinged. */
  readonly startCards: (onSwitch: (card: number, position: CardPosition) => void) => readonly BypassCard[];
  /** Idempotent. */
  readonly close: () => Promise<void>;
}

/** One window, ms. */
export const WINDOW = 500;
export const ATTEMPTS = 2;
export const DETECTION = ATTEMPTS * WINDOW;
/** ms between heartbeats. */
export const INTERVAL = 150;
export const CARDS = ['192.168.1.211', '192.168.1.212'] as const;
/** Shut down in bypass; then those of DPI 1 and DPI 2, shut down while it has failed. */
export const GLOBAL = 'e0';
export const OWN = { 1: 'e1', 2: 'e2' } as const;

/**
 * The configuration that an operator would write.
 *
 * @param driver null: none is named, the default runs
 */
export function configText(driver: 'mock' | null, listenerInterface: string, listeners: readonly { readonly host: string; readonly port: number }[]): string {
  return [
    ...(driver === null ? [] : [`DRIVER=${driver}`]),
    ...listeners.flatMap(({ host, port }, index) => [`LISTEN_HB_HOST[${String(index)}]=${host}`, `LISTEN_HB_PORT[${String(index)}]=${String(port)}`]),
    `LISTEN_HEARTBEAT_IFS=${listenerInterface}`,
    `LISTEN_HEARTBEAT_TIMEOUT=${String(WINDOW)}`,
    `LISTEN_HEARTBEAT_ATTEMPTS=${String(ATTEMPTS)}`,
    'LISTEN_HEARTBEAT_FAILED=2',
    'BYPASS_CARD_IFS=eth0',
    ...CARDS.map((address, index) => `BYPASS_CARD_HOST[${String(index)}]=${address}`),
    `LISTEN_CUBRO_IFS=${GLOBAL}`,
    'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1',
    ...Object.entries(OWN).flatMap(([index, name]) => [`LISTEN_CUBRO_IFS[${index}]=${name}`, `LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS[${index}]=1`]),
    '',
  ].join('\n');
}
