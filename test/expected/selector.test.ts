// Selectors: Calico's own table, precedence and errors written out by hand, and a property against a second evaluator.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Labels, parseSelector } from '../../src/expected/selector.ts';
import { SelectorError } from '../../src/expected/selector-tokens.ts';
import { because } from '../because.ts';

const file = resolve(import.meta.dirname, '../../../shared/conformance/selectors.json');

interface Table {
  readonly match: readonly {
    readonly selector: string;
    readonly matches: readonly Labels[];
    readonly nonMatches: readonly Labels[];
  }[];
  readonly bad: readonly string[];
}

describe.skipIf(!existsSync(file))(
  because(!existsSync(file), "Calico's table of selectors", 'needs ../shared/conformance/selectors.json'),
  () => {
    const table: Table = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { match: [], bad: [] };

    it('has rows', () => expect(table.match.length).toBeGreaterThan(20));

    it.each(table.match)('$selector', ({ selector, matches, nonMatches }) => {
      const parsed = parseSelector(selector);
      for (const labels of matches) expect([labels, parsed.matches(labels)]).toEqual([labels, true]);
      for (const labels of nonMatches) expect([labels, parsed.matches(labels)]).toEqual([labels, false]);
    });

    it.each(table.bad)('refuses %s', (selector) => {
      expect(() => parseSelector(selector)).toThrow(SelectorError);
    });
  },
);

describe('parseSelector', () => {
  it.each<[string, Labels, boolean]>([
    ["a == '1' || b == '2' && c == '3'", { a: '1' }, true],
    ["(a == '1' || b == '2') && c == '3'", { a: '1' }, false],
    ["a == '1' && b == '2' || c == '3'", { c: '3' }, true],
    ["!a == '1' && b == '2'", { a: '2', b: '2' }, true],
    ["!(a == '1' || b == '2')", { b: '2' }, false],
    ["!!a == '1'", { a: '1' }, true],
    ["a != '1'", {}, true],
    ["a not in {'1'}", {}, true],
    ['a in {}', { a: '1' }, false],
    ["a in {'1',}", { a: '1' }, true],
    ["a notin{'1'}", { a: '2' }, true],
    ["a startswith'x'", { a: 'xy' }, true],
    ['a endswith "y"', { a: 'xy' }, true],
    ["contains contains 'x'", { contains: 'yxy' }, true],
    ["in in {'x'}", { in: 'x' }, true],
    ['has(in)', { in: '' }, true],
    ['has(\tkubernetes.io/host-name_1 )', { 'kubernetes.io/host-name_1': 'x' }, true],
    ["has == 'x'", { has: 'x' }, true],
    ["a == 'all()'", { a: 'all()' }, true],
    ['', {}, true],
    [' \t', {}, true],
    ['has(constructor)', {}, false],
  ])('%s on %o is %s', (selector, labels, expected) => {
    expect(parseSelector(selector).matches(labels)).toBe(expected);
  });

  it.each([
    ["a == 'x", 'a string without its end at character 6'],
    ['a == b', 'expected a string in quotes but found b at character 6'],
    ["a inf {'x'}", 'unexpected characters at character 3'],
    ["a\n== 'x'", 'unexpected characters at character 2'],
    ['has (a)', 'expected an operator after label has but found ( at character 5'],
    ["a == 'x' b == 'y'", 'expected "&&", "||" or the end but found b at character 10'],
    ["a in {'x' 'y'}", 'expected a string in quotes or "}" but found y at character 11'],
    ['(', 'but found the end at character 2'],
    ['all() &&', 'but found the end at character 9'],
    [`${'a'.repeat(513)} == 'x'`, 'unexpected characters at character 513'],
    [`${'('.repeat(5000)}all()${')'.repeat(5000)}`, 'more than 200 nested parentheses'],
  ])('refuses %j', (selector, message) => {
    expect(() => parseSelector(selector)).toThrow(message);
  });

  it('agrees with an evaluator that walks the tree a selector was printed from', () => {
    type Tree =
      | { readonly op: 'and' | 'or'; readonly parts: readonly Tree[] }
      | { readonly op: 'not'; readonly part: Tree }
      | { readonly op: 'leaf'; readonly text: string; readonly holds: (labels: Labels) => boolean };
    const label = fc.constantFrom('a', 'b', 'in', 'x.y/z-0_1');
    const value = fc.constantFrom('', '1', 'two', "it's", 'a b');
    const quote = (text: string) => (text.includes("'") ? `"${text}"` : `'${text}'`);
    const leaf = fc
      .tuple(label, fc.uniqueArray(value, { maxLength: 3 }), value, fc.nat(8))
      .map(([l, set, v, i]): Tree => {
        const list = `{${set.map(quote).join(' , ')}}`;
        const leaves: readonly [string, (labels: Labels) => boolean][] = [
          [`${l} == ${quote(v)}`, (x) => x[l] === v],
          [`${l}!=${quote(v)}`, (x) => x[l] !== v],
          [`${l} contains ${quote(v)}`, (x) => x[l]?.includes(v) === true],
          [`${l} starts with ${quote(v)}`, (x) => x[l]?.slice(0, v.length) === v],
          [`${l} ends with ${quote(v)}`, (x) => x[l] !== undefined && new RegExp(`${v}$`).test(x[l])],
          [`${l} in ${list}`, (x) => set.some((item) => item === x[l])],
          [`${l} not in ${list}`, (x) => !set.some((item) => item === x[l])],
          [`has(${l})`, (x) => l in x],
          ['all()', () => true],
        ];
        const [text, holds] = leaves[i] ?? ['all()', () => true];
        return { op: 'leaf', text, holds };
      });
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((parts): Tree => ({ op: 'and', parts })),
        fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((parts): Tree => ({ op: 'or', parts })),
        tie('tree').map((part): Tree => ({ op: 'not', part })),
      ),
    }));
    // Parentheses only where the grammar needs them: || inside of && and !, && inside of !.
    const print = (t: Tree, inside: 'or' | 'and' | 'not'): string => {
      if (t.op === 'leaf') return t.text;
      if (t.op === 'not') return `!${print(t.part, 'not')}`;
      const text = t.parts.map((part) => print(part, t.op)).join(t.op === 'and' ? ' && ' : '||');
      return inside === 'not' || (inside === 'and' && t.op === 'or') ? `( ${text})` : text;
    };
    const evaluate = (t: Tree, labels: Labels): boolean => {
      if (t.op === 'leaf') return t.holds(labels);
      if (t.op === 'not') return !evaluate(t.part, labels);
      const results = t.parts.map((part) => evaluate(part, labels));
      return t.op === 'and' ? !results.includes(false) : results.includes(true);
    };
    fc.assert(
      fc.property(tree, fc.dictionary(label, value), (t, labels) => {
        expect(parseSelector(print(t, 'or')).matches(labels)).toBe(evaluate(t, labels));
      }),
      { numRuns: 2000 },
    );
  });

  it('throws nothing but SelectorError, whatever the text', () => {
    const pieces = fc.constantFrom(
      'a',
      "'x'",
      '==',
      '!=',
      '!',
      '&&',
      '||',
      '(',
      ')',
      '{',
      '}',
      ',',
      'in',
      'has(a)',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((list) => list.join(' ')),
        ),
        (text) => {
          try {
            parseSelector(text).matches({ a: 'x' });
          } catch (error) {
            expect(error).toBeInstanceOf(SelectorError);
          }
        },
      ),
    );
  });
});
