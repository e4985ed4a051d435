import test from 'ava';
import { DeadlineTimer } from '../dist/deadline-timer.js';

/** A socket's queue that gives up to 32 datagrams a pass of the loop, as libuv does. */
class Queue {
  datagrams = 0;
  #queued: number;
  #running: NodeJS.Immediate;

  constructor(queued: number, onDatagram: () => void) {
    this.#queued = queued;
    const pass = (): void => {
      const read = Math.min(32, this.#queued);
      this.#queued -= read;
      this.datagrams += read;
      for (let each = 0; each < read; each++) onDatagram();
      this.#running = setImmediate(pass);
    };
    this.#running = setImmediate(pass);
  }

  get left(): number {
    return this.#queued;
  }

  stop(): void {
    clearImmediate(this.#running);
  }
}

interface Judged {
  readonly at: number;
  readonly late: number;
  /** Datagrams still queued when it was judged. */
  readonly left: number;
}

/** Waits until one listener with a deadline now is judged, its heartbeats being `accepted` or not. */
function judge(queued: number, accepted: boolean): Promise<{ readonly judged: Judged | null; readonly heard: number }> {
  return new Promise((resolve) => {
    const deadline = performance.now();
    let next: number | null = deadline;
    let heard = 0;
    const queue = new Queue(queued, () => {
      heard++;
      if (accepted) next = performance.now() + 50;
    });
    const end = (judged: Judged | null): void => {
      queue.stop();
      timer.stop();
      resolve({ judged, heard });
    };
    const timer = new DeadlineTimer({
      now: () => performance.now(),
      nextDeadline: () => next,
      isUrgent: () => true,
      onNear: () => undefined,
      due: (at) => (next !== null && next <= at ? [7] : []),
      datagrams: () => queue.datagrams,
      judge: (at, late) => {
        next = null;
        end({ at, late, left: queue.left });
      },
    });
    timer.arm();
  });
}

test('a deadline is judged at once where nothing is queued, never early', async (t) => {
  const before = performance.now();
  const { judged } = await judge(0, true);
  t.not(judged, null);
  t.true((judged?.at ?? 0) >= before);
  t.true((judged?.late ?? -1) >= 0);
});

test('datagrams that are not accepted are read to the end before it is judged', async (t) => {
  const { judged, heard } = await judge(1000, false);
  t.is(judged?.left, 0);
  t.is(heard, 1000);
});

test('an endless flood of datagrams that are not accepted does not put it off for ever', async (t) => {
  const { judged, heard } = await judge(1_000_000, false);
  t.true((judged?.left ?? 0) > 0);
  t.true(heard >= 16_384, 'more than any receive buffer of ours holds was read first');
});

test('what was heard meanwhile has no deadline any more when it is judged', async (t) => {
  const { judged, heard } = await judge(500, true);
  t.not(judged, null);
  t.true(heard > 0);
});

test('a deadline that moves away costs no timer, and the timer looks again', async (t) => {
  let moved = 0;
  let next: number | null = performance.now() + 30;
  const judgedAt = await new Promise<number>((resolve) => {
    const timer = new DeadlineTimer({
      now: () => performance.now(),
      nextDeadline: () => next,
      isUrgent: () => true,
      onNear: () => undefined,
      due: () => [],
      datagrams: () => 0,
      judge: (at) => {
        next = null;
        timer.stop();
        resolve(at);
      },
    });
    timer.arm();
    moved = performance.now() + 80;
    next = moved;
    timer.arm();
  });
  t.true(judgedAt >= moved);
});

test('a deadline that comes nearer is armed for', async (t) => {
  let next: number | null = performance.now() + 60_000;
  await t.notThrowsAsync(
    new Promise<void>((resolve) => {
      const timer = new DeadlineTimer({
        now: () => performance.now(),
        nextDeadline: () => next,
        isUrgent: () => true,
      onNear: () => undefined,
        due: () => [],
        datagrams: () => 0,
        judge: () => {
          next = null;
          timer.stop();
          resolve();
        },
      });
      timer.arm();
      next = performance.now() + 5;
      timer.arm();
    }),
  );
});

/** Waits for a deadline `ahead` ms from now. */
function waitFor(ahead: number, isUrgent: boolean): Promise<{ readonly early: boolean; readonly asked: number; readonly near: readonly number[] }> {
  return new Promise((resolve) => {
    const deadline = performance.now() + ahead;
    let next: number | null = deadline;
    let asked = 0;
    const near: number[] = [];
    const timer = new DeadlineTimer({
      now: () => performance.now(),
      nextDeadline: () => {
        asked++;
        return next;
      },
      isUrgent: () => isUrgent,
      onNear: (of) => near.push(of - performance.now()),
      due: () => [],
      datagrams: () => 0,
      judge: (at) => {
        next = null;
        resolve({ early: at < deadline, asked, near });
      },
    });
    timer.arm();
  });
}

test('no deadline is judged early, whatever part of a ms it falls on', async (t) => {
  const waits = Array.from({ length: 60 }, (_, place) => waitFor(3 + place * 0.37, place % 2 === 0));
  t.deepEqual((await Promise.all(waits)).filter(({ early }) => early), []);
});

test('the loop turns without a pause for a verdict alone', async (t) => {
  const { asked } = await waitFor(30, false);
  // When it is armed, when the timer fires (once more where that was early), after the verdict.
  t.true(asked <= 4, String(asked));
});

test('shortly before a verdict there is time to get ready, and before nothing else', async (t) => {
  const waits = await Promise.all(Array.from({ length: 20 }, (_, place) => waitFor(20 + place * 1.7, true)));
  // A loop that is held up itself may come too late to get ready; it is not held up each time.
  t.true(waits.some(({ near }) => near.length > 0));
  t.true(waits.every(({ near }) => near.every((left) => left > 0 && left <= 4)));
  t.deepEqual((await waitFor(20, false)).near, []);
});
