/** How much the kernel keeps for a listener while the daemon cannot read. */

/** Room for heartbeats that arrive while the daemon is busy, some 5000 small ones. Bytes. */
export const RECEIVE_BUFFER = 4 * 1024 * 1024;

/** What a small datagram takes of it, measured. Bytes. */
const SMALL_DATAGRAM = 800;

/** In a sentence for the operator why less than {@link RECEIVE_BUFFER} was granted, and what that means; null where it was not. */
export function shortBuffer(granted: number): string | null {
  if (granted >= RECEIVE_BUFFER) return null;
  const heartbeats = String(Math.floor(granted / SMALL_DATAGRAM));
  return (
    `the receive buffer of each listener holds ${kib(granted)} of the ${kib(RECEIVE_BUFFER)} asked for: while the daemon is stalled some ${heartbeats} heartbeats are kept, what comes beyond is lost; ` +
    `the limit is net.core.rmem_max (sysctl -w net.core.rmem_max=${String(RECEIVE_BUFFER)}, then restart the daemon)`
  );
}

const kib = (bytes: number): string => `${String(Math.floor(bytes / 1024))} KiB`;
