/** docs/commands.md, and the table of commands in the README. */
import { COMMANDS, COMMON_OPTIONS, type Command, EXIT_STATUSES, OPTIONS, type OptionName, longFlag } from '@fastbypass/cli';
import { EXIT_STATUSES as DAEMON_STATUSES, OPTION_TABLE, SIGNALS } from '@fastbypass/daemon';

/** `|` ends a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const flagged = (flag: string, value: string | null): string => `\`${flag}${value === null ? '' : ` ${value}`}\``;
const flag = (name: OptionName): string => flagged(longFlag(name), OPTIONS[name].value);

const synopsis = ({ name, operand, needs }: Command): string =>
  [name, ...(operand === null ? [] : [operand.required ? operand.name : `[${operand.name}]`]), ...needs.map((option) => `${longFlag(option)} ${OPTIONS[option].value ?? ''}`)].join(' ');

export const commandTable = (): string => `${table(['`fbypass_ctl ...`', ''], COMMANDS.map((it) => [`\`${synopsis(it)}\``, it.summary]))}\n`;

const optionRow = (name: OptionName): readonly string[] => {
  const { meaning, fallback, value } = OPTIONS[name];
  const takers = COMMANDS.filter(({ options }) => options.includes(name)).map((it) => it.name);
  return [flag(name), value === null || fallback === null ? '' : `\`${String(fallback)}\``, meaning, takers.join(', ')];
};

const chapter = (command: Command): string => {
  const { summary, details, operand, options } = command;
  const sentences = [`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`, ...details, ...(operand === null ? [] : [`${operand.name}: ${operand.meaning}.`])];
  const takes = options.length === 0 ? [] : [`Takes ${options.map(flag).join(', ')}.`];
  return [`### ${synopsis(command)}`, '', ...sentences, ...takes, ''].join('\n');
};

const ordered = [...COMMON_OPTIONS, ...(Object.keys(OPTIONS) as readonly OptionName[]).filter((name) => !COMMON_OPTIONS.includes(name))];

export const commandsPage = (): string => `<!-- made by npm run docs, from the tables of both programs: packages/cli/src/command-table.ts, option.ts, packages/daemon/src/options.ts -->

# Commands

The same stands in the man pages fbypass_ctl(8) and fastbypass_monitor(8), in \`fbypass_ctl help\` and
\`fastbypass_monitor --help\`: all of them are made from one source.

## fbypass_ctl

In names of commands, dashes and underscores are the same. The first five options are accepted by every command, before or
after its name.

${table(['option', 'default', 'meaning', 'of'], ordered.map(optionRow))}

${table(['exit status', ''], EXIT_STATUSES.map(([status, meaning]) => [String(status), meaning]))}

${COMMANDS.map(chapter).join('\n')}
## fastbypass_monitor

${table(['option', 'meaning'], Object.entries(OPTION_TABLE).map(([name, { value, meaning }]) => [flagged(`--${name}`, value), meaning]))}

${table(['signal', ''], SIGNALS)}

${table(['exit status', ''], DAEMON_STATUSES.map(([status, meaning]) => [String(status), meaning]))}
`;
