import test from 'ava';
import { oneAtATime } from '../dist/serial.js';

test('tasks run one at a time, in order; a failing one holds up none', async (t) => {
  const serial = oneAtATime();
  const seen: string[] = [];
  const task = (name: string, fails = false) => async (): Promise<string> => {
    seen.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(`${name} ends`);
    if (fails) throw new Error(name);
    return name;
  };
  const results = await Promise.allSettled([serial(task('a')), serial(task('b', true)), serial(task('c'))]);
  t.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  t.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});
