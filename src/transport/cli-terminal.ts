// Turns what a device sends to a terminal into plain lines: carriage returns, backspaces and the few ANSI codes (ECMA-48)
// that pagers use to wipe their prompt are carried out on a line, colours and titles are dropped. Pure.

/** CSI and OSC sequences, other escapes, and single characters. */
const tokens = /\x1b(?:\[([0-9;?]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])|[\s\S]/g;

interface Line {
  chars: string[];
  column: number;
}

function put(line: Line, char: string): void {
  while (line.chars.length < line.column) line.chars.push(' ');
  line.chars[line.column++] = char;
}

function moveBy(line: Line, columns: number): void {
  line.column = Math.min(Math.max(0, line.column + columns), 4096);
}

function control(line: Line, argument: string, letter: string): void {
  const count = Number.parseInt(argument || '1', 10) || 1;
  if (letter === 'D') moveBy(line, -count);
  else if (letter === 'C') moveBy(line, count);
  else if (letter === 'G') moveBy(line, count - 1 - line.column);
  else if (letter === 'K' || letter === 'J')
    line.chars = argument === '2' ? [] : line.chars.slice(0, line.column);
}

function renderLine(raw: string): string {
  if (!/[\x00-\x1f\x7f]/.test(raw)) return raw;
  const line: Line = { chars: [], column: 0 };
  for (const [token, argument, letter] of raw.matchAll(tokens)) {
    if (letter !== undefined) control(line, argument ?? '', letter);
    else if (token === '\r') line.column = 0;
    else if (token === '\b') moveBy(line, -1);
    else if (token === '\t') for (let n = 8 - (line.column % 8); n > 0; n--) put(line, ' ');
    else if (token >= ' ' && token !== '\x7f' && token.length === 1) put(line, token);
  }
  return line.chars.join('').trimEnd();
}

/** The text as a person would see it: one string, lines separated by `\n`. */
export function renderTerminal(raw: string): string {
  return raw.split('\n').map(renderLine).join('\n');
}

const bare = (part: string) => part.replace(/\s+/g, '');

/** How many lines may stand before an echo: what the system's log threw in since the last answer. */
const mostBeforeEcho = 50;

/** A long line that the device scrolled sideways while it was typed (IOS): `leaf01#$ of the command`. */
function isScrolledEcho(line: string, command: string, prompt: string): boolean {
  const start = `${bare(prompt)}$`;
  const rest = bare(line).slice(start.length);
  return bare(line).startsWith(start) && rest.length > 3 && bare(command).endsWith(rest);
}

/** Without the mark for unsaved changes, which comes and goes: SR OS `*A:leaf1#`. */
const unmarked = (text: string) => text.replace(/^[*!~]+/, '');

/** Index of the line behind the echo that begins at line `from`; undefined when none does. */
function echoEnd(
  lines: readonly string[],
  from: number,
  command: string,
  prompt: string,
): number | undefined {
  const wanted = [bare(command), unmarked(bare(prompt)) + bare(command)];
  let seen = '';
  for (let i = from; i < lines.length; i++) {
    const line = lines[i] ?? '';
    seen = unmarked(seen + bare(line));
    if (wanted.includes(seen) || isScrolledEcho(line, command, prompt)) return i + 1;
    if (seen === '' || !wanted.some((echo) => echo.startsWith(seen))) return undefined;
  }
  return undefined;
}

/**
 * Takes the echoed command off the front, with what the device said unasked before it. The echo may be wrapped at the
 * terminal's width, with blanks or line ends put in, and may stand behind a prompt: so it is compared without blanks,
 * line by line. The same text when there is no echo.
 */
export function removeEcho(text: string, command: string, prompt: string): string {
  const lines = text.split('\n', mostBeforeEcho * 2);
  for (let from = 0; from < Math.min(lines.length, mostBeforeEcho); from++) {
    const end = echoEnd(lines, from, command, prompt);
    if (end === undefined) continue;
    const length = lines.slice(0, end).reduce((sum, line) => sum + line.length + 1, 0);
    return text.slice(length);
  }
  return text;
}

/**
 * What of a prompt stays the same while a session lasts: not the mark for unsaved changes (SR OS `*A:leaf1#`, VRP `[*leaf]`)
 * and not a clock.
 */
export function promptCore(line: string): string {
  return line
    .trim()
    .replace(/^[*!~]+/, '')
    .replace(/^([[<])[*~]/, '$1')
    .replace(/\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?/g, '0:0');
}

/** A first line of a prompt of two: Junos `{master:0}`, SR OS `[/]`, SR Linux `--{ running }--[  ]--`. */
const upperPromptLine =
  /(?:^|\n)[ \t]*(?:\{\w+(?::\w+)?\}|\[[^\]\n]{0,60}\]|--\{[^\n]{0,80}\}--\[[^\n]{0,80}\]--)[ \t]*\n$/;

/** The body of an answer: everything before the last line, which holds the prompt, and before that prompt's upper line. */
export function withoutPrompt(text: string): string {
  const body = text.slice(0, text.lastIndexOf('\n') + 1);
  const upper = upperPromptLine.exec(body.slice(-200));
  if (!upper) return body;
  const kept = body.slice(0, body.length - upper[0].length);
  return upper[0].startsWith('\n') ? `${kept}\n` : kept;
}
