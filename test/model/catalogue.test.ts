// The catalogue is whole and readable: every check and cause has its sentences, and every template its values.
import { describe, expect, it } from 'vitest';
import { causeTexts, clauseOf } from '../../src/model/catalogue/causes.ts';
import { checkTexts } from '../../src/model/catalogue/checks.ts';
import { fill } from '../../src/model/catalogue/entry.ts';

describe('catalogue', () => {
  it.each(Object.entries(causeTexts))(
    'cause %s says what it means, who notices and what to do',
    (_, entry) => {
      expect(entry.meaning).toMatch(/^[A-Z].+\.$/);
      expect(entry.users).toMatch(/^[A-Z].+\.$/);
      expect(`${entry.calico}${entry.network}`).not.toBe('');
      for (const advice of [entry.calico, entry.network]) expect(advice).toMatch(/^$|\S[.?]$/);
      // A clause finishes a sentence: no full stop of its own.
      expect(entry.sentence).not.toMatch(/\.$/);
    },
  );

  it.each(Object.entries(checkTexts))('check %s says what it looks for', (_, entry) => {
    for (const text of [entry.meaning, entry.users, entry.advice]) expect(text).toMatch(/^[A-Z].+\.$/);
  });

  it('fills templates', () => {
    expect(clauseOf('bird-down', { node: 'node3' })).toBe('BIRD on node3 is not running');
    expect(fill('{a} and {b} and {a}', { a: 1, b: 'x' })).toBe('1 and x and 1');
  });
});
