// A conversation with BIRD through its command-line client (bird: client/client.c; in calico-node `birdcl`, `birdcl6`), one
// run of the program a command: `-r` makes BIRD itself refuse changes, `-v` keeps the reply codes that it strips otherwise.
// The final 0000 is never printed: that an answer is whole is told by the program's exit status alone.
import { ParseError } from '../../model/parse-error.ts';
import type { ReadingErrorKind } from '../../model/reading.ts';
import { type Bird, BirdError, maxBriefReplyBytes, maxCommandBytes } from './bird-protocol.ts';
import { type ReplyLine, type ReplyReader, replyCode } from './bird-reply.ts';
import { printedErrorCode } from './bird-text.ts';

/** What one run of a program left behind. */
export interface ProgramResult {
  readonly stdout: string;
  readonly stderr: string;
  /** undefined: not told, then the answer may not be whole. */
  readonly exitCode: number | undefined;
}

/** Runs a program with these arguments, no shell between. Rejects with BirdError. */
export type RunProgram = (
  argv: readonly string[],
  signal: AbortSignal,
  maxBytes: number,
) => Promise<ProgramResult>;

export interface BirdclOptions {
  /** Where this is, for messages, e.g. `birdcl in pod calico-system/calico-node-x7k2p`. */
  readonly where: string;
  /** Name or path of the program. */
  readonly program: string;
  /** Control socket, as the program sees it. */
  readonly socket: string;
  readonly run: RunProgram;
  readonly signal: AbortSignal;
  readonly maxReplyBytes: number;
}

const member = String.raw`[0-9a-f.:]{2,39}/\d{1,3}\+?`;

/** The whole list of what is ever asked: places hold prefixes and names that no program takes for anything else. */
const allowed: readonly RegExp[] = [
  /^show status$/,
  /^show protocols all$/,
  new RegExp(
    String.raw`^show route (?:export '[A-Za-z0-9_.:-]{1,64}' )?where net ~ \[${member}(?:,${member})*\] all$`,
  ),
];

/** True for a command of the list. */
export function birdclAllowed(command: string): boolean {
  return command.length <= maxCommandBytes && allowed.some((pattern) => pattern.test(command));
}

/** What the client says when it cannot talk to BIRD. */
const complaints: readonly (readonly [RegExp, ReadingErrorKind, string])[] = [
  [
    /control socket.*: No such file or directory/,
    'not-found',
    'there is no such socket: BIRD is not running',
  ],
  [/control socket.*: Connection refused/, 'refused', 'nobody listens at the socket: BIRD is not running'],
  [/control socket.*: Permission denied/, 'permission', 'the socket may not be opened by this user'],
  [/Connection closed by server/, 'protocol', 'BIRD closed the connection in the middle of an answer'],
  [
    /(?:executable file|command|birdcl6?:) not found|no such file or directory.*bird|not found in \$PATH/i,
    'not-found',
    'there is no such program',
  ],
];

const firstLine = (text: string) => text.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';

function assertWhole({ stdout, stderr, exitCode }: ProgramResult, where: string, command: string): void {
  if (exitCode === 0) return;
  const said = `${stderr}\n${stdout}`;
  const [, kind, why] = complaints.find(([pattern]) => pattern.test(said)) ?? [];
  const doing = `${where}: "${command.slice(0, 60)}"`;
  if (kind !== undefined) throw new BirdError(kind, `${doing}: ${why} (${firstLine(stderr || stdout)})`);
  const status = exitCode === undefined ? 'ended without an exit status' : `ended with status ${exitCode}`;
  throw new BirdError('protocol', `${doing} ${status}: ${firstLine(stderr || stdout)}`.replace(/: $/, ''));
}

/** Reply lines of what the client printed, with their codes where `-v` was understood. */
function* replyLines(stdout: string): Generator<ReplyLine> {
  const texts = stdout.split('\n');
  if (texts.at(-1) === '') texts.pop();
  const verbose = texts[0]?.startsWith('0001 ') === true;
  let code: number | undefined;
  for (const [i, ended] of texts.entries()) {
    const text = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
    // `>>> ` begins an asynchronous message, which is no part of any answer.
    if (text.startsWith('>>> ')) continue;
    const number = i + 1;
    const coded = verbose ? /^(\d{4})[- ](.*)$/.exec(text) : null;
    if (coded) code = Number(coded[1]);
    if (coded) yield { code, text: coded[2] ?? '', number };
    else if (verbose && text.startsWith('     ')) yield { code, text: text.slice(5), number };
    else yield { code: undefined, text, number };
  }
}

const greeting = /^BIRD (\S+) ready\.$/;
const restricted = 'Access restricted';

/** Reads one answer with a reader. Throws BirdError for an error of BIRD's, ParseError as the reader does. */
function readAnswer<T>(stdout: string, where: string, command: string, reader: ReplyReader<T>): T {
  let isRestricted = false;
  for (const line of replyLines(stdout)) {
    const { text, code = printedErrorCode(text) } = line;
    if (!isRestricted && greeting.test(text)) continue;
    if (!isRestricted && text === restricted) {
      isRestricted = true;
      continue;
    }
    if (!isRestricted) break;
    if (code !== undefined && code >= replyCode.firstError && code !== replyCode.lineOverflow)
      throw new BirdError('protocol', `"${command}": BIRD answered ${code} ${text}`, code);
    if (line.code !== replyCode.ok) reader.line(line);
  }
  if (!isRestricted) {
    const what = firstLine(stdout);
    throw new BirdError('protocol', `${where}: what answers is not birdcl, it says "${what}"`);
  }
  return reader.end();
}

function versionOf(stdout: string, where: string): string {
  for (const { text } of replyLines(stdout)) {
    const version = greeting.exec(text)?.[1];
    if (version !== undefined) return version;
  }
  throw new BirdError('protocol', `${where}: what answers is not birdcl, it says "${firstLine(stdout)}"`);
}

/** Asks BIRD who it is. Rejects with BirdError. What it answers to `show status` serves the first question of that too. */
export async function openBirdcl(options: BirdclOptions): Promise<Bird> {
  const { where, program, socket, run, signal, maxReplyBytes } = options;

  const answerTo = async (command: string, most: number): Promise<string> => {
    if (!birdclAllowed(command))
      throw new BirdError('internal', `"${command.slice(0, 60)}" is no command that may be asked`);
    const result = await run([program, '-r', '-v', '-s', socket, ...command.split(' ')], signal, most);
    assertWhole(result, where, command);
    return result.stdout;
  };

  let status: string | undefined = await answerTo('show status', maxBriefReplyBytes);

  const once = async <T>(command: string, reader: ReplyReader<T>, most: number): Promise<T> => {
    const known = command === 'show status' ? status : undefined;
    status = undefined;
    const text = known ?? (await answerTo(command, most));
    try {
      return readAnswer(text, where, command, reader);
    } catch (error) {
      // Deep inside, lines are numbered from the greeting on, as the program prints them.
      if (error instanceof ParseError || error instanceof BirdError) throw error;
      throw new BirdError('internal', `${where}: ${String(error)}`);
    }
  };

  return {
    version: versionOf(status, where),
    async ask(command, reader, most = maxReplyBytes) {
      try {
        return await once(command, reader(), most);
      } catch (error) {
        if (!(error instanceof BirdError) || error.code !== replyCode.reconfigured) throw error;
        return once(command, reader(), most);
      }
    },
    close: () => undefined,
  };
}
