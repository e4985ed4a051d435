/** The completion of bash for fbypass_ctl, from the tables of commands and options. It needs nothing but bash. */
import { COMMANDS, COMMON_OPTIONS, type Command, type Completion, OPTIONS, type OptionName, longFlag } from '@fastbypass/cli';

const names = Object.keys(OPTIONS) as readonly OptionName[];
const withValue = names.filter((name) => OPTIONS[name].value !== null);
const flags = (some: readonly OptionName[]): string => [...some.map(longFlag), '--help'].join(' ');
const commandNames = COMMANDS.map(({ name }) => name).join(' ');

/** What offers values: a line of bash. */
function offer(completion: Completion | 'command'): string {
  if (completion === null) return ':';
  if (completion === 'file') return '_fbypass_ctl_paths -f';
  if (completion === 'folder') return '_fbypass_ctl_paths -d';
  return `_fbypass_ctl_words '${completion === 'command' ? commandNames : completion.join(' ')}'`;
}

const valueCase = (name: OptionName): string => `    ${longFlag(name)}) ${offer(OPTIONS[name].completion)}; return ;;`;

const commandCase = ({ name, options, operand }: Command): string =>
  `    ${name}) flags='${flags(options)}'${operand === null || operand.completion === null ? '' : `; operand="${offer(operand.completion)}"`} ;;`;

export const completion = (): string => `# bash completion for fbypass_ctl; made by npm run docs, from its tables of commands and options

_fbypass_ctl_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_fbypass_ctl_paths() {
  # A space after a folder would be in the way of what is in it.
  compopt -o filenames 2> /dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}

_fbypass_ctl() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command='' flags='' operand='' i
  COMPREPLY=()

  # --mode=by comes as three words.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]] && ((COMP_CWORD > 1)); then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi

  # The command is the first word that is neither an option nor the value of one.
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${withValue.map(longFlag).join(' | ')})
        [[ \${COMP_WORDS[i + 1]} == = ]] && ((i++))
        ((i++))
        ;;
      -*) ;;
      *)
        command=\${COMP_WORDS[i]//-/_}
        break
        ;;
    esac
  done

  case $prev in
${withValue.map(valueCase).join('\n')}
  esac

  case $command in
    '') flags='${flags(COMMON_OPTIONS)} --version'; operand="_fbypass_ctl_words '${commandNames}'" ;;
${COMMANDS.map(commandCase).join('\n')}
    *) return ;;
  esac

  if [[ $cur == -* || -z $operand ]]; then
    _fbypass_ctl_words "$flags"
  else
    eval "$operand"
  fi
}

complete -F _fbypass_ctl fbypass_ctl
`;
