// Columns, wrapping and what must never reach a terminal.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, printable, wrap } from '../../src/cli/table.ts';
import { painter, widthOf, withProgress } from '../../src/cli/terminal.ts';

describe('columns', () => {
  it('aligns', () => {
    expect(
      columns([
        ['A', 'BB', 'C'],
        ['long', 'x', 'the rest of it'],
        ['', '', ''],
      ]),
    ).toEqual(['A     BB  C', 'long  x   the rest of it', '']);
  });

  it('wraps the last column under itself', () => {
    expect(columns([['device', 'one two three four five six seven eight']], 38)).toEqual([
      'device  one two three four five six',
      '        seven eight',
    ]);
  });

  it('takes control characters out: a description from a switch may hold an escape sequence', () => {
    expect(columns([['\x1b[2Jleaf', 'a\u009bb\r\nc\u202ed']])).toEqual(['?[2Jleaf  a?b  c?d']);
  });

  it('never wraps wider than asked, loses no word, and prints nothing unprintable', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (text, width) => {
        const lines = wrap(printable(text), width);
        for (const line of lines) expect(line.length <= width || !line.trim().includes(' ')).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(printable(text).replaceAll(' ', ''));
        expect(printable(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }),
    );
  });
});

describe('terminals', () => {
  const off = { on: new Set<string>() };
  const output = { write() {}, isTTY: true, columns: 90 };
  it('colours terminals only, and never with NO_COLOR', () => {
    expect(painter(off, { stdout: output, env: {} })('red', 'x')).toBe('\x1b[31mx\x1b[39m');
    expect(painter(off, { stdout: output, env: { NO_COLOR: '1' } })('red', 'x')).toBe('x');
    expect(painter(off, { stdout: output, env: { TERM: 'dumb' } })('red', 'x')).toBe('x');
    expect(painter(off, { stdout: { write() {} }, env: {} })('red', 'x')).toBe('x');
    expect(painter({ on: new Set(['no-color']) }, { stdout: output, env: {} })('red', 'x')).toBe('x');
  });

  it('shows progress in one line that fits, at most ten times a second, and takes it away', async () => {
    let err = '';
    let now = 0;
    const stderr = { write: (text: string) => (err += text), isTTY: true, columns: 20 };
    const work = async (show: (text: string) => void) => {
      show('too soon');
      now += 100;
      show(`asked 3 of 9\x1b[2J devices, waiting for leaf01`);
      return 'done';
    };
    expect(await withProgress({ stderr, now: () => now }, 'asking', work)).toBe('done');
    // 17 of 20 columns for text: the rest is for the ellipsis and the cursor.
    expect(err).toBe('\r\x1b[Kasking …\r\x1b[Kasked 3 of 9?[2J  …\r\x1b[K');
    err = '';
    await withProgress({ stderr: { ...stderr, isTTY: false }, now: () => now }, 'asking', work);
    expect(err).toBe('');
  });

  it('knows the width of terminals only', () => {
    expect(widthOf(output)).toBe(90);
    expect(widthOf({ write() {}, isTTY: false, columns: 90 })).toBeUndefined();
    // A terminal that nobody gave a size.
    expect(widthOf({ write() {}, isTTY: true, columns: 0 })).toBe(80);
  });
});
