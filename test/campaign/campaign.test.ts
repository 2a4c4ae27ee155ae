// The campaign's pure half: how findings are matched, judged and counted, and that the scenarios are what they must be.
import { describe, expect, it } from 'vitest';
import { topologies } from '../lab/topologies.ts';
import type { Moment } from './exporter.ts';
import { judge } from './judge.ts';
import { hasCause, isAbout, patterns, type Said, type Scenario } from './scenario.ts';
import { inTurns, scenarios } from './scenarios.ts';
import { count, document, meetsBar } from './table.ts';

function said(text: string, state = 'firing'): Said {
  const [check = '', device = '', subject = '', cause] = text.split(' ');
  return { state, check, device, subject, ...(cause === undefined ? {} : { cause }) };
}

describe('patterns', () => {
  it('braces make several of one, a missing cause is any', () => {
    expect(patterns(['route-missing {leaf01,leaf02} 10.{1,2}.0.0/16 x']).map(({ text }) => text)).toEqual([
      'route-missing leaf01 10.1.0.0/16 x',
      'route-missing leaf01 10.2.0.0/16 x',
      'route-missing leaf02 10.1.0.0/16 x',
      'route-missing leaf02 10.2.0.0/16 x',
    ]);
    expect(patterns(['a b c'])[0]?.cause).toBe('*');
    expect(() => patterns(['a b'])).toThrow('a b');
    expect(() => patterns(['a b c d e'])).toThrow('a b c d e');
  });

  it.each([
    ['* leaf01|leaf02 10.233.* thin-ecmp', 'x leaf02 10.233.1.0/24 thin-ecmp', true, true],
    ['* leaf01 10.233.* thin-ecmp', 'x leaf02 10.233.1.0/24 thin-ecmp', false, true],
    ['* * 10.233.1.0/24 -', 'x leaf02 10.233.1.0/24', true, true],
    ['* * 10.233.1.0/24 -', 'x leaf02 10.233.1.0/24 some', true, false],
    ['!session-down leaf01 * *', 'session-down leaf01 x', false, true],
    ['!session-down leaf01 * *', 'route-missing leaf01 x', true, true],
    // A dot is a dot.
    ['* * 10.233.1.0/24 a', 'x leaf02 10a233.1.0/24 b', false, false],
  ])('%s against %s', (pattern, finding, about, cause) => {
    const [parsed] = patterns([pattern]);
    if (parsed === undefined) throw new Error('no pattern');
    expect([isAbout(parsed, said(finding)), hasCause(parsed, said(finding))]).toEqual([about, cause]);
  });
});

it('a session may be named from either of its ends', () => {
  const joined = {
    ...said('session-down leaf01 leaf01–node1 wrong-as'),
    ...{ peer: 'node1', peerAddress: '172.20.0.11' },
  };
  const about = (text: string) => patterns([text]).every((pattern) => isAbout(pattern, joined));
  expect(about('session-down leaf01 172.20.0.11 *')).toBe(true);
  expect(about('session-down node1 172.20.0.254 *')).toBe(true);
  expect(about('session-down node1 fd00::254 *')).toBe(false);
  expect(about('session-down node2 172.20.0.254 *')).toBe(false);
  expect(about('session-down leaf01 172.20.0.12 *')).toBe(false);
});

describe('judging', () => {
  const scenario: Scenario = {
    ...{ id: 'x', topology: 'reference', says: 'something breaks', steps: [] },
    expects: ['route-missing {leaf01,spine01} 10.0.0.0/24 not-exported'],
    allows: ['session-down leaf01 * *'],
  };
  const moment = (at: number, ...findings: Said[]): Moment => ({ at, ok: true, findings });
  const leaf = said('route-missing leaf01 10.0.0.0/24 not-exported');
  const spine = said('route-missing spine01 10.0.0.0/24 not-exported');
  const times = { began: 1000, shown: 2000, ended: 9000, clean: 20_000 };
  const run = (...moments: Moment[]) => judge(scenario, 'ssh', moments, times);

  it('is found when all is there, and counts from when the devices showed it', () => {
    const outcome = run(moment(3000, leaf), moment(3500, leaf, spine), moment(12_000));
    expect(outcome).toMatchObject({ found: true, causeRight: true, detectMs: 1500, falseAlarms: [] });
    expect(meetsBar([outcome])).toBe(true);
  });

  it('is not found while one of them lacks, nor when it went away before the end', () => {
    expect(run(moment(3000, leaf))).toMatchObject({
      found: false,
      notFound: ['route-missing spine01 10.0.0.0/24 not-exported'],
    });
    expect(run(moment(3000, leaf, spine), moment(5000, leaf)).found).toBe(false);
  });

  it('has the cause of the end of the watch', () => {
    const early = said('route-missing leaf01 10.0.0.0/24');
    expect(run(moment(3000, early, spine), moment(4000, leaf, spine)).causeRight).toBe(true);
    const outcome = run(moment(3000, leaf, spine), moment(4000, early, spine));
    expect(outcome).toMatchObject({ found: true, causeRight: false });
    expect(outcome.wrongCauses[0]).toContain('not-exported wanted: route-missing leaf01');
    expect(meetsBar([outcome])).toBe(false);
  });

  it('counts as false alarm whatever is firing besides, for however short a time, while healing too', () => {
    const other = said('route-missing leaf02 10.0.0.0/24');
    const pending = said('route-missing leaf02 10.0.0.0/24', 'pending');
    const allowed = said('session-down leaf01 10.9.9.9');
    expect(run(moment(3000, leaf, spine, pending, allowed)).falseAlarms).toEqual([]);
    expect(run(moment(3000, leaf, spine, other), moment(3200, leaf, spine)).falseAlarms).toEqual([
      'route-missing leaf02 10.0.0.0/24 -: ',
    ]);
    expect(run(moment(3000, leaf, spine), moment(15_000, other)).falseAlarms).toHaveLength(1);
    // Before the first step and after all was clean is another scenario's time.
    expect(run(moment(500, other), moment(3000, leaf, spine), moment(30_000, other)).falseAlarms).toEqual([]);
  });

  it('of a harmless change wants silence', () => {
    const harmless: Scenario = { ...scenario, harmless: true, expects: [], allows: [] };
    const silent = judge(harmless, 'snmp', [moment(3000)], times);
    const loud = judge(harmless, 'snmp', [moment(3000, leaf)], times);
    expect([meetsBar([silent]), meetsBar([loud])]).toEqual([true, false]);
    expect(count([silent, loud])).toMatchObject({ faults: 0, harmless: 2, silent: 1, alarmed: 1 });
  });

  it('is late beyond one interval and two seconds, and does not meet the bar unless it was resolved', () => {
    const late = run(moment(6100, leaf, spine));
    expect(late.detectMs).toBe(4100);
    expect(meetsBar([late])).toBe(false);
    const { clean: _never, ...open } = times;
    expect(meetsBar([judge(scenario, 'ssh', [moment(3000, leaf, spine)], open)])).toBe(false);
  });

  it('writes a page with every flaw in words', () => {
    const outcome = run(moment(3000, leaf));
    const text = document([{ topology: 'reference', title: 'a title', outcomes: [outcome] }], [scenario]);
    expect(text).toContain('**not met**');
    expect(text).toContain('- `x`: not found: route-missing spine01 10.0.0.0/24 not-exported');
    expect(text).toContain('| `x` | something breaks | not-exported | SSH | **not found** |');
  });
});

describe('the scenarios', () => {
  const faults = scenarios.filter(({ harmless }) => !harmless);

  it('are at least 45 faults over five topologies and ten harmless changes, each under a name of its own', () => {
    expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length);
    expect(faults.length).toBeGreaterThanOrEqual(45);
    expect(scenarios.length - faults.length).toBeGreaterThanOrEqual(10);
    for (const topology of Object.keys(topologies)) {
      const own = faults.filter((each) => each.topology === topology);
      expect(own.length, topology).toBeGreaterThanOrEqual(3);
      expect(
        own.some(({ quick }) => quick),
        `${topology} has a quick one for the lab's tests`,
      ).toBe(true);
    }
  });

  it.each(scenarios.map((each) => [each.id, each] as const))('%s says what it expects', (_id, scenario) => {
    expect(topologies[scenario.topology]).toBeDefined();
    expect(scenario.steps.length).toBeGreaterThan(0);
    expect(patterns(scenario.expects).length > 0).toBe(scenario.harmless !== true);
    // Anything goes is no expectation: what is allowed names at least a device or a subject.
    for (const { text, device, subject } of patterns(scenario.allows ?? []))
      expect(device === '*' && subject === '*', text).toBe(false);
  });

  it('cover the causes that real daemons can be brought to', () => {
    const covered = new Set(
      faults.flatMap(({ expects }) => patterns(expects).flatMap(({ cause }) => cause.split('|'))),
    );
    const wanted = [
      ...['not-configured-on-node', 'node-not-ready', 'bird-down', 'config-not-applied', 'pending-affinity'],
      ...['duplicate-affinity', 'stale-affinity', 'orphan-block', 'pool-export-disabled', 'bgpfilter-reject'],
      ...['session-down', 'graceful-restart', 'not-exported', 'not-received', 'rejected-by-switch-policy'],
      ...['prefix-limit', 'as-path-loop', 'rr-misconfigured', 'next-hop-unreachable', 'wrong-next-hop'],
      ...['thin-ecmp', 'lost-best-path', 'not-installed', 'covered-only', 'default-only'],
      ...['borrowed-address-filtered', 'rogue-announcer', 'mesh-left-on', 'unknown-device-unreachable'],
    ];
    expect(wanted.filter((cause) => !covered.has(cause))).toEqual([]);
  });

  it('are read by SNMP and by SSH in turns, in every topology', () => {
    for (const topology of Object.keys(topologies)) {
      const by = inTurns(scenarios.filter((each) => each.topology === topology)).map(([, via]) => via);
      expect(new Set(by)).toEqual(new Set(['snmp', 'ssh']));
      expect(by).toEqual(by.toSorted());
    }
    expect(new Set(inTurns(faults.slice(0, 4), 'ssh').map(([{ via }, by]) => via ?? by))).toEqual(
      new Set(['ssh']),
    );
  });
});
