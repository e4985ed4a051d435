import { readFileSync } from 'node:fs';

/** CAP_NET_ADMIN of linux/capability.h */
const NET_ADMIN = 1n << 12n;

/** Whether this process may change the network. Where that cannot be told it may: the kernel has the last word. */
export function mayChangeNetwork(): boolean {
  try {
    const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return effective === undefined || (BigInt(`0x${effective}`) & NET_ADMIN) !== 0n;
  } catch {
    return true;
  }
}
