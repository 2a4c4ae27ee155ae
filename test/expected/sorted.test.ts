import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSorted, listChange, placeOf, placesIn } from '../../src/expected/sorted.ts';

const compare = (x: number, y: number) => x - y;
const numbers = fc.uniqueArray(fc.nat(60));
const sorted = numbers.map((list) => list.sort(compare));

describe('sorted lists', () => {
  it('join to one that is sorted, unless they share an item', () => {
    fc.assert(
      fc.property(sorted, sorted, (x, y) => {
        const shared = x.some((item) => y.includes(item));
        expect(joinSorted(x, y, compare)).toEqual(shared ? undefined : [...x, ...y].sort(compare));
      }),
    );
  });

  it('do not join where one has an item twice', () => {
    expect(joinSorted([1, 5], [3, 3], compare)).toBeUndefined();
    expect(joinSorted([], [7, 7], compare)).toBeUndefined();
  });

  it('answer questions in order as they answer each alone', () => {
    fc.assert(
      fc.property(sorted, sorted, (list, questions) => {
        const place = placesIn(list);
        const found = questions.map((wanted) => place((item) => compare(item, wanted)));
        expect(found).toEqual(questions.map((wanted) => placeOf(list, (item) => compare(item, wanted))));
      }),
    );
  });
});

it('lists in any order differ in what only one of them has, each once', () => {
  fc.assert(
    fc.property(numbers, numbers, (before, after) => {
      const { gone, come } = listChange(before, after);
      expect([...gone].sort(compare)).toEqual(before.filter((item) => !after.includes(item)).sort(compare));
      expect([...come].sort(compare)).toEqual(after.filter((item) => !before.includes(item)).sort(compare));
    }),
  );
});
