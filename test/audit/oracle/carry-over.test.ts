// An audit that goes on from the one before says what an audit from nothing says: random fabrics of which some prefixes, routes
// and sessions change from audit to audit. The seed is printed; ORACLE_SEED repeats a run, ORACLE_RUNS makes it longer.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditInput, audit } from '../../../src/audit/audit.ts';
import type { ExpectedPrefix } from '../../../src/model/expectation.ts';
import type { AuditResult } from '../../../src/model/finding.ts';
import { lastGood, success } from '../../../src/model/reading.ts';
import { type RouteRow, RouteTable } from '../../../src/model/route-table.ts';
import type { DeviceSnapshot } from '../../../src/model/snapshot.ts';
import { scenes } from './generate.ts';
import { inputOf } from './readings.ts';

const seed = Number(process.env.ORACLE_SEED ?? Date.now() % 2 ** 31);
const runs = Math.max(1, Math.floor(Number(process.env.ORACLE_RUNS ?? 10_000) * 0.1));
console.log(`carry-over: seed ${seed}`);
/** As long as a busy machine may take. */
const minutes = 10 * 60_000;

/** Something that happens between two audits; numbers choose among what there is. */
type Change = readonly [
  kind: 'none' | 'drop' | 'moved' | 'shared' | 'gone' | 'hop' | 'row' | 'anew' | 'session',
  x: number,
  y: number,
];

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom('none', 'drop', 'moved', 'shared', 'gone', 'hop', 'row', 'anew', 'session'),
  fc.nat(63),
  fc.nat(63),
);

function withPrefixes(
  input: AuditInput,
  alter: (list: readonly ExpectedPrefix[]) => ExpectedPrefix[],
): AuditInput {
  const expected = lastGood(input.expected)?.value;
  if (!expected) throw new Error('no expectation');
  const vantages = [...input.vantages].map(
    ([name, { prefixes }]) => [name, { device: name, prefixes: alter(prefixes) }] as const,
  );
  return {
    ...input,
    expected: success(input.now, { ...expected, prefixes: alter(expected.prefixes) }),
    vantages: new Map(vantages),
  };
}

/** The input with the rows of one device's tables others. */
function withRows(
  input: AuditInput,
  x: number,
  alter: (rows: readonly RouteRow[]) => readonly RouteRow[],
): AuditInput {
  const at = x % input.devices.length;
  const snapshot = input.devices[at] as DeviceSnapshot;
  if (!snapshot.routes.ok) return input;
  const value = snapshot.routes.value.map((view) => ({
    ...view,
    table: RouteTable.of(alter([...view.table.rows()])),
  }));
  return {
    ...input,
    devices: input.devices.with(at, { ...snapshot, routes: success(snapshot.routes.at, value) }),
  };
}

function after(input: AuditInput, [kind, x, y]: Change): AuditInput {
  const nodes = input.devices.filter(({ device }) => device.role === 'node');
  switch (kind) {
    case 'none':
      return { ...input };
    case 'drop':
      return withPrefixes(input, (list) => list.toSpliced(y % Math.max(1, list.length), 1));
    case 'moved':
      return withPrefixes(input, (list) =>
        list.map((entry, i) =>
          i === y % list.length ? { ...entry, origins: [nodes[x % nodes.length]?.device.name ?? ''] } : entry,
        ),
      );
    case 'shared':
      return withPrefixes(input, (list) =>
        list.map((entry, i) =>
          i === y % list.length
            ? { ...entry, origins: nodes.slice(0, 2 + (x % 2)).map(({ device }) => device.name) }
            : entry,
        ),
      );
    case 'gone':
      return withRows(input, x, (rows) => rows.filter((_, i) => i !== y % rows.length));
    case 'hop':
      return withRows(input, x, (rows) =>
        rows.map((row, i) =>
          i === y % rows.length ? { ...row, nextHops: [{ address: `192.0.2.${1 + (y % 9)}` }] } : row,
        ),
      );
    case 'row':
      return withRows(input, x, (rows) => [...rows, ...rows.slice(y % Math.max(1, rows.length)).slice(0, 1)]);
    case 'anew':
      return withRows(input, x, (rows) => rows);
    case 'session':
      return {
        ...input,
        devices: input.devices.map((snapshot, i) =>
          i === x % input.devices.length && snapshot.sessions.ok
            ? {
                ...snapshot,
                sessions: success(
                  snapshot.sessions.at,
                  snapshot.sessions.value.map((session, n) =>
                    n === y % 4 ? { ...session, establishedSeconds: y, prefixesReceived: y } : session,
                  ),
                ),
              }
            : snapshot,
        ),
      };
  }
}

/** All that an audit says; evidence too, which is looked up when it is asked for. */
function told({ durationSeconds: _, devices, ...rest }: AuditResult): object {
  return {
    ...rest,
    devices: [...devices.values()].map(({ verdicts, ...device }) => ({
      ...device,
      verdicts: Array.from(verdicts, ({ expected, verdict, evidence, reason }) => ({
        expected,
        verdict,
        evidence,
        reason,
      })),
    })),
  };
}

/** A result that nothing was remembered with: the next audit begins from nothing but what it says. */
const forgotten = (result: AuditResult | undefined) => result && { ...result };

describe('an audit that goes on from the one before', () => {
  it(
    `says what one from nothing says, in ${runs} fabrics that change`,
    () => {
      let carried = 0;
      fc.assert(
        fc.property(
          scenes,
          fc.array(change, { minLength: 1, maxLength: 5 }),
          fc.boolean(),
          (scene, list, isWatching) => {
            let input: AuditInput = { ...inputOf(scene), isWatching };
            let previous = audit(input);
            for (const each of list) {
              input = { ...after(input, each), now: input.now + 1000 };
              const fromNothing = told(audit(input, forgotten(previous)));
              const result = audit(input, previous);
              expect(told(result)).toEqual(fromNothing);
              // What was found before and is said in the same words is the same object: it was not made again.
              carried += result.findings.filter((finding) => previous.findings.includes(finding)).length;
              previous = result;
            }
          },
        ),
        { seed, numRuns: runs },
      );
      expect(carried).toBeGreaterThan(runs / 10);
    },
    minutes,
  );
});
