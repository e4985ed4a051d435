/** How fast the last bypass was: from the deadline that brought it to the kernel's last answer. */
import type { FailoverReport } from '@fastbypass/core';

/** One that has reached the kernel. */
export interface Failover {
  /** The end of the window that decided, ms of the clock. */
  readonly deadline: number;
  /** ms by which the loop served that deadline late. */
  readonly late: number;
  /** ms from the deadline to the kernel's last answer. */
  readonly toKernel: number;
  readonly operations: number;
}

export class FailoverWatch {
  private begun: Pick<Failover, 'deadline' | 'late'> | null = null;
  private last: Failover | null = null;

  /** The mode has changed. @param served the deadline that has brought a bypass; null where something else has, or none is to come */
  expect(served: Pick<Failover, 'deadline' | 'late'> | null): void {
    this.begun = served;
  }

  /** A plan was carried out by `at`: the failover that it ends, if one was begun. */
  end(at: number, operations: number): Failover | null {
    if (this.begun === null) return null;
    this.last = { ...this.begun, toKernel: at - this.begun.deadline, operations };
    this.begun = null;
    return this.last;
  }

  /** @param iso an instant of the clock as it is told */
  report(iso: (at: number) => string): FailoverReport | null {
    if (this.last === null) return null;
    const { deadline, late, toKernel, operations } = this.last;
    return { deadline: iso(deadline), latenessMs: hundredths(late), toKernelMs: hundredths(toKernel), operations };
  }
}

const hundredths = (ms: number): number => Math.round(ms * 100) / 100;
