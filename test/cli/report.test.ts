// The audit's report, from fabrics made by hand: golden files for the terminal and the pipe, and the JSON shape.
import { describe, expect, it } from 'vitest';
import { renderReport, reportJson, summaryLines } from '../../src/cli/report.ts';
import { painter } from '../../src/cli/terminal.ts';
import type { ExpectedState } from '../../src/model/expectation.ts';
import { failure } from '../../src/model/reading.ts';
import { expectGolden } from '../metrics/golden.ts';
import { at, audited, device, fabric, troubled } from './sample-fabrics.ts';

const off = { on: new Set<string>() };
const plain = painter(off, { stdout: { write() {} }, env: {} });

describe('report', () => {
  it('is two lines when all is well', () => {
    expect(renderReport(fabric({}), { paint: plain, width: undefined })).toBe(
      '3 switches carry 7 of 7 expected prefixes; 24 of 24 session ends up.\nNo findings.\n',
    );
  });

  it('gives a pipe one line per finding', () => {
    expectGolden('cli-report-pipe.txt', renderReport(troubled, { paint: plain, width: undefined }));
  });

  it('wraps to the terminal', () => {
    const text = renderReport(troubled, { paint: plain, width: 100 });
    expectGolden('cli-report-terminal.txt', text);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('colours only severities and titles', () => {
    const paint = painter(off, { stdout: { write() {}, isTTY: true }, env: {} });
    const text = renderReport(troubled, { paint, width: undefined });
    expect(text).toContain('\x1b[31mcritical\x1b[39m  leaf01');
    expect(text.replace(/\x1b\[\d+m/g, '')).toBe(renderReport(troubled, { paint: plain, width: undefined }));
  });

  it('never calls a device whole that could not be read, nor counts what is unknown as carried', () => {
    expect(summaryLines(troubled)).toEqual([
      '0 of 3 switches carry every expected prefix (the others: spine01 6 of 7, leaf01 4 of 7, leaf02 0 of 7 with 7 unknown); 20 of 22 session ends up; 1 of 9 devices not read.',
      '3 findings: 1 critical, 1 warning, 1 info.',
    ]);
  });

  it('says that nothing is known to be expected when the objects cannot be read', () => {
    const expected = failure<ExpectedState>(at, 'parse', 'objects.yaml:3: not YAML');
    expect(summaryLines(fabric({ expected, devices: new Map() }))).toEqual([
      '24 of 24 session ends up.',
      'What should be there is not known: objects.yaml:3: not YAML.',
      'No findings.',
    ]);
  });

  it('names five lacking devices of many', () => {
    const names = Array.from({ length: 8 }, (_, i) => `leaf${i}`);
    const many = fabric({
      snapshots: names.map((name) => device(name, 'switch')),
      devices: new Map(names.map((name, i) => (i === 0 ? audited(name) : audited(name, 'missing')))),
    });
    expect(summaryLines(many)[0]).toMatch(
      /^1 of 8 switches carries every expected prefix \(the others: leaf1 6 of 7, .*, leaf5 6 of 7, and 2 more\); /,
    );
  });
});

describe('JSON', () => {
  it('has the documented shape', () => {
    const json = JSON.parse(JSON.stringify(reportJson(troubled)));
    expect(Object.keys(json)).toEqual(['findings', 'pending', 'unknown', 'summary']);
    expect(json.findings[0]).toEqual({
      check: 'route-missing',
      severity: 'critical',
      device: 'leaf01',
      subject: '10.233.66.0/24',
      verdict: 'missing',
      cause: 'not-exported',
      detail: 'leaf01 has no route to 10.233.66.0/24, a block of node3: node3 does not announce it',
      since: '2026-01-02T02:51:31.000Z',
    });
    expect(json.pending).toHaveLength(1);
    expect(json.unknown).toHaveLength(1);
    expect(json.summary).toEqual(troubled.audit.summary);
  });
});
