// The soak's pure half: whether what was sampled is flat or grows, what counts as a flaw, and what is written of it.
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../campaign/judge.ts';
import { topologies } from '../lab/topologies.ts';
import { chosenFor } from './choice.ts';
import { flawsOf, logOf, lost, type Sample, type Soak, samplesOf, trendsOf } from './judge.ts';
import { document, faultTable, summary } from './report.ts';
import { type Point, trendOf } from './trend.ts';

const minute = 60_000;
const began = Date.UTC(2026, 0, 2, 3, 4);

/** A value every ten seconds; the argument is minutes since the start. */
const series = (minutes: number, valueAt: (minute: number) => number): Point[] =>
  Array.from({ length: minutes * 6 + 1 }, (_, i) => ({ at: began + i * 10_000, value: valueAt(i / 6) }));

/** As garbage collection makes it: up and down again, every three minutes. */
const saw = (minutes: number) => 30 * ((minutes % 3) / 3);
/** Noise without a random number. */
const noise = (minutes: number) => 4 * Math.sin(minutes * 37) * Math.cos(minutes * 11);
const allowance = { share: 0.1, least: 15 };

describe('a series', () => {
  it.each<[string, (minutes: number) => number]>([
    ['a constant', () => 120],
    ['a saw with noise', (at) => 120 + saw(at) + noise(at)],
    ['what fills its caches at the start', (at) => 120 + 60 * Math.min(1, at / 15) + saw(at)],
    ['what shrinks', (at) => 200 - at / 2 + saw(at)],
    ['one high peak', (at) => (Math.abs(at - 70) < 2 ? 600 : 120 + noise(at))],
    ['what grows by less than is allowed', (at) => 120 + at / 10 + saw(at)],
  ])('is flat: %s', (_, valueAt) => {
    expect(trendOf(series(120, valueAt), allowance).verdict).toBe('flat');
  });

  it.each<[string, (minutes: number) => number]>([
    ['a leak below a saw', (at) => 120 + at / 4 + saw(at) + noise(at)],
    ['a leak that begins late', (at) => 120 + Math.max(0, at - 40) + saw(at)],
    ['one that goes up in steps', (at) => 120 + 20 * Math.floor(at / 25) + noise(at)],
  ])('grows: %s', (_, valueAt) => {
    const trend = trendOf(series(120, valueAt), allowance);
    expect(trend.verdict).toBe('growing');
    expect(trend.last).toBeGreaterThan(trend.first);
  });

  it('is measured by the hour, past its start', () => {
    const trend = trendOf(
      series(120, (at) => 100 + at),
      allowance,
    );
    expect(trend.perHour).toBeCloseTo(60, 6);
    // A quarter of the run or 20 minutes are left out.
    expect(trend.growth).toBeCloseTo(100, 6);
    expect([trend.first, trend.last, trend.most].map(Math.round)).toEqual([122, 214, 220]);
  });

  it.each<[string, readonly Point[]]>([
    ['nothing', []],
    ['a run of 25 minutes', series(25, () => 100)],
    ['samples with a long hole', series(120, () => 100).filter(({ at }) => at < began + 60 * minute)],
  ])('says nothing: %s', (what, points) => {
    const from = what.includes('hole') ? [...points, { at: began + 120 * minute, value: 100 }] : points;
    expect(trendOf(from, allowance).verdict).toBe('too short to tell');
  });
});

const mebibyte = 2 ** 20;
const samples = (change: (sample: Sample, minute: number) => Partial<Sample> = () => ({})): Sample[] =>
  series(120, () => 0).map(({ at }) => {
    const minutes = (at - began) / minute;
    const rss = (120 + saw(minutes)) * mebibyte;
    const sample = {
      ...{ at, pid: 7, rss, heap: rss / 2, external: 4 * mebibyte, descriptors: 40, resources: 30 },
    };
    return { ...sample, ...change(sample, minutes) };
  });

const outcome = (id: string, more: Partial<Outcome> = {}): Outcome => ({
  ...{ id, topology: 'reference', via: 'ssh', harmless: false, says: id },
  ...{ found: true, causeRight: true, notFound: [], wrongCauses: [], falseAlarms: [], resolved: true },
  ...more,
});

const good: Soak = {
  ...{ topology: 'reference', via: 'ssh', intervalMs: 2000, everyMs: minute },
  ...{ began, ended: began + 120 * minute, commit: 'abc', node: 'v20.19.0' },
  samples: samples(),
  rejections: [],
  log: { lines: 300, errors: { 'objects cannot be read': 2 }, foreign: [] },
  outcomes: [outcome('a', { detectMs: 900 }), outcome('b', { harmless: true, found: true }), outcome('a')],
};

describe('a soak', () => {
  it('passes where all is flat and every fault was found and resolved', () => {
    expect(trendsOf(good.samples).map(({ verdict }) => verdict)).toEqual(Array(5).fill('flat'));
    expect(flawsOf(good)).toEqual([]);
  });

  it.each<[string, Partial<Soak>, string]>([
    [
      'memory grows',
      { samples: samples(({ rss }, at) => ({ rss: rss + (at / 3) * mebibyte })) },
      'memory (resident) grew by 33.6 MiB',
    ],
    [
      'a descriptor is left open at every fault',
      { samples: samples((_, at) => ({ descriptors: 40 + Math.floor(at) })) },
      'file descriptors grew by',
    ],
    [
      'a timer is left running',
      { samples: samples((_, at) => ({ resources: 30 + Math.floor(at / 4) })) },
      'handles and timers grew by',
    ],
    [
      'the exporter ended in between',
      { samples: samples((_, at) => (at > 60 ? { pid: 8 } : {})) },
      'the exporter ran as 2 processes',
    ],
    ['nothing was sampled', { samples: [] }, 'the exporter ran as 0 processes'],
    ['nobody handled a rejection', { rejections: ['Error: x\n  at y'] }, 'nobody handled: Error: x'],
    [
      'something went wrong inside',
      { log: { lines: 2, errors: { 'internal error: the audit failed': 3 }, foreign: [] } },
      'logged 3 times: internal error: the audit failed',
    ],
    [
      'Node warns',
      { log: { lines: 2, errors: {}, foreign: ['(node:7) MaxListenersExceededWarning: …'] } },
      'on the log, and none of its lines: (node:7) MaxListenersExceededWarning',
    ],
    [
      'a finding is lost',
      { outcomes: [outcome('a', { found: false, notFound: ['route-missing leaf01 x'] })] },
      'a: lost: route-missing leaf01 x',
    ],
    ['a finding stays', { outcomes: [outcome('a', { resolved: false })] }, 'a: its findings remained'],
    ['there is a false alarm', { outcomes: [outcome('a', { falseAlarms: ['b'] })] }, 'a: false alarm: b'],
    ['a fault could not be run', { outcomes: [outcome('a', { error: 'no' })] }, 'a: could not be run: no'],
    ['no fault was injected', { outcomes: [] }, 'no fault was injected'],
  ])('does not pass where %s', (_, change, flaw) => {
    const flaws = flawsOf({ ...good, ...change });
    expect(flaws).toEqual([expect.stringContaining(flaw)]);
    expect(document({ ...good, ...change })).toContain('**not passed**');
  });

  it('loses no finding of a fault that could not be run, nor of a harmless change', () => {
    const outcomes = [
      outcome('a', { found: false }),
      outcome('b', { found: false, error: 'no' }),
      outcome('c', { found: false, harmless: true }),
    ];
    expect(lost(outcomes).map(({ id }) => id)).toEqual(['a']);
  });

  it('is told in a sentence and two tables', () => {
    expect(summary(good)).toBe(
      '120 minutes, 3 faults, 0 findings lost, 0 not resolved, 0 rejections that nobody handled, 2 error lines among 300 of the log, 721 samples',
    );
    expect(faultTable(good).split('\n').slice(2)).toEqual([
      '| `a` | 2 | 2 | 0.9 s | 2 |',
      '| `b` | 1 | 1 |  | 1 |',
    ]);
    const text = document(good);
    expect(text).toMatch(/^Run on 2026-01-02T03:04Z on abc, Node v20.19.0, topology reference by SSH/m);
    expect(text).toContain(': passed.');
    expect(text).toContain('| file descriptors | 40.0 | 40.0 | 40.0 | +0.0 | flat |');
    expect(text).toContain('| objects cannot be read | 2 |');
  });
});

it('what the exporter wrote of itself is read, but for a line that was cut off', () => {
  const [sample] = samples();
  const lines = [sample, { at: began, pid: 7, rejection: 'Error: x' }].map(
    (line) => `${JSON.stringify(line)}\n`,
  );
  expect(samplesOf(`${lines.join('')}{"at":17`)).toEqual({ samples: [sample], rejections: ['Error: x'] });
});

it('errors of the log are counted, and lines that are none of it are kept', () => {
  const log = [
    '{"level":"info","time":"x","message":"serving"}',
    '{"level":"error","time":"x","message":"objects cannot be read","reason":"y"}',
    '',
    '{"level":"error","time":"x","message":"objects cannot be read","reason":"z"}',
    '(node:7) Warning: something',
  ].join('\n');
  expect(logOf(log)).toEqual({
    lines: 4,
    errors: { 'objects cannot be read': 2 },
    foreign: ['(node:7) Warning: something'],
  });
});

it('faults are chosen that leave the exporter as it is', () => {
  for (const via of ['snmp', 'ssh'] as const) {
    for (const name of Object.keys(topologies)) {
      const chosen = chosenFor(name, via);
      expect(chosen.length, `${name} by ${via}`).toBeGreaterThan(2);
      for (const scenario of chosen) {
        expect(scenario.topology).toBe(name);
        expect(scenario.config).toBeUndefined();
        expect([undefined, via]).toContain(scenario.via);
      }
    }
  }
  const ids = chosenFor('dual-stack', 'ssh').map(({ id }) => id);
  expect(ids).not.toContain('exporter-restarted');
});
