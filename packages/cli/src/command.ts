/** The frame: what a command is, whatever parses the command line. */
import * as E from 'fp-ts/lib/Either.js';
import type { ExitStatus } from './exit-status.js';
import type { Completion, OptionName, Options, Reader } from './option.js';
import type { Terminal } from './terminal.js';

/** What a command is called with. `K`: the options that it takes; `A`: what its operand means. */
export interface Call<K extends OptionName, A = null> {
  readonly operand: A;
  readonly options: Pick<Options, K>;
  readonly terminal: Terminal;
  /** Ends the command as wrongly used: the message, the usage, status 2. */
  readonly misuse: (message: string) => never;
  /** Shows the help of the named command, of the whole program without a name; false where there is no such command. */
  readonly showHelp: (name: string | null) => boolean;
}

export type Run<K extends OptionName, A = null> = (call: Call<K, A>) => Promise<ExitStatus>;

/** The one operand that a command may have. */
interface Operand<A> {
  /** As usage shows it. */
  readonly name: string;
  readonly meaning: string;
  /** `command`: the name of a command. */
  readonly completion: Completion | 'command';
  readonly read: Reader<A>;
  /** Where it is not given; `required`: it must be. */
  readonly otherwise: { readonly fallback: A } | 'required';
}

interface Spec<K extends OptionName, A> {
  /** With underscores; dashes mean the same. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** What else its help says, line by line. */
  readonly details: readonly string[];
  readonly options: readonly K[];
  /** Those of them that must be given; the command itself says so where one is not. */
  readonly needs?: readonly K[];
  readonly operand: Operand<A>;
  /** Loads what runs it: a start pays for its own command alone. */
  readonly load: () => Promise<Run<K, A>>;
}

/** A command, whatever its options and operand. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly details: readonly string[];
  readonly options: readonly OptionName[];
  readonly needs: readonly OptionName[];
  readonly operand: { readonly name: string; readonly meaning: string; readonly required: boolean; readonly completion: Completion | 'command' } | null;
  /** To the left: what is accepted as the operand. */
  readonly prepare: (operand: string | undefined) => E.Either<string, (call: Omit<Call<OptionName>, 'operand'>) => Promise<ExitStatus>>;
}

/** A command with an operand. */
export function commandWithOperand<K extends OptionName, A>(spec: Spec<K, A>): Command {
  const { name, summary, details, options, needs = [], operand, load } = spec;
  const run = (value: A) => async (call: Omit<Call<OptionName>, 'operand'>) => (await load())({ ...call, operand: value });
  return {
    name,
    summary,
    details,
    options,
    needs,
    operand: { name: operand.name, meaning: operand.meaning, completion: operand.completion, required: operand.otherwise === 'required' },
    prepare: (text) => {
      if (text !== undefined) return E.map(run)(operand.read(text));
      return operand.otherwise === 'required' ? E.left(operand.meaning) : E.right(run(operand.otherwise.fallback));
    },
  };
}

/** A command without one. */
export function command<K extends OptionName>(spec: Omit<Spec<K, null>, 'operand'>): Command {
  const operand: Operand<null> = { name: '', meaning: '', completion: null, read: () => E.left('no operand'), otherwise: { fallback: null } };
  return { ...commandWithOperand({ ...spec, operand }), operand: null };
}
