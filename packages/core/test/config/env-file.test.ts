import test from 'ava';
import fc from 'fast-check';
import { type Entry, MAX_INDEX, readEnvFile } from '../../dist/config/env-file.js';

/** `NAME[index]=value` of each entry, as it was understood. */
const understood = (text: string): readonly string[] => readEnvFile(text).entries.map(({ name, index, value }) => `${name}${index === null ? '' : `[${String(index)}]`}=${value}`);

const LINES: Readonly<Record<string, readonly [line: string, entry: string | null]>> = {
  'a plain line': ['KEY=value', 'KEY=value'],
  'spaces around the equals sign': ['  KEY \t = \t value  ', 'KEY=value'],
  'inner spaces stay': ['KEY=a  b', 'KEY=a  b'],
  'an equals sign in the value': ['KEY=a=b', 'KEY=a=b'],
  'export': ['export KEY=value', 'KEY=value'],
  'export with much space': ['\texport \t KEY = value', 'KEY=value'],
  'a key that begins with export': ['exported=value', 'exported=value'],
  'a key named export': ['export=value', 'export=value'],
  'lower case and digits in a key': ['_a1=value', '_a1=value'],
  'double quotes': ['KEY="a b"', 'KEY=a b'],
  'single quotes': ["KEY='a b'", 'KEY=a b'],
  'the other quote is literal': [`KEY="it's"`, `KEY=it's`],
  'a hash in quotes is literal': ['KEY="a # b"', 'KEY=a # b'],
  'a backslash in quotes is literal': ['KEY="a\\"', 'KEY=a\\'],
  'outer space in quotes stays': ['KEY=" a "', 'KEY= a '],
  'a comment right after the closing quote': ['KEY="a"#b', 'KEY=a'],
  'a comment after quotes and space': ["KEY='a' \t # b", 'KEY=a'],
  'space after the closing quote': ['KEY="a"  ', 'KEY=a'],
  'quotes count at the beginning alone': ['KEY=a "b" \'c', 'KEY=a "b" \'c'],
  'a comment after the value': ['KEY=a # b', 'KEY=a'],
  'a comment after a tab': ['KEY=a\t#b', 'KEY=a'],
  'a hash within the value': ['KEY=a#b', 'KEY=a#b'],
  'a hash right after the equals sign': ['KEY=#x', 'KEY=#x'],
  'a hash after the equals sign and space': ['KEY= #x', null],
  'an index': ['KEY[7]=value', 'KEY[7]=value'],
  'white space and leading zeros of an index': ['KEY [ 01 ] = value', 'KEY[1]=value'],
  'the largest index': ['KEY[9999]=value', 'KEY[9999]=value'],
  'an index above it': ['KEY[10000]=value', 'KEY[large]=value'],
  'an index above every number': [`KEY[${'9'.repeat(400)}]=value`, 'KEY[large]=value'],
  'an empty value': ['KEY=', null],
  'a value of spaces': ['KEY=   ', null],
  'empty double quotes': ['KEY=""', null],
  'empty single quotes and a comment': ["KEY='' # b", null],
  'a blank line': [' \t ', null],
  'a comment': ['# KEY=value', null],
  'an indented comment': ['  #KEY=value', null],
};

for (const [what, [line, entry]] of Object.entries(LINES)) {
  test(`a line: ${what}`, (t) => {
    t.deepEqual(understood(line), entry === null ? [] : [entry]);
    t.deepEqual(readEnvFile(line).unreadable, []);
  });
}

const UNREADABLE: Readonly<Record<string, string>> = {
  'no equals sign': 'KEY value',
  'no key': '=value',
  'a key that begins with a digit': '1KEY=value',
  'a dash in the key': 'MY-KEY=value',
  'no digits in the index': 'KEY[]=value',
  'a word as index': 'KEY[a]=value',
  'a negative index': 'KEY[-1]=value',
  'an index that is not closed': 'KEY[1=value',
  'two indices': 'KEY[1][2]=value',
  'double quotes that are not closed': 'KEY="value',
  'single quotes that are not closed': "KEY='value",
  'quotes closed by the other': `KEY="value'`,
  'something after the closing quote': 'KEY="a" b',
  'something right after the closing quote': 'KEY="a"b',
  'a second quoted part': 'KEY="a" "b"',
};

for (const [what, line] of Object.entries(UNREADABLE)) {
  test(`cannot be read, and the rest can: ${what}`, (t) => {
    const file = readEnvFile(`A=1\n${line}\nB=2`);
    t.like(file.unreadable, { 0: { line: 2, text: line }, length: 1 });
    t.deepEqual(
      file.entries.map(({ name, line: at }) => `${String(at)} ${name}`),
      ['1 A', '3 B'],
    );
  });
}

test('a quote that is not closed says so', (t) => {
  t.regex(readEnvFile(`K='a`).unreadable[0]?.reason ?? '', /quote ' is not closed/);
  t.regex(readEnvFile(`K="a"b`).unreadable[0]?.reason ?? '', /follows the closing quote/);
});

test('CRLF and a BOM are accepted, and lines are counted from 1', (t) => {
  const { entries } = readEnvFile('\uFEFFA=1\r\n\r\nB="2"\r\nC=3 # c\r\n');
  t.deepEqual(
    entries.map(({ line, name, value }) => [line, name, value]),
    [
      [1, 'A', '1'],
      [3, 'B', '2'],
      [4, 'C', '3'],
    ],
  );
});

test('repeated keys are all told, in their order; empty ones are no line', (t) => {
  t.deepEqual(understood('K=5\nK=\nK=""\nK=6\n'), ['K=5', 'K=6']);
});

test('any value that fits into quotes comes out as it went in', (t) => {
  const value = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/["\n\r]/.test(text));
  fc.assert(fc.property(value, fc.nat(MAX_INDEX), (text, index) => isOne(readEnvFile(`K[${String(index)}]="${text}" # c`).entries, index, text)));
  t.pass();
});

const isOne = ([entry, ...more]: readonly Entry[], index: number, value: string): boolean => more.length === 0 && entry?.index === index && entry.value === value;

test('every line of any text is an entry, unreadable, or empty', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { entries, unreadable } = readEnvFile(text);
      const lines = [...entries, ...unreadable].map(({ line }) => line);
      return new Set(lines).size === lines.length && lines.every((line) => line >= 1 && line <= text.split('\n').length) && entries.every(({ value }) => value !== '');
    }),
  );
  t.pass();
});
