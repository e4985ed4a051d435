/** What is made from the programs' tables is in the repository as it would be made now, and the pages are good pages. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { COMMANDS, EXIT_STATUSES, OPTIONS, type OptionName, longFlag } from '@fastbypass/cli';
import { KEYS } from '@fastbypass/core';
import { EXIT_STATUSES as DAEMON_STATUSES, OPTION_TABLE, SIGNALS } from '@fastbypass/daemon';
import { madeFiles } from '../../dist/docs/made-files.js';

const root = new URL('../../../', import.meta.url);

for (const { path, text } of madeFiles(root)) {
  test(`${path} is as it would be made now (npm run docs)`, (t) => {
    t.is(text ?? 'the marks between which the made part stands are gone', readFileSync(new URL(path, root), 'utf8'));
  });
}

const PAGES = { control: 'packaging/man/fbypass_ctl.8', monitor: 'packaging/man/fastbypass_monitor.8', configuration: 'packaging/man/fastbypass_monitor.env.5' } as const;

const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const withGroff = has('groff') ? test : test.skip;

/** As a reader sees it on 80 columns, spaces and line ends alike. */
function rendered(path: string): string {
  const { stdout, stderr } = spawnSync('groff', ['-man', '-Tascii', '-P-cbou', '-ww', fileURLToPath(new URL(path, root))], { encoding: 'utf8' });
  return stderr === '' ? stdout.replaceAll(/\s+/g, ' ') : `groff: ${stderr}`;
}

withGroff('fbypass_ctl(8) shows every command, option and exit status, without a warning', (t) => {
  const text = rendered(PAGES.control);
  for (const { name, summary, details, operand } of COMMANDS) {
    t.true(text.includes(` ${name} `), name);
    t.true(text.includes(summary.slice(1)), summary);
    for (const line of details) t.true(text.includes(line.replaceAll(/\s+/g, ' ')), line);
    if (operand !== null) t.true(text.includes(operand.meaning), operand.meaning);
  }
  for (const name of Object.keys(OPTIONS) as OptionName[]) {
    const { value, meaning } = OPTIONS[name];
    t.true(text.includes(` ${longFlag(name)}${value === null ? '' : ` ${value}`} ${meaning}`), name);
  }
  for (const [status, meaning] of EXIT_STATUSES) t.true(text.includes(` ${String(status)} ${meaning}`), meaning);
});

withGroff('fastbypass_monitor(8) shows every option, signal and exit status, without a warning', (t) => {
  const text = rendered(PAGES.monitor);
  for (const [name, { value, meaning }] of Object.entries(OPTION_TABLE)) t.true(text.includes(` --${name}${value === null ? '' : ` ${value}`} ${meaning}`), name);
  for (const [term, meaning] of [...SIGNALS, ...DAEMON_STATUSES]) t.true(text.includes(` ${String(term)} ${meaning}`), meaning);
});

withGroff('fastbypass_monitor.env(5) shows every key with its meaning and example, without a warning', (t) => {
  const text = rendered(PAGES.configuration);
  for (const { name, meaning, example } of KEYS) {
    t.true(text.includes(meaning.replaceAll(/\s+/g, ' ')), name);
    t.true(text.includes(`=${example} `), name);
  }
});

(has('lexgrog') ? test : test.skip)('apropos finds the pages by their names', (t) => {
  const names = Object.values(PAGES).map((path) => execFileSync('lexgrog', [fileURLToPath(new URL(path, root))], { encoding: 'utf8' }).replace(/^.*: /, ''));
  t.deepEqual(names, [
    '"fbypass_ctl - control the FastBypass monitor"\n',
    '"fastbypass_monitor - switch optical bypass cards by the heartbeats of DPIs"\n',
    '"fastbypass_monitor.env - configuration of the FastBypass monitor"\n',
  ]);
});
