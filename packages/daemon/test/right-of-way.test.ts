import test from 'ava';
import { rightOfWay, shared } from '../dist/right-of-way.js';

const now = (): number => performance.now();

test('what can wait waits while a verdict is near, and goes on right after it', async (t) => {
  let near = true;
  const asked: number[] = [];
  const isNear = (ms: number): boolean => {
    asked.push(ms);
    return near;
  };
  let isOver = false;
  const waiting = rightOfWay({ now, listeners: () => 1000, isNear })().then(() => {
    isOver = true;
  });
  while (asked.length < 5) await new Promise(setImmediate);
  t.false(isOver);
  t.deepEqual([...new Set(asked)], [55], 'the more listeners, the longer work takes and the earlier it makes way');
  near = false;
  await waiting;
  t.true(isOver);
});

test('a verdict that is always near holds nothing up for good', async (t) => {
  let at = 0;
  let looks = 0;
  await rightOfWay({ now: () => (at += 10), listeners: () => 1, isNear: () => ++looks > 0 })();
  t.true(looks > 1 && looks < 30, String(looks));
});

test('what is asked for before the answer is begun gets one answer; what comes later gets a new one', async (t) => {
  let open: () => void = () => undefined;
  const makeWay = (): Promise<void> => new Promise((resolve) => (open = resolve));
  let made = 0;
  const ask = shared(makeWay, () => ++made);
  const first = [ask(), ask(), ask()];
  open();
  t.deepEqual(await Promise.all(first), [1, 1, 1]);
  const later = ask();
  while (made === 1) {
    open();
    await new Promise(setImmediate);
  }
  t.is(await later, 2);
});

test('however many ask without a pause, answers leave most of the time to others', async (t) => {
  let spent = 0;
  const ask = shared(
    () => Promise.resolve(),
    () => {
      const begun = now();
      while (now() - begun < 5);
      spent += now() - begun;
    },
  );
  const begun = now();
  const client = async (): Promise<void> => {
    for (let each = 0; each < 10; each++) await ask();
  };
  await Promise.all([client(), client(), client()]);
  t.true(spent / (now() - begun) < 0.5, `${String(spent)} of ${String(now() - begun)} ms`);
});

test('an answer that fails fails for those who asked, and the next one is made', async (t) => {
  let made = 0;
  const ask = shared(
    () => Promise.resolve(),
    () => {
      if (++made === 1) throw new Error('no');
      return made;
    },
  );
  await t.throwsAsync(Promise.all([ask(), ask()]), { message: 'no' });
  t.is(await ask(), 2);
});
