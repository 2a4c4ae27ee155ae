// Turns a saved or live answer of a Cisco-like CLI (NX-OS, IOS, IOS-XE, IOS-XR, Arista EOS) into plain numbered lines: terminal
// codes, pager remnants, prompts, the device's clock and log messages go; tabs become blanks; an echoed command is kept
// apart, since it says more about the lines below it than the name of a file. Follows ECMA-48 for the codes.

export interface Line {
  /** Without trailing blanks. */
  readonly text: string;
  /** 1-based, in the answer as given. */
  readonly number: number;
}

/** The lines that stand below one echoed command; `command` is absent before the first echo. */
export interface Answer {
  readonly command: string | undefined;
  readonly lines: readonly Line[];
  /** The device's clock stood above the answer (IOS-XR, `terminal exec prompt timestamp`): it did answer. */
  readonly dated: boolean;
}

const escapes = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])/g;

/** Carries out backspaces, carriage returns and tabs of one line. */
function rendered(raw: string): string {
  const text = raw.replace(escapes, '').replace(/\r+$/, '');
  if (!/[\b\r\t]/.test(text)) return text.replace(/[\x00-\x1f\x7f]/g, '');
  const chars: string[] = [];
  let column = 0;
  for (const char of text) {
    if (char === '\r') column = 0;
    else if (char === '\b') column = Math.max(0, column - 1);
    else if (char === '\t') {
      for (const end = column + 8 - (column % 8); column < end; column++) chars[column] ??= ' ';
    } else if (char >= ' ' && char !== '\x7f') {
      while (chars.length < column) chars.push(' ');
      chars[column++] = char;
    }
  }
  return chars.join('');
}

/** ` --More-- ` and the eight blanks IOS wipes it with, where the backspaces were lost. */
const pager = /^\s?(?:-{2,} ?\(?more\)? ?-*(?:\(\d+%\)-*)?|<-+ ?more ?-+>)(?: {8})? ?/i;
const prompt = /^\s*(?:[\w.@:/~[\]()-]{0,80}[#>]\s*)((?:do\s+)?sh(?:o|ow)?\s.*|ter\w*\s.*|exit|quit|end|)$/;
const bareEcho = /^\s*((?:do\s+)?show?\s+(?:ip|ipv[46]|bgp|route|vrf)\b.*)$/;
const weekday = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const clock = new RegExp(`^\\s*${weekday} ${month} +\\d+ \\d+:\\d\\d:\\d\\d[.\\d]*(?: .*)?$`);
const noise = [
  /^\s*Load for five secs:/,
  /^\s*Time source is /,
  // Log messages: `*Mar  1 00:01:02.003: %BGP-5-ADJCHANGE: …`, `2024 Mar 1 00:01:02 leaf1 %BGP-5-…`.
  /%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+\s?:/,
  /^\s*\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d.*\+\+\+/,
];

/** Blanks that every line below an echo has in front, as in an indented paste. */
function undented(lines: readonly Line[]): Line[] {
  const indents = lines.filter(({ text }) => text !== '').map(({ text }) => text.search(/\S/));
  const least = Math.min(...indents, 120);
  return lines.map(({ text, number }) => ({ text: text.slice(least), number }));
}

/** Cuts an answer at its echoed commands. There is always at least one part. */
export function answersOf(output: string): Answer[] {
  const parts: { command: string | undefined; lines: Line[]; dated: boolean }[] = [
    { command: undefined, lines: [], dated: false },
  ];
  for (const [i, raw] of output.replaceAll('\r\n', '\n').split('\n').entries()) {
    const text = rendered(raw).replace(pager, '').trimEnd();
    const part = parts.at(-1);
    if (!part || noise.some((pattern) => pattern.test(text))) continue;
    const echo = prompt.exec(text) ?? bareEcho.exec(text);
    if (clock.test(text)) part.dated = true;
    else if (!echo) part.lines.push({ text, number: i + 1 });
    else if (/^(?:do\s+)?sh/.test(echo[1] ?? '')) {
      parts.push({ command: echo[1]?.replace(/^do\s+/, '').trim(), lines: [], dated: part.dated });
    }
  }
  const said = parts.filter(({ lines }) => lines.some(({ text }) => text !== ''));
  const kept = said.length > 0 ? said : parts.slice(-1);
  return kept.map((part) => ({ ...part, lines: undented(part.lines) }));
}
