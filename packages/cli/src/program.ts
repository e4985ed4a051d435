/** The command line as commander reads it, built from the tables of commands and options. */
import * as E from 'fp-ts/lib/Either.js';
import { Argument, Command as Commander, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Command } from './command.js';
import { DESCRIPTION } from './command-table.js';
import { COMMON_OPTIONS, FALLBACKS, OPTIONS, type OptionName, type Options, longFlag } from './option.js';
import { EXIT_STATUSES, ExitStatus } from './exit-status.js';
import type { Terminal } from './terminal.js';
import { version } from './version.js';

const NAME = 'fbypass_ctl';

/** Runs the command that `argv` (without node and script) names. */
export async function runProgram(argv: readonly string[], commands: readonly Command[], terminal: Terminal): Promise<ExitStatus> {
  let status: ExitStatus = ExitStatus.done;
  const written: string[] = [];
  const program = buildProgram(commands, terminal, written, (outcome) => (status = outcome));
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    status = error.exitCode === 0 ? ExitStatus.done : ExitStatus.usage;
  }
  await terminal.out(written.join(''));
  return status;
}

/** `written`: where commander's own output (help, version) goes. */
function buildProgram(commands: readonly Command[], terminal: Terminal, written: string[], ended: (status: ExitStatus) => void): Commander {
  const program = new Commander(NAME)
    .description(DESCRIPTION)
    .usage('[options] COMMAND')
    .version(`${NAME} ${version()}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void written.push(text),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .addHelpText('after', `\nExit status:\n${EXIT_STATUSES.map(([status, meaning]) => `  ${String(status).padEnd(2)}  ${meaning}`).join('\n')}`);
  for (const name of COMMON_OPTIONS) program.addOption(commanderOption(name));
  program.configureHelp({
    showGlobalOptions: true,
    // Common options are accepted everywhere, but shown where they do something.
    visibleGlobalOptions: (shown) => {
      const taken = commands.find(({ name }) => name === shown.name())?.options ?? [];
      return program.options.filter((option) => taken.some((name) => name === option.attributeName()));
    },
  });
  for (const command of commands) addCommand(program, command, terminal, ended);
  hintAtHelp(program, `"${NAME} help" lists the commands.`);
  return program;
}

function addCommand(program: Commander, command: Command, terminal: Terminal, ended: (status: ExitStatus) => void): void {
  const { name, summary, details, operand, prepare } = command;
  const sub = program.command(name).summary(summary).description([sentence(summary), ...details].join('\n'));
  // Those who remember the dash are right too.
  if (name.includes('_')) sub.alias(name.replaceAll('_', '-'));
  if (operand !== null) sub.addArgument(new Argument(operand.required ? `<${operand.name}>` : `[${operand.name}]`, operand.meaning));
  for (const option of command.options) if (!COMMON_OPTIONS.includes(option)) sub.addOption(commanderOption(option));
  hintAtHelp(sub, `"${NAME} help ${name}" tells more.`);
  sub.action(async () => {
    const [text] = sub.args;
    const run = prepare(text);
    if (E.isLeft(run)) return sub.error(`error: ${operand?.name ?? 'operand'} is '${text ?? ''}'; accepted: ${run.left}`);
    const options: Options = { ...FALLBACKS, ...program.opts<Partial<Options>>(), ...sub.opts<Partial<Options>>() };
    ended(await run.right({ options, terminal, misuse: (message) => sub.error(`error: ${message}`), showHelp: (of) => showHelp(program, of) }));
  });
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function commanderOption(name: OptionName): Option {
  const { value, meaning, fallback, read } = OPTIONS[name];
  const shown = value === null || fallback === null ? meaning : `${meaning} (default: ${String(fallback)})`;
  const option = new Option(value === null ? longFlag(name) : `${longFlag(name)} <${value}>`, shown);
  if (read === null) return option;
  return option.argParser((text) => {
    const result = read(text);
    if (E.isLeft(result)) throw new InvalidArgumentError(`Accepted: ${result.left}.`);
    return result.right;
  });
}

function hintAtHelp(command: Commander, hint: string): void {
  command.showHelpAfterError(`Usage: ${command.createHelp().commandUsage(command)}\n${hint}`);
}

function showHelp(program: Commander, name: string | null): boolean {
  const found = name === null ? program : program.commands.find((command) => command.name() === name || command.aliases().includes(name));
  found?.outputHelp();
  return found !== undefined;
}
