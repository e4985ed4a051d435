import test, { type ExecutionContext } from 'ava';
import { DeadlineTimer } from '../dist/deadline-timer.js';

interface Judged {
  readonly at: number;
  readonly late: number;
  /** Whether all that was queued had been read when it was judged. */
  readonly isRead: boolean;
}

/** Waits until one listener with a deadline now is judged; its socket is read empty after `passes` turns of the loop, and then it is heard or not. */
function judge(passes: number, isHeard: boolean): Promise<Judged> {
  return new Promise((resolve) => {
    let next: number | null = performance.now();
    let isRead = false;
    const timer = new DeadlineTimer({
      now: () => performance.now(),
      nextDeadline: () => next,
      isUrgent: () => true,
      onNear: () => undefined,
      readDue: (_at, then) => {
        let left = passes;
        const pass = (): void => {
          if (left-- > 0) {
            setImmediate(pass);
            // Somebody else has decided meanwhile.
            timer.arm();
            return;
          }
          isRead = true;
          if (isHeard) next = performance.now() + 50;
          then();
        };
        pass();
      },
      judge: (at, late) => {
        next = null;
        timer.stop();
        resolve({ at, late, isRead });
      },
    });
    timer.arm();
  });
}

for (const passes of [0, 1, 20]) {
  for (const isHeard of [false, true]) {
    test(`a deadline is judged once all that was queued is read, never early: ${String(passes)} turns of the loop, heard: ${String(isHeard)}`, async (t) => {
      const before = performance.now();
      const { at, late, isRead } = await judge(passes, isHeard);
      t.true(isRead);
      t.true(at >= before);
      t.true(late >= 0);
    });
  }
}

test('a timer that was stopped while it read does not judge', async (t) => {
  let goOn: () => void = () => undefined;
  let judged = 0;
  const timer = new DeadlineTimer({
    now: () => performance.now(),
    nextDeadline: () => 0,
    isUrgent: () => false,
    onNear: () => undefined,
    readDue: (_at, then) => {
      goOn = then;
      reading();
    },
    judge: () => judged++,
  });
  let reading: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    reading = resolve;
  });
  timer.arm();
  await begun;
  timer.stop();
  goOn();
  timer.arm();
  t.is(judged, 0);
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
      readDue: (_at, then) => {
        then();
      },
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
        readDue: (_at, then) => {
          then();
        },
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
      readDue: (_at, then) => {
        then();
      },
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

/** What was left of the time, in ms, whenever it slept on the way to a verdict, where getting ready takes `ms` each time. */
async function naps(t: ExecutionContext, ms: number): Promise<readonly number[]> {
  const { wait } = Atomics;
  t.teardown(() => {
    Atomics.wait = wait;
  });
  const left: number[] = [];
  let now = 0;
  Atomics.wait = ((_bed: Int32Array, _place: number, _value: number, nap: number) => {
    left.push(2 - now);
    now += nap;
    return 'timed-out';
  }) as typeof Atomics.wait;
  await new Promise<void>((resolve) => {
    let next: number | null = 2;
    const timer = new DeadlineTimer({
      now: () => (now += 0.01),
      nextDeadline: () => next,
      isUrgent: () => true,
      onNear: () => (now += ms),
      readDue: (_at, then) => {
        then();
      },
      judge: () => {
        next = null;
        resolve();
      },
    });
    timer.arm();
  });
  return left;
}

test.serial('it sleeps while there is time', async (t) => {
  const left = await naps(t, 0.1);
  t.true(left.length > 1 && left.every((ms) => ms > 0.8), String(left));
});

test.serial('where getting ready has taken all the time there was, it does not sleep', async (t) => {
  t.deepEqual(await naps(t, 1.5), []);
});

test('it is late from the instant that it waits for until that is judged', async (t) => {
  let next: number | null = null;
  let now = 0;
  const late: number[] = [];
  await new Promise<void>((resolve) => {
    const timer = new DeadlineTimer({
      now: () => now,
      nextDeadline: () => next,
      isUrgent: () => false,
      onNear: () => undefined,
      readDue: (at, then) => {
        late.push(timer.lateBy(at));
        then();
      },
      judge: (at) => {
        next = null;
        timer.arm();
        late.push(timer.lateBy(at));
        resolve();
      },
    });
    timer.arm();
    late.push(timer.lateBy(now));
    next = 10;
    timer.arm();
    late.push(timer.lateBy(9), timer.lateBy(10));
    now = 12;
  });
  t.deepEqual(late, [-Infinity, -1, 0, 2, -Infinity]);
});

test('it is as late in the turns before a verdict', async (t) => {
  const deadline = performance.now() + 10;
  const late: number[] = [];
  await new Promise<void>((resolve) => {
    let next: number | null = deadline;
    const timer = new DeadlineTimer({
      now: () => performance.now(),
      nextDeadline: () => next,
      isUrgent: () => true,
      onNear: () => {
        // In a turn of the loop that is nearer to the deadline, or as it is read.
        setImmediate(() => late.push(timer.lateBy(deadline)));
      },
      readDue: (_at, then) => {
        setImmediate(() => {
          late.push(timer.lateBy(deadline));
          then();
        });
      },
      judge: () => {
        next = null;
        resolve();
      },
    });
    timer.arm();
  });
  t.true(late.length > 0 && late.every((ms) => ms === 0), String(late));
});

test('with nothing to wait for any more it rests', async (t) => {
  let next: number | null = performance.now() + 5;
  let asked = 0;
  const timer = new DeadlineTimer({
    now: () => performance.now(),
    nextDeadline: () => {
      asked++;
      return next;
    },
    isUrgent: () => true,
    onNear: () => t.fail('there is nothing to get ready for'),
    readDue: () => t.fail('there is nothing to read'),
    judge: () => t.fail('there is nothing to judge'),
  });
  timer.arm();
  next = null;
  const armed = asked;
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (asked > armed) resolve();
      else setTimeout(look, 1);
    };
    look();
  });
  const looked = asked;
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  // As it fired, and to arm the timer anew.
  t.deepEqual([looked - armed, asked - looked], [2, 0]);
});
