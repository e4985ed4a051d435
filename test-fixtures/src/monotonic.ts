/** ms of the machine's monotonic clock. Unlike `performance.now()` it counts from the same instant in every process. */
export const monotonicNow = (): number => Number(process.hrtime.bigint()) / 1e6;
