// completion: prints the script that teaches a shell the commands, flags and values of the command line. Everything in it comes
// from the table of commands, so that it cannot know less than the program.

import { hint } from '../model/suggest.ts';
import { type Invocation, type Io, UsageError } from './command.ts';
import { bashCompletion, fishCompletion, zshCompletion } from './completion-scripts.ts';
import { exitCodes } from './exit-codes.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
const isShell = (name: string): name is keyof typeof scripts => Object.hasOwn(scripts, name);

export async function run({ rest }: Invocation, io: Io): Promise<number> {
  const [shell] = rest;
  const known = Object.keys(scripts);
  if (shell === undefined) throw new UsageError(`for which shell? Name one of ${known.join(', ')}`);
  if (!isShell(shell))
    throw new UsageError(`there is no completion for "${shell}"${hint(shell, known, 'shells are')}`);
  // The table names this command, too: it is loaded when it is there.
  const { commands } = await import('./commands.ts');
  io.stdout.write(scripts[shell](commands));
  return exitCodes.clean;
}
