import type { DriverError, InterfaceName, IpAddress, Operation } from '@fastbypass/core';

/** Operations that are to fail, and how; what is left out matches everything. */
export interface Fault {
  readonly op?: Operation['op'];
  readonly interface?: InterfaceName;
  /** Matches operations on an address alone, whatever the prefix. */
  readonly address?: IpAddress;
  /** How many operations fail; absent: all, until the fault is lifted. */
  readonly times?: number;
  readonly error: DriverError;
  /** The operation has its effect all the same, as where only the answer was lost. */
  readonly carriedOut?: boolean;
}

interface Armed<F> {
  readonly fault: F;
  left: number;
}

/** Faults in the order in which they were armed; the first that matches is taken. */
export class Faults<F extends { readonly times?: number }> {
  readonly #armed = new Set<Armed<F>>();

  /** @returns lifts the fault */
  arm(fault: F): () => void {
    const armed = { fault, left: fault.times ?? Infinity };
    this.#armed.add(armed);
    return () => this.#armed.delete(armed);
  }

  /** The fault that strikes now; it counts as used. */
  take(matches: (fault: F) => boolean): F | null {
    for (const armed of this.#armed) {
      if (armed.left <= 0 || !matches(armed.fault)) continue;
      armed.left -= 1;
      return armed.fault;
    }
    return null;
  }
}

export const strikes =
  (operation: Operation) =>
  (fault: Fault): boolean =>
    (fault.op === undefined || fault.op === operation.op) &&
    (fault.interface === undefined || fault.interface === operation.interface) &&
    (fault.address === undefined || ('address' in operation && fault.address === operation.address.address));
