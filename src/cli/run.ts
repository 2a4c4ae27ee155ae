// From argv to an exit code: finds the command, reads its flags, loads its module and runs it. Every way in which that
// can fail ends here, with a sentence on stderr and exit code 2.
import { hint } from '../model/suggest.ts';
import { CannotRun, type Io, UsageError } from './command.ts';
import { commands } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import { parseFlags } from './flags.ts';
import { commandHelp, generalHelp, program } from './help.ts';
import { widthOf } from './terminal.ts';
import { version } from './version.ts';

const widest = 100;

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = argv;
  const width = Math.min(widthOf(io.stdout) ?? widest, widest);
  if (first === undefined) {
    io.stderr.write(generalHelp(commands, width));
    return exitCodes.couldNotRun;
  }
  if (first === '--version' || first === '-V' || first === 'version') {
    io.stdout.write(`${program} ${version} (Node.js ${process.version})\n`);
    return exitCodes.clean;
  }
  const asksHelp = first === '--help' || first === '-h' || first === 'help';
  const name = asksHelp ? rest[0] : first;
  if (name === undefined) {
    io.stdout.write(generalHelp(commands, width));
    return exitCodes.clean;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    const names = commands.map((candidate) => candidate.name);
    const what = name.startsWith('-')
      ? `the first word must be a command, not "${name}"`
      : `there is no command "${name}"`;
    throw new UsageError(what + hint(name.replace(/^-+/, ''), names, 'commands are'));
  }
  const invocation = asksHelp ? undefined : parseFlags(command, rest);
  if (!invocation || invocation.on.has('help')) {
    io.stdout.write(commandHelp(command, width));
    return exitCodes.clean;
  }
  const { run } = await command.load();
  return run(invocation, io);
}

/** Runs one command line (without program name) and gives its exit code. Never throws. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (error instanceof UsageError) {
      const known = commands.some(({ name }) => name === argv[0]);
      io.stderr.write(`${error.message}\nTry: ${io.calledAs} ${known ? `${argv[0]} ` : ''}--help\n`);
    } else if (error instanceof CannotRun) {
      io.stderr.write(`${error.message}\n`);
    } else {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      io.stderr.write(`${program} ${version} failed, by a fault of its own; please report this:\n${text}\n`);
    }
    return exitCodes.couldNotRun;
  }
}
