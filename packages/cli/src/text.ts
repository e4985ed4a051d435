/** Words for a terminal. */

/** Columns of the terminal over which an operator reads at night. */
export const WIDTH = 80;

/** `1 error`, `2 errors`. */
export const countOf = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? '' : 's'}`;

/** What a name or message of others may hold must not steer the terminal. */
export const printable = (text: string): string => text.replace(/\p{Cc}/gu, '?');

const MORE_THAN = 8;

/** `0, 2, 5`; the rest of a long list is counted. */
export function listOf(items: readonly (string | number)[]): string {
  const rest = items.length - MORE_THAN;
  return `${items.slice(0, MORE_THAN).join(', ')}${rest > 0 ? ` and ${String(rest)} more` : ''}`;
}

/** `listener 1`, `listeners 0, 2`. */
export const listenersOf = (indices: readonly number[]): string => `listener${indices.length === 1 ? '' : 's'} ${listOf(indices)}`;

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** The two largest units: `120 ms`, `3.2 s`, `12 min 5 s`, `2 d 4 h`. A negative one (a clock was set) is 0. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return `${String(whole)} ms`;
  if (whole < 10_000) return `${(Math.floor(whole / 100) / 10).toFixed(1)} s`;
  const place = UNITS.findIndex(([, unit]) => whole >= unit);
  const parts = UNITS.slice(place, place + 2).map(([name, unit], nth) => {
    const above = nth === 0 ? Infinity : (UNITS[place]?.[1] ?? Infinity);
    return `${String(Math.floor((whole % above) / unit))} ${name}`;
  });
  return parts.join(' ');
}

/** Local time with its offset: `2026-01-05 03:12:44 +0100`; what is no time is shown as it is. */
export function clockTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return printable(iso);
  const two = (number: number): string => String(Math.trunc(Math.abs(number))).padStart(2, '0');
  const offset = -at.getTimezoneOffset();
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return `${day} ${time} ${offset < 0 ? '-' : '+'}${two(offset / 60)}${two(offset % 60)}`;
}

/** Local time: `03:12:44`. `at`: ms since 1970. */
export const timeOfDay = (at: number): string => clockTime(new Date(at).toISOString()).split(' ')[1] ?? '';

/** Lines of at most `width` characters, broken between words, and within one only where it is longer than a line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    for (; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width));
  }
  return [...lines, line];
}

/** Wrapped within {@link WIDTH}; the lines after the first stand as deep as its text. */
export const indented = (text: string, first = '  '): string =>
  wrap(text, WIDTH - first.length)
    .map((line, nth) => `${nth === 0 ? first : ' '.repeat(first.length)}${line}`)
    .join('\n');
