import test from 'ava';
import { clockTime, duration, listOf, wrap } from '../dist/text.js';

const durations: readonly (readonly [number, string])[] = [
  [-5, '0 ms'],
  [0, '0 ms'],
  [999, '999 ms'],
  [1000, '1.0 s'],
  [9_999, '9.9 s'],
  [10_000, '10 s'],
  [59_999, '59 s'],
  [60_000, '1 min 0 s'],
  [725_000, '12 min 5 s'],
  [3_600_000, '1 h 0 min'],
  [86_400_000 * 2 + 3_600_000 * 4, '2 d 4 h'],
];
test('durations in their two largest units', (check) => {
  for (const [ms, words] of durations) check.is(duration(ms), words);
});

test('times are local, with their offset', (check) => {
  const zones = [['UTC', '2026-01-05 03:12:44 +0000'], ['Asia/Kolkata', '2026-01-05 08:42:44 +0530'], ['America/St_Johns', '2026-01-04 23:42:44 -0330']] as const;
  for (const [zone, expected] of zones) {
    process.env['TZ'] = zone;
    check.is(clockTime('2026-01-05T03:12:44.999Z'), expected);
  }
  check.is(clockTime('soon\u001b'), 'soon?');
});

test('lines break between words, and within a word only where they must', (check) => {
  check.deepEqual(wrap('to be or not', 5), ['to be', 'or', 'not']);
  check.deepEqual(wrap('incomprehensible', 6), ['incomp', 'rehens', 'ible']);
  check.deepEqual(wrap('', 6), ['']);
});

test('a long list is counted', (check) => {
  check.is(listOf([1, 2]), '1, 2');
  check.is(listOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), '1, 2, 3, 4, 5, 6, 7, 8 and 2 more');
});
