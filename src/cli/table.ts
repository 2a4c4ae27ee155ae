// Text in columns for terminals and pipes: every column as wide as its longest cell, the last one wrapped to the
// terminal, or left in one line where a pipe reads it (so that grep finds whole findings). Text from devices may hold
// control characters; none of them reaches the terminal.

/** Text without control characters: what a device sends must not drive the terminal that shows it. */
export function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/g, (sign) =>
    /[\n\r\t]/.test(sign) ? ' ' : '?',
  );
}

/** Cuts text into lines of at most `width` characters, between words where possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

const gap = '  ';
const narrowest = 30;

/** Rows as aligned lines; with a `width` the last column is wrapped to it. */
export function columns(rows: readonly (readonly string[])[], width?: number): string[] {
  const clean = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of clean) {
    for (const [i, cell] of row.slice(0, -1).entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  const indent = widths.reduce((sum, column) => sum + column + gap.length, 0);
  return clean.flatMap((row) => {
    const head = row
      .slice(0, -1)
      .map((cell, i) => cell.padEnd(widths[i] ?? 0) + gap)
      .join('');
    const last = row.at(-1) ?? '';
    const lines = width === undefined ? [last] : wrap(last, Math.max(narrowest, width - indent));
    return lines.map((line, i) => (i === 0 ? head : ' '.repeat(indent)) + line).map((line) => line.trimEnd());
  });
}
