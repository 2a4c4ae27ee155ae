// Markdown for tickets: a golden file, and text that must stay in its cell.
import { describe, expect, it } from 'vitest';
import { auditMarkdown, markdownTable, markdownText } from '../../src/cli/markdown.ts';
import { expectGolden } from '../metrics/golden.ts';
import { fabric, troubled } from './sample-fabrics.ts';

/** The cells of a row by the rule of GitHub's tables: a pipe behind a backslash is text. */
const cells = (row: string) => row.split(/(?<!\\)\|/).slice(1, -1);

describe('Markdown', () => {
  it('says the verdict first, then the findings', () => {
    expectGolden('cli-report.md', auditMarkdown(troubled));
  });

  it('is two lines when all is well', () => {
    expect(auditMarkdown(fabric({}))).toBe(
      '# No findings.\n\n3 switches carry 7 of 7 expected prefixes; 24 of 24 session ends up.\n',
    );
  });

  it.each([
    ['a|b', 'a\\|b'],
    ['a\\|b', 'a\\\\\\|b'],
    ['10.0.0.0/8 <script>', '10.0.0.0/8 &lt;script>'],
    ['![x](http://y)', '\\!\\[x\\](http://y)'],
    ['`code` *bold* _under_ ~~gone~~', '\\`code\\` \\*bold\\* \\_under\\_ \\~\\~gone\\~\\~'],
    ['@everyone see #12', '&#64;everyone see \\#12'],
    ['&lt; stays', '&amp;lt; stays'],
    ['two\nlines\x1b[31m', 'two lines?\\[31m'],
  ])('shows %j as it is', (text, shown) => {
    expect(markdownText(text)).toBe(shown);
  });

  it('has as many cells in every row as in its head', () => {
    const rows = [
      ['a|b', '|'],
      ['\\', 'c\nd|'],
    ];
    const [head = '', line = '', ...body] = markdownTable(['one', 'two'], rows);
    expect([head, line, ...body.slice(0, -1)].map((row) => cells(row.replaceAll('\\\\', '')).length)).toEqual(
      [2, 2, 2, 2],
    );
    expect(markdownTable(['one'], [])).toEqual([]);
  });
});
