// Help that teaches by example: the list of commands, and per command what it does, its flags, examples to copy and its
// exit codes. Everything comes from the table in commands.ts; docs/cli.md shows the same text.
import type { Command, Flag } from './command.ts';
import { commonFlags } from './common-flags.ts';
import { columns, wrap } from './table.ts';

export const program = 'calico-bgp-exporter';

const indented = (lines: readonly string[]) => lines.map((line) => (line ? `  ${line}` : line));

/** What `--help` prints without a command. */
export function generalHelp(commands: readonly Command[], width = 100): string {
  return [
    `${program}: is every pod and service route of this Calico cluster where it should be?`,
    '',
    `Usage: ${program} COMMAND [FLAGS]`,
    '',
    'Commands:',
    ...indented(
      columns(
        commands.map(({ name, summary }) => [name, summary]),
        width - 2,
      ),
    ),
    '',
    'Start here:',
    ...indented(
      columns(
        [
          [`${program} demo`, 'look at it all on a fabric made of software, nothing else needed'],
          [`${program} check-config --config config.yml`, 'is my configuration right?'],
          [`${program} audit --config config.yml`, 'ask every device once, and say what is wrong'],
          [`${program} serve --config config.yml`, 'do so all the time, for Prometheus'],
        ],
        // Examples are to be copied: they are never broken.
      ),
    ),
    '',
    `"${program} COMMAND --help" explains a command. Exit codes: 0 fine, 1 findings, 2 could not run.`,
    '',
  ].join('\n');
}

/** What `COMMAND --help` prints. */
export function commandHelp(command: Command, width = 100): string {
  const flags: [string, Flag][] = Object.entries({ ...command.flags, ...commonFlags });
  const rows = flags.map(([name, flag]) => {
    const value = flag.value ? ` ${flag.value}` : '';
    const several = flag.multiple ? ' May be given several times.' : '';
    const choices = flag.choices ? ` One of: ${flag.choices.join(', ')}.` : '';
    const without = flag.default ? ` Default: ${flag.default}.` : '';
    return [`--${name}${value}`, `${flag.help}${choices}${several}${without}`];
  });
  return [
    `${program} ${command.name}: ${command.summary}`,
    '',
    ...command.usage.map((line, i) =>
      `${i === 0 ? 'Usage:' : '      '} ${program} ${command.name} ${line}`.trimEnd(),
    ),
    '',
    ...command.about.flatMap((paragraph) => [...wrap(paragraph, width), '']),
    'Flags:',
    ...indented(columns(rows, width - 2)),
    '',
    'Examples:',
    ...command.examples.flatMap(([line, why], i) => [...(i > 0 ? [''] : []), `  # ${why}`, `  ${line}`]),
    '',
    `Exit codes: ${command.exit.join('; ')}.`,
    '',
  ].join('\n');
}
