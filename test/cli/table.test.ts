// Columns, wrapping and what must never reach a terminal.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, printable, wrap } from '../../src/cli/table.ts';
import { painter, widthOf } from '../../src/cli/terminal.ts';

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
  const output = { write() {}, isTTY: true, columns: 90 };
  it('colours terminals only, and never with NO_COLOR', () => {
    expect(painter(output, {})('red', 'x')).toBe('\x1b[31mx\x1b[39m');
    expect(painter(output, { NO_COLOR: '1' })('red', 'x')).toBe('x');
    expect(painter(output, { TERM: 'dumb' })('red', 'x')).toBe('x');
    expect(painter({ write() {} }, {})('red', 'x')).toBe('x');
  });

  it('knows the width of terminals only', () => {
    expect(widthOf(output)).toBe(90);
    expect(widthOf({ write() {}, isTTY: false, columns: 90 })).toBeUndefined();
  });
});
