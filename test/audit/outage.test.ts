// Every switch lacks everything, as with a wrong VRF in the configuration: what is looked into is bounded, every count is exact,
// and nothing comes and goes because of the bound.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import { mostPerDevice } from '../../src/audit/listing.ts';
import { shareOf } from '../../src/audit/looked-into.ts';
import { missingCounts, missingRoutesInParts } from '../../src/metrics/missing.ts';
import { atOnce } from '../../src/metrics/turns.ts';
import type { ExpectedPrefix } from '../../src/model/expectation.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import type { AuditResult, CheckId } from '../../src/model/finding.ts';
import { formatPrefix, parsePrefix } from '../../src/model/prefix.ts';
import { exceptions, tally } from '../../src/model/verdicts.ts';
import { device, expected, failure, now, route, session, success, view } from './fabric.ts';

const blocks = Array.from(
  { length: 60 },
  (_, i): ExpectedPrefix => ({
    prefix: parsePrefix(`10.1.0.${100 + 2 * i}/31`),
    kind: 'block',
    origins: ['node1'],
    because: 'a test',
  }),
);
const all = blocks.map(({ prefix }) => formatPrefix(prefix));
const share = shareOf(250);

const sent = all.map((prefix) => route(prefix, undefined, { protocol: 'static' }));
const node1 = device(
  'node1',
  [session('node1', '192.0.2.254', { peerAsn: 65001, localAsn: 64512, kind: 'node' })],
  [
    view(
      'local',
      sent.map((row) => ({ ...row, discard: true })),
    ),
    view('exported', sent, { peer: '192.0.2.254' }),
  ],
);

/** Switches with routes to these prefixes, read at this time. */
function fabricOf(switches: number, has: (leaf: number) => readonly string[], at = now) {
  const leaves = Array.from({ length: switches }, (_, i) => {
    const rows = has(i).map((prefix) => route(prefix, '192.0.2.1'));
    return device(`leaf${i}`, success(at, []), success(at, [view('installed', rows)]));
  });
  return {
    now: at,
    devices: [node1, ...leaves],
    expected: success(now, { ...expected, prefixes: blocks, sessions: [] }),
    vantages: new Map(leaves.map(({ device: { name } }) => [name, { device: name, prefixes: blocks }])),
    maxAgeMs: () => 3_600_000,
  };
}

const listed = ({ findings }: AuditResult, leaf: string) =>
  findings.flatMap(({ check, device: at, prefix = '(more)' }) =>
    check === 'route-missing' && at === leaf ? [prefix] : [],
  );
const fabricWith = (input: ReturnType<typeof fabricOf>, result: AuditResult): Fabric => ({
  at: input.now,
  devices: input.devices,
  expected: input.expected,
  audit: result,
  deviceByAddress: new Map(),
});

describe('an outage of many switches', () => {
  const input = fabricOf(250, () => []);
  const first = audit(input);

  it('has a share of its faults looked into at each switch, and says how many are left', () => {
    expect(share).toBe(20);
    for (const leaf of ['leaf0', 'leaf249']) {
      expect(listed(first, leaf)).toEqual([...all.slice(0, share), '(more)']);
      const more = first.findings.find(({ device: at, subject }) => at === leaf && subject === '(more)');
      expect(more?.detail).toBe(`40 more findings of this kind on ${leaf} are counted but not listed`);
    }
  });

  it('is counted in full', () => {
    expect(first.summary.missing).toBe(250 * 60);
    expect([...missingCounts(fabricWith(input, first)).values()]).toEqual(new Array(250).fill(60));
  });

  it('goes on with what was said before when other switches come back, and then looks into more', () => {
    const later = fabricOf(250, (leaf) => (leaf < 50 ? [] : all), now + 60_000);
    const second = audit(later, first);
    expect(shareOf(50)).toBe(100);
    expect(listed(second, 'leaf0')).toEqual(all);
    expect(second.findings.find(({ device: at }) => at === 'leaf0')?.since).toBe(now);
    expect(second.resolvedTotal?.get('route-missing')).toBe(200 * share);
    const third = audit(
      fabricOf(250, () => [], now + 120_000),
      second,
    );
    // The share is smaller again: what stands is said all the same.
    expect(listed(third, 'leaf0')).toEqual(all);
    expect(listed(third, 'leaf100')).toEqual([...all.slice(0, share), '(more)']);
    expect(third.resolvedTotal).toEqual(second.resolvedTotal);
  });

  it('does not end for a route that is not looked into any more', () => {
    const most = { ...first, findings: first.findings.filter(({ prefix }) => prefix !== undefined) };
    const moved = most.findings.map((finding) =>
      finding.device === 'leaf7' ? { ...finding, subject: '10.9.0.0/31', prefix: '10.9.0.0/31' } : finding,
    );
    const second = audit({ ...input, now: now + 60_000 }, { ...most, findings: moved });
    expect(second.resolved).toEqual([]);
  });
});

describe('while everything is asked once more', () => {
  const input = { ...fabricOf(250, () => []), isWatching: true };
  const first = audit(input);

  it('nothing is missing yet, listed or not', () => {
    expect(first.findings.filter(({ check, prefix }) => check === 'route-missing' && prefix)).toEqual([]);
    expect(first.summary.missing).toBe(0);
    const { count, pending, named, left } = atOnce(missingRoutesInParts(fabricWith(input, first), 100));
    expect({ count: count.size, named, left }).toEqual({ count: 0, named: [], left: 0 });
    expect([...pending.values()]).toEqual(new Array(250).fill(60));
  });

  it('is said in full afterwards', () => {
    const again = { ...fabricOf(250, () => [], now + 40_000), isWatching: true };
    const second = audit(again, first);
    expect(second.summary.missing).toBe(250 * 60);
    const { named, left } = atOnce(missingRoutesInParts(fabricWith(again, second), 100));
    expect([named.length, left]).toEqual([100, 250 * 60 - 100]);
  });
});

it('keeps quiet of silenced switches, listed or not', () => {
  const silence = { source: 'silences[0]', devices: ['leaf*'], until: now + 3_600_000, reason: 'upgrade' };
  const input = { ...fabricOf(250, () => []), silences: [silence] };
  const result = audit(input);
  expect(result.findings.filter(({ check }) => check === 'route-missing')).toEqual([]);
  expect(result.silenced?.filter(({ prefix }) => prefix !== undefined)).toHaveLength(250 * share);
  expect(result.summary.missing).toBe(0);
  const { count, named, pending } = atOnce(missingRoutesInParts(fabricWith(input, result), 100));
  expect([count.size, named, [...pending.values()]]).toEqual([0, [], new Array(250).fill(60)]);
});

it('shares no more than a device may list, and a few with any number of devices', () => {
  expect([1, 5, 50, 1_000_000].map(shareOf)).toEqual([mostPerDevice, 1000, 100, 5]);
});

/** What a check says at a device, "(more)" for the entry that tells how many are left. */
const saidBy = ({ findings }: AuditResult, id: CheckId, at: string) =>
  findings.flatMap(({ check, device: name, prefix = '(more)' }) =>
    check === id && name === at ? [prefix] : [],
  );

describe('routes of nobody on every switch, since no object could be found', () => {
  const input = fabricOf(250, () => all);
  const orphans = {
    ...input,
    expected: success(now, { ...expected, prefixes: [], sessions: [] }),
    vantages: new Map(),
  };
  const first = audit(orphans);

  it('are counted in full, and a share of them is listed with the way that they lead', () => {
    const shared = shareOf(251);
    expect(saidBy(first, 'route-unexpected', 'leaf3')).toEqual(['(more)', ...all.slice(0, shared)]);
    expect(first.devices.get('leaf3')?.routesUnexpected).toBe(60);
    expect(
      first.findings.find(({ device: at, subject }) => at === 'leaf3' && subject === all[0])?.detail,
    ).toMatch(/^leaf3 carries 10\.1\.0\.100\/31 via 192\.0\.2\.1, .*, announced by node1$/);
  });

  it('are gone when they belong to somebody again', () => {
    const second = audit({ ...input, now: now + 60_000 }, first);
    expect(saidBy(second, 'route-unexpected', 'leaf3')).toEqual([]);
    expect(second.devices.get('leaf3')?.routesUnexpected).toBe(0);
  });
});

describe('routes that lead to a node that does not have them, on every switch', () => {
  const node2 = device('node2', [], [view('local', [])]);
  const leading = (to: string, at = now) => {
    const input = fabricOf(1000, () => all, at);
    const devices = input.devices.map((snapshot) =>
      snapshot.device.role === 'switch'
        ? device(
            snapshot.device.name,
            success(at, []),
            success(at, [
              view(
                'installed',
                all.map((prefix) => route(prefix, to)),
              ),
            ]),
          )
        : snapshot,
    );
    return { ...input, devices: [node2, ...devices] };
  };
  const first = audit(leading('192.0.2.2'));

  it('are counted in full, and a share of them is listed', () => {
    expect(saidBy(first, 'route-next-hop', 'leaf3')).toEqual(['(more)', ...all.slice(0, shareOf(1000))]);
    const more = first.findings.find(({ device: at, subject }) => at === 'leaf3' && subject === '(more)');
    expect(more?.detail).toMatch(/^55 more findings/);
  });

  it('are gone when they lead to their owner', () => {
    const second = audit(leading('192.0.2.1', now + 60_000), first);
    expect(second.findings.filter(({ check }) => check === 'route-next-hop')).toEqual([]);
    expect(second.resolvedTotal?.get('route-next-hop')).toBe(1000 * shareOf(1000));
  });
});

describe('a device that could not be looked at', () => {
  const input = fabricOf(1, () => all);
  const blind = device('leaf0', failure(now, 'timeout', 'no answer'), failure(now, 'timeout', 'no answer'));
  const result = audit({ ...input, devices: [node1, blind] });

  it('has no verdict but that nothing is known, and why', () => {
    const verdicts = result.devices.get('leaf0')?.verdicts;
    expect(verdicts && tally(verdicts)).toMatchObject({ present: 0, missing: 0, unknown: 60 });
    expect([...(verdicts ?? [])].map(({ verdict, reason }) => `${verdict}: ${reason}`)).toEqual(
      new Array(60).fill('unknown: no answer'),
    );
    expect(verdicts && [...exceptions(verdicts)]).toHaveLength(60);
    expect(result.summary).toMatchObject({ missing: 0, unknown: 60 });
    expect(result.unknown.map(({ detail }) => detail)).toContain(
      '60 of 60 prefixes cannot be judged on leaf0: no answer',
    );
  });

  it('is judged as soon as it can be read', () => {
    const second = audit({ ...input, now: now + 60_000 }, result);
    expect(second.summary).toMatchObject({ missing: 0, unknown: 0 });
    expect(second.unknown.filter(({ device: at }) => at === 'leaf0')).toEqual([]);
  });
});
