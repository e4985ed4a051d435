/** fbypass_ctl(8), from the tables of commands and options. */
import { COMMANDS, COMMON_OPTIONS, type Command, DESCRIPTION, EXIT_STATUSES, OPTIONS, type OptionName, longFlag } from '@fastbypass/cli';
import { FILES } from './files.js';
import { block, bold, italic, manPage, paragraph, plain, term } from './roff.js';

/** `--config FILE`, with its fonts. */
const flag = (name: OptionName): string => {
  const { value } = OPTIONS[name];
  return `${bold(longFlag(name))}${value === null ? '' : ` ${italic(value)}`}`;
};

const optionTerm = (name: OptionName): string => {
  const { meaning, fallback, value } = OPTIONS[name];
  return term(flag(name), plain(`${meaning}${value === null || fallback === null ? '' : ` (default: ${String(fallback)})`}.`));
};

/** As it is typed: name, operand, and the options that are its own. */
const synopsis = ({ name, operand, options, needs }: Command): string => {
  const word = operand === null ? '' : operand.required ? ` ${italic(operand.name)}` : ` [${italic(operand.name)}]`;
  return `${bold(name)}${word}${options.filter(isOwn).map((option) => (needs.includes(option) ? ` ${flag(option)}` : ` [${flag(option)}]`)).join('')}`;
};

const isOwn = (name: OptionName): boolean => !COMMON_OPTIONS.includes(name);

const commandTerm = (command: Command): string => {
  const { summary, details, operand, options } = command;
  const common = options.filter((name) => !isOwn(name)).map(longFlag);
  const sentences = [
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...details,
    ...(operand === null ? [] : [`${operand.name}: ${operand.meaning}.`]),
    ...(common.length === 0 ? [] : [`Takes ${common.join(', ')}.`]),
  ];
  return term(synopsis(command), sentences.map(plain).join('\n'));
};

const own = [...new Set(COMMANDS.flatMap(({ options }) => options))].filter(isOwn);

export const controlPage = (): string =>
  manPage({
    name: 'fbypass_ctl',
    section: 8,
    summary: 'control the FastBypass monitor',
    sections: [
      { title: 'SYNOPSIS', body: [paragraph(`${bold('fbypass_ctl')} [${italic('options')}] ${italic('command')}`)] },
      { title: 'DESCRIPTION', body: [paragraph(plain(DESCRIPTION)), paragraph('In names of commands, dashes and underscores are the same.')] },
      { title: 'COMMANDS', body: COMMANDS.map(commandTerm) },
      {
        title: 'OPTIONS',
        body: [
          paragraph('Accepted by every command, before or after its name:'),
          ...COMMON_OPTIONS.map(optionTerm),
          term(bold('--help'), 'show help.'),
          term(bold('--version'), 'print the version.'),
          paragraph('Of single commands:'),
          ...own.map(optionTerm),
        ],
      },
      { title: 'EXIT STATUS', body: EXIT_STATUSES.map(([status, meaning]) => term(bold(String(status)), plain(`${meaning}.`))) },
      { title: 'ENVIRONMENT', body: [term(bold('NO_COLOR'), 'Where it is set and not empty, no colours are used. They are used on terminals alone.')] },
      { title: 'FILES', body: FILES },
      {
        title: 'EXAMPLES',
        body: [
          paragraph('What is wrong with a configuration, before it is reloaded:'),
          block('fbypass_ctl check && sudo fbypass_ctl reload'),
          paragraph('Why the traffic goes past the DPIs, and what would bring it back:'),
          block('fbypass_ctl why'),
          paragraph('Bypass by hand, for as long as the daemon is not started again; what it would do, first:'),
          block('sudo fbypass_ctl plan --mode bypass\nsudo fbypass_ctl force_on'),
        ],
      },
      { title: 'SEE ALSO', body: [paragraph(`${bold('fastbypass_monitor')}(8), ${bold('fastbypass_monitor.env')}(5), ${bold('systemctl')}(1)`)] },
    ],
  });
