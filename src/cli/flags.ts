// Command lines by the table of commands: node:util parseArgs splits them, this file says what is wrong with them, with
// the flag that was probably meant. Anything not understood is an error: a mistyped flag must not be passed over.
import { parseArgs } from 'node:util';
import { hint } from '../model/suggest.ts';
import { type Command, type Invocation, UsageError } from './command.ts';
import { commonFlags } from './common-flags.ts';

function check(command: Command, name: string, value: string | undefined, inline: boolean | undefined): void {
  const all = { ...command.flags, ...commonFlags };
  const flag = all[name];
  if (!flag) {
    const known = Object.keys(all);
    throw new UsageError(`${command.name} has no flag --${name}${dashed(hint(name, known))}`);
  }
  if (flag.value === undefined) {
    if (value !== undefined) throw new UsageError(`--${name} takes no value`);
    return;
  }
  const missing =
    value === undefined || value === '' || (!inline && value.length > 1 && value.startsWith('-'));
  if (missing) throw new UsageError(`--${name} needs a value: --${name} ${flag.value}`);
  if (flag.choices && !flag.choices.includes(value)) {
    const text = `--${name} must be one of ${flag.choices.join(', ')}, not "${value}"`;
    throw new UsageError(text + hint(value, flag.choices));
  }
}

const dashed = (text: string) => text.replace('mean "', 'mean "--');

/** Flags and arguments of a command. Throws UsageError. */
export function parseFlags(command: Command, argv: readonly string[]): Invocation {
  const options = Object.fromEntries(
    Object.entries({ ...command.flags, ...commonFlags }).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    strict: false,
    tokens: true,
  });
  const values: Record<string, string[]> = {};
  const on = new Set<string>();
  const rest: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value, inlineValue } = token;
    if (name !== 'help') check(command, name, value, inlineValue);
    if (value === undefined) on.add(name);
    else if (values[name] && !command.flags[name]?.multiple) throw new UsageError(`--${name} is given twice`);
    else values[name] = [...(values[name] ?? []), value];
  }
  if (rest.length > command.most && !on.has('help')) {
    const extra = rest[command.most] ?? '';
    throw new UsageError(
      command.most === 0
        ? `${command.name} takes flags only; what is "${extra}"?`
        : `${command.name} takes ${command.most === 1 ? 'one argument' : `${command.most} arguments`} at most; what is "${extra}"?`,
    );
  }
  return { values, on, rest };
}
