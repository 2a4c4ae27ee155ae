// The bounded walk against a table in memory: any bounds give exactly the rows between them, and every way of an agent to
// misbehave ends the walk with a reason instead of a shorter list.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SnmpError } from '../../src/transport/snmp-error.ts';
import { compareOids, type Oid, type SnmpVarbind } from '../../src/transport/snmp-value.ts';
import { type GetBulk, walkColumn } from '../../src/transport/snmp-walk.ts';

const column: Oid = [1, 3, 6, 1, 9];
const cell = (oid: Oid): SnmpVarbind => ({ oid, value: { type: 'integer', value: 1 } });
const end: SnmpVarbind = { oid: [], value: { type: 'absent', reason: 'endOfMibView' } };

function tableOf(indexes: readonly Oid[], beyond: readonly Oid[] = [[1, 3, 6, 1, 10, 1]]): GetBulk {
  const oids = [...indexes.map((index) => [...column, ...index]), ...beyond].sort(compareOids);
  return async (oid, repetitions) => {
    const rows = oids.filter((row) => compareOids(row, oid) > 0).slice(0, repetitions);
    return rows.length === 0 ? [end] : rows.map(cell);
  };
}

async function walk(
  getBulk: GetBulk,
  options: { from?: Oid; to?: Oid; maxRows?: number; maxRepetitions?: number } = {},
) {
  const rows: Oid[] = [];
  const ending = await walkColumn(
    getBulk,
    column,
    { maxRepetitions: 3, maxRows: 1000, ...options },
    (index) => rows.push(index),
  );
  return { rows, ending };
}

describe('walkColumn', () => {
  it('gives the whole column and stops at the next one', async () => {
    const { rows, ending } = await walk(tableOf([[1], [2], [3, 4]]));
    expect(rows).toEqual([[1], [2], [3, 4]]);
    expect(ending).toEqual({ whole: true, rows: 3 });
  });

  it('stops at the end of the view', async () => {
    expect((await walk(tableOf([[1]], []))).ending).toEqual({ whole: true, rows: 1 });
    expect((await walk(tableOf([], []))).ending).toEqual({ whole: true, rows: 0 });
  });

  it('gives exactly the rows between its bounds', async () => {
    const octet = fc.integer({ min: 0, max: 3 });
    const index = fc.array(octet, { minLength: 2, maxLength: 4 });
    const bound = fc.array(octet, { minLength: 1, maxLength: 3 });
    const table = fc.uniqueArray(index, { maxLength: 40, selector: String });
    const repetitions = fc.integer({ min: 1, max: 8 });
    await fc.assert(
      fc.asyncProperty(table, bound, bound, repetitions, async (indexes, from, to, maxRepetitions) => {
        const { rows } = await walk(tableOf(indexes), { from, to, maxRepetitions });
        const wanted = indexes
          .toSorted(compareOids)
          .filter((row) => compareOids(row, from) > 0 && compareOids(row.slice(0, to.length), to) <= 0);
        expect(rows).toEqual(wanted);
      }),
    );
  });

  it('asks no further than its bound', async () => {
    const asked: Oid[] = [];
    const table = tableOf(Array.from({ length: 100 }, (_, i) => [i]));
    await walk(
      async (oid, n) => {
        asked.push(oid);
        return table(oid, n);
      },
      { from: [40], to: [44] },
    );
    expect(asked).toEqual([
      [...column, 40],
      [...column, 43],
    ]);
  });

  it('says so when it reaches the row limit, and only then', async () => {
    const table = tableOf([[1], [2], [3]]);
    expect((await walk(table, { maxRows: 3 })).ending).toEqual({ whole: true, rows: 3 });
    const { rows, ending } = await walk(table, { maxRows: 2 });
    expect(rows).toEqual([[1], [2]]);
    expect(ending).toMatchObject({ whole: false, reason: expect.stringContaining('2 rows') });
  });

  it('ends at an agent that goes round in circles', async () => {
    let calls = 0;
    const { ending } = await walk(async () => {
      calls++;
      return [cell([...column, 1]), cell([...column, 2])];
    });
    expect(calls).toBe(2);
    expect(ending).toMatchObject({
      whole: false,
      rows: 2,
      reason: expect.stringContaining('do not increase'),
    });
  });

  it('ends at an empty answer', async () => {
    expect((await walk(async () => [])).ending).toMatchObject({ whole: false });
  });

  it('passes over a row that went away meanwhile', async () => {
    const answers = [
      [
        cell([...column, 1]),
        { oid: [...column, 2], value: { type: 'absent', reason: 'noSuchInstance' } } as const,
      ],
      [cell([...column, 3]), end],
    ];
    const { rows, ending } = await walk(async () => answers.shift() ?? []);
    expect(rows).toEqual([[1], [3]]);
    expect(ending.whole).toBe(true);
  });

  it('halves the repetitions where the agent says tooBig', async () => {
    const table = tableOf([[1], [2], [3], [4], [5]]);
    const asked: number[] = [];
    const { rows } = await walk(
      async (oid, n) => {
        asked.push(n);
        if (n > 2) throw new SnmpError('protocol', 'too big', 'tooBig');
        return table(oid, n);
      },
      { maxRepetitions: 20 },
    );
    // It begins with ten, whatever may be asked for at most, and does not grow again behind a refusal.
    expect(asked).toEqual([10, 5, 2, 2, 2]);
    expect(rows).toHaveLength(5);
  });

  it('asks for more with every good answer, up to the most it may', async () => {
    const table = tableOf(Array.from({ length: 120 }, (_, i) => [i]));
    const asked: number[] = [];
    await walk(
      async (oid, n) => {
        asked.push(n);
        return table(oid, n);
      },
      { maxRepetitions: 35 },
    );
    expect(asked.slice(0, 4)).toEqual([10, 20, 35, 35]);
  });

  it('keeps what it has read when the agent falls silent, and says why it is not all', async () => {
    const table = tableOf(Array.from({ length: 40 }, (_, i) => [i]));
    const { rows, ending } = await walk(
      async (oid, n) => {
        if (compareOids(oid, [...column, 8]) >= 0) throw new SnmpError('timeout', 'no answer');
        return table(oid, n);
      },
      { maxRepetitions: 3 },
    );
    expect(rows).toHaveLength(9);
    expect(ending).toMatchObject({
      whole: false,
      rows: 9,
      reason: 'the walk stopped after 9 rows: no answer',
      error: { kind: 'timeout' },
    });
  });

  it('names the OIDs of an agent that goes round in circles', async () => {
    const { ending } = await walk(async () => [cell([...column, 5]), cell([...column, 4])]);
    expect(ending).toMatchObject({
      whole: false,
      reason: expect.stringContaining('(1.3.6.1.9.4 comes behind 1.3.6.1.9.5)'),
    });
  });

  it('ends where its owner has enough', async () => {
    const table = tableOf(Array.from({ length: 40 }, (_, i) => [i]));
    let seen = 0;
    const ending = await walkColumn(
      table,
      column,
      { maxRepetitions: 3, maxRows: 1000, enough: () => ++seen === 5 },
      () => {},
    );
    expect(ending).toMatchObject({ whole: false, rows: 5, enough: true });
  });

  it('fails when even one row is too big', async () => {
    const refuse: GetBulk = async () => {
      throw new SnmpError('protocol', 'too big', 'tooBig');
    };
    await expect(walk(refuse)).rejects.toMatchObject({ status: 'tooBig' });
  });

  it('fails on a timeout: rows so far are not the table', async () => {
    const silent: GetBulk = async () => {
      throw new SnmpError('timeout', 'no answer');
    };
    await expect(walk(silent)).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('tries smaller answers when large ones get lost on the way', async () => {
    const table = tableOf(Array.from({ length: 30 }, (_, i) => [i]));
    let answered = false;
    const { rows, ending } = await walk(
      async (oid, n) => {
        if (answered && n > 4) throw new SnmpError('timeout', 'lost');
        answered = true;
        return table(oid, n);
      },
      { maxRepetitions: 16 },
    );
    expect(ending).toEqual({ whole: true, rows: 30 });
    expect(rows).toHaveLength(30);
  });
});
