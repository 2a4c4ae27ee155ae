// Completion scripts of bash, zsh and fish, made from the table of commands. Pure. Bash: complete(1) and compgen, those of 3.2
// suffice; zsh: _arguments of zshcompsys(1); fish: complete(1).
import type { Command, Flag } from './command.ts';
import { commonFlags } from './common-flags.ts';
import { program } from './help.ts';

const isFile = ({ value }: Flag) => value === 'FILE' || value?.startsWith('PATH') === true;

const flagsOf = ({ flags }: Command): [string, Flag][] => Object.entries({ ...flags, ...commonFlags });

/** Words that the first argument can be, as the usage says them in small letters: `faults`, `inject FAULT`, `bash|zsh|fish`. */
function firstWords({ usage }: Command): string[] {
  return usage.flatMap((line) => {
    const words = /^[a-z]+(?:\|[a-z]+)*(?= |$)/.exec(line)?.[0];
    return words === undefined ? [] : words.split('|');
  });
}

/** Whether arguments that are no flags name files. */
function takesFiles({ usage, most }: Command): boolean {
  if (most === 0) return false;
  return usage.some((line) => /(?:^| )(?:FILE|OLD|NEW)\b/.test(line.replace(/--\S+ \S+/g, '')));
}

const comment = `Made by "${program} completion": do not edit, make it anew.`;

/** For bash. */
export function bashCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const valueCases = commands.flatMap((command) =>
    flagsOf(command).flatMap(([name, flag]) => {
      if (flag.value === undefined) return [];
      const values = flag.choices?.join(' ');
      if (values !== undefined)
        return [`    "${command.name} --${name}") _calico_bgp_exporter_words "${values}"; return ;;`];
      // With nothing in COMPREPLY bash completes file names by itself; what is no file gets none.
      const otherwise = isFile(flag) ? 'return' : 'compopt +o default 2>/dev/null; return';
      return [`    "${command.name} --${name}") ${otherwise} ;;`];
    }),
  );
  const wordCases = commands.map((command) => {
    const flags = flagsOf(command).map(([name]) => `--${name}`);
    const files = takesFiles(command) ? '' : ' compopt +o default 2>/dev/null;';
    const first = firstWords(command);
    const words = first.length > 0 ? ` [ "$COMP_CWORD" -gt 2 ] || words="${first.join(' ')}";` : '';
    return `    ${command.name}) flags="${flags.join(' ')}";${words}${files} ;;`;
  });
  return `# ${comment}
# source <(${program} completion bash)
_calico_bgp_exporter_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}
_calico_bgp_exporter() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" flags="" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    compopt +o default 2>/dev/null
    _calico_bgp_exporter_words "${names.join(' ')} help --help --version"
    return
  fi
  # bash takes --flag=value apart.
  if [ "$cur" = "=" ]; then
    cur=""
  elif [ "$previous" = "=" ]; then
    previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  case "\${COMP_WORDS[1]} $previous" in
    "help help") _calico_bgp_exporter_words "${names.join(' ')}"; return ;;
${valueCases.join('\n')}
  esac
  case "\${COMP_WORDS[1]}" in
${wordCases.join('\n')}
    *) compopt +o default 2>/dev/null ;;
  esac
  case "$cur" in
    -*) _calico_bgp_exporter_words "$flags" ;;
    *) _calico_bgp_exporter_words "$words" ;;
  esac
}
complete -o default -F _calico_bgp_exporter ${program}
`;
}

/** Inside single quotes of a shell. */
const quoted = (text: string) => text.replaceAll("'", "'\\''");

/** Inside a description of _arguments or _describe. */
const zshText = (text: string) => quoted(text.replace(/[\\[\]:]/g, (sign) => `\\${sign}`));

function zshFlag([name, flag]: [string, Flag]): string {
  const several = flag.multiple ? '*' : '';
  const help = `[${zshText(flag.help)}]`;
  if (flag.value === undefined) return `'${several}--${name}${help}'`;
  const action = flag.choices ? `(${flag.choices.join(' ')})` : isFile(flag) ? '_files' : ' ';
  return `'${several}--${name}=${help}:${zshText(flag.value)}:${action}'`;
}

/** For zsh: from a directory in $fpath, or sourced after compinit. */
export function zshCompletion(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const first = firstWords(command);
    const specs = [
      ...flagsOf(command).map(zshFlag),
      ...(first.length > 0 ? [`'1:what:(${first.join(' ')})'`] : []),
      ...(takesFiles(command) ? ["'*:FILE:_files'"] : []),
    ];
    return `    ${command.name})\n      _arguments ${specs.join(' \\\n        ')} ;;`;
  });
  return `#compdef ${program}
# ${comment}
# ${program} completion zsh > ~/.zfunc/_${program}, a directory in $fpath
_${program}() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    '${name}:${zshText(summary)}'`).join('\n')}
    'help:explain a command'
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
    help) _describe -t commands command commands ;;
${cases.join('\n')}
  esac
}
if [[ "$funcstack[1]" == "_${program}" ]]; then
  _${program} "$@"
else
  compdef _${program} ${program}
fi
`;
}

const fishText = (text: string) => `'${text.replace(/[\\']/g, (sign) => `\\${sign}`)}'`;

/** For fish. */
export function fishCompletion(commands: readonly Command[]): string {
  const complete = `complete -c ${program}`;
  const lines = commands.flatMap((command) => {
    const { name, summary } = command;
    const when = `${complete} -n ${fishText(`__fish_seen_subcommand_from ${name}`)}`;
    const first = firstWords(command);
    return [
      `${complete} -n __fish_use_subcommand -a ${name} -d ${fishText(summary)}`,
      ...flagsOf(command).map(([flagName, flag]) => {
        const values = flag.choices
          ? ` -x -a ${fishText(flag.choices.join(' '))}`
          : isFile(flag)
            ? ' -r -F'
            : ' -x';
        return `${when} -l ${flagName}${flag.value === undefined ? '' : values} -d ${fishText(flag.help)}`;
      }),
      ...(first.length > 0 ? [`${when} -a ${fishText(first.join(' '))}`] : []),
      ...(takesFiles(command) ? [`${when} -F`] : []),
    ];
  });
  const names = commands.map(({ name }) => name).join(' ');
  return `# ${comment}
# ${program} completion fish > ~/.config/fish/completions/${program}.fish
${complete} -f
${complete} -n __fish_use_subcommand -a help -d 'explain a command'
${complete} -n '__fish_seen_subcommand_from help' -a ${fishText(names)}
${lines.join('\n')}
`;
}
