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
  else if (letter === 'K') line.chars = argument === '2' ? [] : line.chars.slice(0, line.column);
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

/**
 * Takes the echoed command off the front. The echo may be wrapped at the terminal's width, with blanks or line ends put
 * in, and may stand behind a prompt: so it is compared without blanks, line by line.
 */
export function removeEcho(text: string, command: string, prompt: string): string {
  const bare = (part: string) => part.replace(/\s+/g, '');
  const lines = text.split('\n');
  const wanted = [bare(command), bare(prompt) + bare(command)];
  let seen = '';
  for (const [i, line] of lines.entries()) {
    seen += bare(line);
    if (wanted.includes(seen)) return lines.slice(i + 1).join('\n');
    if (!wanted.some((echo) => echo.startsWith(seen))) break;
  }
  return text;
}
