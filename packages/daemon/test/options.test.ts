import test from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { USAGE, readOptions } from '../dist/options.js';

test('without words everything is where the original product has it', (t) => {
  t.deepEqual(
    readOptions([]),
    E.right({
      config: '/var/fastbypass_monitor/backend/.env',
      driver: null,
      socket: '/run/fastbypass_monitor/control.sock',
      logDir: '/var/fastbypass_monitor/backend/logs',
      dryRun: false,
      check: false,
      version: false,
      help: false,
    }),
  );
});

test('every option is read, and told in the usage', (t) => {
  const words = ['--config', 'a', '--driver', 'mock', '--socket', 'b', '--log-dir', 'c', '--dry-run', '--check', '--version', '--help'];
  t.deepEqual(
    readOptions(words),
    E.right({ config: 'a', driver: 'mock', socket: 'b', logDir: 'c', dryRun: true, check: true, version: true, help: true }),
  );
  for (const word of words.filter((it) => it.startsWith('--'))) t.true(USAGE.includes(word), word);
});

for (const [words, message] of [
  [['--driver', 'smoke'], /--driver is "smoke"; accepted: netlink, iproute2, mock/],
  [['--bogus'], /--bogus/],
  [['start'], /start/],
  [['--config'], /--config/],
] as const) {
  test(`refused: ${words.join(' ')}`, (t) => {
    const read = readOptions(words);
    t.true(E.isLeft(read) && message.test(read.left));
  });
}
