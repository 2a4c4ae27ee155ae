// Saved BIRD output cut into the answers it holds, for `parse --bird FILE`: raw control-socket replies with their codes,
// what birdc and birdcl print (codes stripped), transcripts with `>>> command`, `bird> command` or a shell prompt before
// a birdc command, several of these after each other. What belongs to no answer is counted, not dropped in silence.
import { ParseError, snippet } from '../../model/parse-error.ts';
import { cleanLines, type Line } from '../switches/cli-capture.ts';
import { looksLikeProtocols } from './bird-protocols.ts';
import { type ReplyLine, replyCode } from './bird-reply.ts';
import { looksLikeRouteCount, looksLikeRoutes } from './bird-routes.ts';
import { calicoctlLines, looksLikeCalicoctl } from './calicoctl-status.ts';

type AnswerKind = 'status' | 'protocols' | 'routes' | 'count' | 'calicoctl' | 'other';

/** One answer in the text. */
export interface Answer {
  /** The command it answers, where the text shows it. */
  readonly command: string | undefined;
  readonly kind: AnswerKind;
  readonly lines: readonly ReplyLine[];
  /** The error BIRD ended it with. */
  readonly error: ReplyLine | undefined;
  /** False for a raw reply without its last line: the text was cut. */
  readonly complete: boolean;
  readonly line: number;
}

export interface CutText {
  readonly answers: readonly Answer[];
  /** Lines that belong to no answer, and the first of them. */
  readonly unread: number;
  readonly firstUnread: { readonly text: string; readonly line: number } | undefined;
  /** Line where the text says itself that it leaves something out. */
  readonly excerptAt: number | undefined;
}

interface OpenAnswer {
  command: string | undefined;
  lines: ReplyLine[];
  error: ReplyLine | undefined;
  raw: boolean;
  complete: boolean;
  kind: AnswerKind | undefined;
  line: number;
}

const commandKinds: readonly (readonly [RegExp, AnswerKind])[] = [
  [/^show\s+status\b/, 'status'],
  [/^show\s+protocols?\b/, 'protocols'],
  [/^show\s+route\b.*\bcount\b/, 'count'],
  [/^show\s+route\b/, 'routes'],
];

const codeKinds: readonly (readonly [readonly number[], AnswerKind])[] = [
  [[1000, 1011, 13], 'status'],
  [[replyCode.protocolHeading, replyCode.protocol, replyCode.protocolDetail], 'protocols'],
  [[replyCode.route, replyCode.routeType, replyCode.routeAttributes], 'routes'],
  [[replyCode.routeCount], 'count'],
];

/** The kind that a line's look alone tells; undefined for lines that stand in several kinds or none. */
function kindOfText(text: string): AnswerKind | undefined {
  if (looksLikeProtocols(text)) return 'protocols';
  if (looksLikeRoutes(text)) return 'routes';
  if (looksLikeRouteCount(text)) return 'count';
  if (looksLikeCalicoctl(text)) return 'calicoctl';
  if (/^BIRD \S+$/.test(text)) return 'status';
  return undefined;
}

const byCommand = (command: string) =>
  commandKinds.find(([pattern]) => pattern.test(command))?.[1] ?? 'other';
const byCode = (code: number) => codeKinds.find(([codes]) => codes.includes(code))?.[1];

// BIRD prints at most 512 bytes a line; the patterns here are not made for endless ones.
const maxLine = 8192;
// Error replies whose code birdc has stripped, with the code they had.
const printedErrors: readonly (readonly [RegExp, number])[] = [
  [/^Network not (?:in table|found)$/, replyCode.notInTable],
  [/^Stopped due to reconfiguration$/, replyCode.reconfigured],
  [/^Protocol is down$/, replyCode.protocolDown],
  [
    /^(?:syntax error\b.*|\S+ is not a protocol|No valid tables|No protocols match|Access denied|No such command\. Press `\?' for help\.)$/,
    9001,
  ],
];
/** The code that an error reply had whose code birdc has stripped; undefined for a line that is none. */
export function printedErrorCode(text: string): number | undefined {
  return printedErrors.find(([pattern]) => pattern.test(text))?.[1];
}

const greeting = /^(?:<<< .*|(?:0001 )?BIRD \S+ ready\.)$/;
const noise = /^(?:(?:0016 )?Access restricted|Defaulted container .*|BIRD client .*)$/;
// What people and pagers write where they left lines out.
const ellipsis =
  /^\s*(?:\.{3,}|…|[[<(]\s*(?:\.{3}|…|snip\w*|cut|truncated|omitted|output omitted)\s*[\])>]|-*\s*(?:snip|truncated|output omitted)\s*-*)\s*$/i;
const shell = /^(?:\S+@\S+|\[[^\]]*\]|[\w./~-]*)?\s*[#$]\s+(.*)$/;

/** The command of a prompt line, '' for a prompt without one; undefined for other lines. */
function promptCommand(text: string): string | undefined {
  const typed = /^(?:>>>|bird>)\s*(.*)$/.exec(text)?.[1];
  if (typed !== undefined) return typed.trim();
  const shelled = shell.exec(text)?.[1];
  if (shelled === undefined) return undefined;
  return /\bbird(?:cl?|cl?6)\b.*?\b(show\s.*)$/.exec(shelled)?.[1]?.trim() ?? '';
}

/** The lines of a text; of a recorded terminal, as a person saw them. */
function linesOf(text: string): Line[] {
  if (/[\x1b\b]/.test(text)) return cleanLines(text);
  return text.split('\n').map((line, i) => ({
    text: line.endsWith('\r') ? line.slice(0, -1) : line,
    number: i + 1,
  }));
}

/** Cuts a text into answers. Throws ParseError for a line inside a raw reply that is none of it. */
export function cutText(text: string, source: string): CutText {
  const answers: Answer[] = [];
  let unread = 0;
  let firstUnread: CutText['firstUnread'];
  let excerptAt: number | undefined;
  let open: OpenAnswer | undefined;

  function close(): void {
    if (open && (open.lines.length > 0 || open.error || open.complete)) {
      const { raw, complete, kind = 'other', ...rest } = open;
      answers.push({ ...rest, kind, complete: complete || !raw });
    }
    open = undefined;
  }

  function begin(line: number, command?: string): OpenAnswer {
    close();
    const kind = command === undefined ? undefined : byCommand(command);
    open = { command, lines: [], error: undefined, raw: false, complete: false, kind, line };
    return open;
  }

  function rawLine(code: number, last: boolean, body: string, number: number): void {
    const answer = open && (open.raw || open.lines.length === 0 || last) ? open : begin(number);
    answer.raw = true;
    answer.kind ??= byCode(code);
    const line = { code, text: body, number };
    if (!last) {
      answer.lines.push(line);
      return;
    }
    if (code >= replyCode.firstError) answer.error = line;
    else if (body !== '') answer.lines.push(line);
    answer.complete = true;
    close();
  }

  function plainLine(raw: string, number: number): void {
    if (noise.test(raw)) return;
    if (ellipsis.test(raw)) {
      excerptAt ??= number;
      return;
    }
    const kind = kindOfText(raw);
    const errorCode = open ? printedErrorCode(raw) : undefined;
    if (open && errorCode !== undefined) {
      open.error = { code: errorCode, text: raw, number };
      close();
    } else if (
      open &&
      !open.raw &&
      (kind === undefined || kind === open.kind || open.command !== undefined)
    ) {
      open.lines.push({ code: undefined, text: raw, number });
    } else if (kind !== undefined) {
      const answer = begin(number);
      answer.kind = kind;
      answer.lines.push({ code: undefined, text: raw, number });
    } else if (raw.trim() !== '') {
      unread++;
      firstUnread ??= { text: raw, line: number };
    }
  }

  function line(raw: string, number: number): void {
    if (raw.length > maxLine) throw new ParseError(source, `longer than any line of BIRD's`, number);
    const command = promptCommand(raw);
    // The blank behind a last line's code is often lost on the way; other codes without a separator were cut.
    const coded = /^(?:(\d{4})([- ])(.*)|(0000|[89]\d{3}))$/.exec(raw);
    if (greeting.test(raw)) {
      // birdcl greets after the command that started it, and that command is what is answered.
      if (!open || open.lines.length > 0) close();
    } else if (command !== undefined) {
      if (command === '') close();
      else begin(number, command);
    } else if (coded) rawLine(Number(coded[1] ?? coded[4]), coded[2] !== '-', coded[3] ?? '', number);
    else if (!open?.raw) plainLine(raw, number);
    else if (raw === '' || raw.startsWith(' ')) {
      const code = open.lines.at(-1)?.code;
      open.lines.push({ code, text: raw.slice(1), number });
    } else if (!raw.startsWith('+')) {
      if (open.kind !== 'status')
        throw new ParseError(source, `${snippet(raw)} is no line of a reply`, number);
      close();
      plainLine(raw, number);
    }
  }

  for (const { text: whole, number } of linesOf(text)) {
    const lines = calicoctlLines(whole);
    for (const raw of lines) line(raw, number);
    // Where the line ends within were lost, the next line is something else.
    if (lines.length > 1) close();
  }
  close();
  return { answers, unread, firstUnread, excerptAt };
}
