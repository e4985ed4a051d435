import test from 'ava';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFile } from '../dist/log-file.js';
import { LogSink } from '../dist/log-sink.js';

const folder = (t: { teardown: (done: () => void) => void }): string => {
  const path = mkdtempSync(join(tmpdir(), 'fastbypass-log-'));
  t.teardown(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
};

const linesOf = (path: string): readonly string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

test('lines come out in order, those of one turn together', async (t) => {
  const written: string[] = [];
  const sink = new LogSink({ write: (text) => Promise.resolve(void written.push(text)) });
  for (const line of ['a', 'b', 'c']) sink.add(line);
  await sink.drain(1000);
  t.deepEqual(written, ['a\nb\nc\n']);
});

test('what cannot be written is dropped and counted, and the count stands where it goes on', async (t) => {
  const written: string[] = [];
  let full = true;
  const sink = new LogSink({
    write: (text) => (full ? Promise.reject(new Error('ENOSPC: no space left on device')) : Promise.resolve(void written.push(text))),
  });
  sink.add('lost 1');
  await sink.drain(1000);
  t.regex(sink.problem ?? '', /ENOSPC/);
  sink.add('lost 2');
  full = false;
  const end = performance.now() + 5000;
  while (sink.problem !== null && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    sink.add('written');
    await sink.drain(1000);
  }
  t.is(sink.problem, null);
  t.regex(written[0] ?? '', /^\(\d+ lines were lost here: ENOSPC: no space left on device\)\nwritten\n$/);
});

test('a destination that never answers holds up nobody, and memory is bounded', async (t) => {
  const sink = new LogSink({ write: () => new Promise(() => undefined) }, 20);
  for (let line = 0; line < 50_000; line++) sink.add('x'.repeat(200));
  const before = performance.now();
  t.false(await sink.drain(50));
  t.true(performance.now() - before < 5000);
  t.regex(sink.problem ?? '', /a write has not ended for 0 s/);
});

test('a file is put aside when it has grown, five of them are kept', async (t) => {
  const path = join(folder(t), 'deep', 'monitor.log');
  const file = new LogFile(path, 100);
  for (let line = 0; line < 40; line++) await file.write(`${String(line).padStart(49, '0')}\n`);
  const names = readdirSync(join(path, '..')).sort();
  t.deepEqual(names, ['monitor.log', 'monitor.log.1', 'monitor.log.2', 'monitor.log.3', 'monitor.log.4', 'monitor.log.5']);
  t.regex(linesOf(path).at(-1) ?? '', /39$/);
  t.regex(linesOf(`${path}.1`).at(-1) ?? '', /37$/);
});

test('a file that somebody removed is made anew', async (t) => {
  const path = join(folder(t), 'monitor.log');
  const file = new LogFile(path);
  await file.write('one\n');
  rmSync(path);
  await file.write('two\n');
  t.deepEqual(linesOf(path), ['two']);
});

test('what stood in the file before stays', async (t) => {
  const path = join(folder(t), 'monitor.log');
  writeFileSync(path, 'before\n');
  await new LogFile(path).write('after\n');
  t.deepEqual(linesOf(path), ['before', 'after']);
});

test('a folder that cannot be made is an error of the write alone', async (t) => {
  const base = folder(t);
  writeFileSync(join(base, 'file'), '');
  const file = new LogFile(join(base, 'file', 'monitor.log'));
  await t.throwsAsync(file.write('x\n'), { message: /^(EEXIST|ENOTDIR)/ });
  rmSync(join(base, 'file'));
  await file.write('x\n');
  t.deepEqual(linesOf(join(base, 'file', 'monitor.log')), ['x']);
});
