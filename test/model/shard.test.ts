// Shards: every device has exactly one, they are about even, and another number moves few.
import { describe, expect, it } from 'vitest';
import { isOwn, parseShard, shardOf } from '../../src/model/shard.ts';

const names = Array.from({ length: 5000 }, (_, i) => `node${i}.rack${i % 40}.example`);

describe('shards', () => {
  it('are written INDEX/COUNT, from 0', () => {
    expect(parseShard('0/1')).toEqual({ index: 0, count: 1 });
    expect(parseShard('2/3')).toEqual({ index: 2, count: 3 });
    for (const text of ['3/3', '0/0', '1', '-1/3', '1/3 ', '0/1001', '1.0/3', '/3', '0/']) {
      expect(parseShard(text), text).toBeUndefined();
    }
  });

  it('give every device to exactly one', () => {
    for (const name of names.slice(0, 300)) {
      const owners = [0, 1, 2, 3, 4].filter((index) => isOwn({ index, count: 5 }, name));
      expect(owners).toHaveLength(1);
    }
    expect(isOwn(undefined, 'leaf01')).toBe(true);
  });

  it('are about even', () => {
    const counts = [0, 0, 0, 0];
    for (const name of names) counts[shardOf(name, 4)] = (counts[shardOf(name, 4)] ?? 0) + 1;
    // 1250 each, with a standard deviation of 31: five of them.
    for (const count of counts) expect(Math.abs(count - 1250)).toBeLessThan(155);
  });

  it('move only to a shard that is added', () => {
    const moved = names.filter((name) => shardOf(name, 4) !== shardOf(name, 5));
    expect(moved.every((name) => shardOf(name, 5) === 4)).toBe(true);
    expect(Math.abs(moved.length - 1000)).toBeLessThan(145);
  });
});
