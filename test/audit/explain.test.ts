// explain for each cause of the catalogue as a golden file that a person can read, and what must hold whatever the words.
import { describe, expect, it } from 'vitest';
import { renderExplanation } from '../../src/cli/explain-report.ts';
import { causeTexts } from '../../src/model/catalogue/causes.ts';
import type { CauseId } from '../../src/model/cause.ts';
import { explanationJson } from '../../src/model/explanation-json.ts';
import { expectGolden } from '../metrics/golden.ts';
import { block, change, drop } from './changes.ts';
import { causeCases, otherCases } from './explain-cases.ts';
import { audited, explained, explanationOf, type Thing } from './explain-fabric.ts';
import { failure, healthy, now } from './fabric.ts';

const plain = { paint: (_: string, text: string) => text, width: 110 };
const textOf = (thing: Thing) => renderExplanation(explanationOf(thing), plain);

describe('explain, cause by cause', () => {
  it.each(Object.entries(causeCases))('%s', (cause, make) => {
    const thing = make();
    const { advice, findings } = explanationOf(thing);
    expect(advice.map((each) => each.cause)).toContain(cause);
    // A pool that is not exported can only be meant: it is told, and is no finding.
    if (cause !== 'pool-export-disabled') expect(findings.map((each) => each.cause)).toContain(cause);
    const text = textOf(thing);
    expect(text.replace(/\s+/g, ' ')).toContain(causeTexts[cause as CauseId].title);
    expectGolden(`explain/${cause}.txt`, text);
  });

  it.each(Object.entries(otherCases))('%s', (name, make) => {
    expectGolden(`explain/${name}.txt`, textOf(make()));
  });
});

describe('the way of a prefix', () => {
  it('goes table by table from the objects to the last switch, with what was asked and when', () => {
    const { hops, verdict, tone } = explanationOf({
      target: block,
      device: 'spine01',
      devices: change(healthy(), 'spine01', drop('installed', block)),
    });
    expect(hops.map(({ device, layer, state, peer, lost }) => [device, layer, state, peer, lost])).toEqual([
      ['node2', 'intent', 'has', undefined, false],
      ['node2', 'local', 'has', undefined, false],
      ['node2', 'exported', 'has', 'leaf01', false],
      ['leaf01', 'installed', 'has', undefined, false],
      ['spine01', 'installed', 'lacks', undefined, true],
    ]);
    expect(hops[2]).toMatchObject({
      source: 'bird',
      at: now - 4000,
      asked: "show route export 'Node_192_0_2_254' where net ~ [10.1.0.0/24+,10.96.0.0/16+] all",
    });
    expect(tone).toBe('bad');
    expect(verdict).toContain(`${block} (pod block of node2) is missing on spine01`);
  });

  it('says what could not be looked at, and never that it lacks the route', () => {
    const unread = failure<never>(now, 'timeout', 'leaf01: no answer');
    const leaf = { ...healthy().leaf01, sessions: unread, routes: unread } as Thing['devices'][string];
    const { hops, verdict, tone } = explanationOf({ target: block, devices: { ...healthy(), leaf01: leaf } });
    const [hop, ...more] = hops.filter(({ device }) => device === 'leaf01');
    expect(hop).toMatchObject({ state: 'unknown', answer: 'not known: leaf01: no answer', lost: false });
    expect(more).toEqual([]);
    expect(tone).toBe('unknown');
    expect(verdict).toContain('cannot be judged on leaf01');
  });

  it('marks exactly one end of the way where a route is missing, and none where all is well', () => {
    const ends = (thing: Thing) => explanationOf(thing).hops.filter(({ lost }) => lost);
    expect(ends({ target: block, devices: healthy() })).toEqual([]);
    const lost = ends(causeCases['not-exported']());
    expect(lost.map(({ device, layer }) => [device, layer])).toEqual([['node2', 'exported']]);
  });
});

describe('what a word stands for', () => {
  const thing = { target: '', devices: healthy() };
  const kindOf = (word: string) => {
    const answer = explained(thing, word);
    return answer.ok ? `${answer.explanation.kind} ${answer.explanation.target}` : answer.message;
  };

  it.each([
    ['10.1.0.64/26', 'prefix 10.1.0.64/26'],
    // Host bits are cleared, as everywhere.
    ['10.1.0.70/26', 'prefix 10.1.0.64/26'],
    [' 10.1.0.70 ', 'address 10.1.0.70'],
    ['leaf01', 'switch leaf01'],
    ['node2', 'node node2'],
    // An address that BGP is spoken from is its device; a stranger's is looked up.
    ['192.0.2.254', 'switch leaf01'],
    ['203.0.113.7', 'address 203.0.113.7'],
    [
      'leaf1',
      '"leaf1" is no prefix, no address, and no node or switch that is known here; did you mean "leaf01"?',
    ],
    [
      'zzzzzz',
      '"zzzzzz" is no prefix, no address, and no node or switch that is known here; known are node1, node2, leaf01, spine01',
    ],
    ['10.1.0.0/99', '"/99" in "10.1.0.0/99" is not a length from 0 to 32'],
  ])('%s', (word, kind) => {
    expect(kindOf(word)).toBe(kind);
  });

  it.each([
    ['LEAF01', 'leaf01'],
    ['::ffff:10.1.0.70', '10.1.0.70'],
  ])('takes %s for %s', (word, target) => {
    expect(explanationOf({ target: word, devices: healthy() }).target).toBe(target);
  });

  it.each([
    [
      '10.1.0.64/32',
      /; it is a part of 10\.1\.0\.64\/26 \(pod block of node2\), which is expected as a whole: nobody/,
    ],
    ['10.1.0.0/24', /for 10\.1\.0\.0\/24 as a whole; it is a range of the cluster: nobody has it/],
    ['10.1.0.192/26', /; it lies in 10\.1\.0\.0\/24, a range of the cluster: nobody/],
    ['203.0.113.0/24', /for 203\.0\.113\.0\/24: nobody has it/],
  ])('says where %s lies', (target, words) => {
    expect(explanationOf({ target, devices: healthy() }).verdict).toMatch(words);
  });

  it('refuses a device that is not there', () => {
    const answer = explained({ ...thing, device: 'spine1' }, block);
    expect(answer).toEqual({ ok: false, message: 'there is no device "spine1"; did you mean "spine01"?' });
  });
});

describe('the way to an address', () => {
  it('finds loops and ends, and says at which device', () => {
    const { paths, tone } = explanationOf(otherCases['address-in-a-loop']?.() as Thing);
    expect(tone).toBe('bad');
    expect(paths.map(({ from, turns }) => [from, turns.map(({ device, end }) => [device, end])])).toEqual([
      [
        'leaf01',
        [
          ['leaf01', undefined],
          ['spine01', undefined],
          ['leaf01', 'loop'],
        ],
      ],
      [
        'spine01',
        [
          ['spine01', undefined],
          ['leaf01', undefined],
          ['spine01', 'loop'],
        ],
      ],
    ]);
  });

  it('follows every branch of shared traffic', () => {
    const { paths, tone } = explanationOf(otherCases['address-of-a-service']?.() as Thing);
    expect(tone).toBe('good');
    const leaf = paths.find(({ from }) => from === 'leaf01');
    expect(leaf?.turns.filter(({ end }) => end === 'arrives').map(({ device }) => device)).toEqual([
      'node1',
      'node2',
    ]);
  });
});

it('is JSON with ISO times, and holds no more than it says', () => {
  const json = JSON.parse(JSON.stringify(explanationJson(explanationOf(causeCases['not-received']()))));
  expect(json).toMatchObject({ kind: 'prefix', target: block, tone: 'bad', at: new Date(now).toISOString() });
  expect(json.hops[1].at).toBe(new Date(now - 4000).toISOString());
  expect(json.findings[0]).toMatchObject({ cause: 'not-received', since: new Date(now).toISOString() });
});

it('bounds what it shows of a wide cluster, and says so', () => {
  const devices = { ...healthy() };
  const model = devices.node1;
  if (!model) throw new Error('the fabric lacks node1');
  for (let i = 3; i < 203; i++)
    devices[`node${i}`] = { ...model, device: { ...model.device, name: `node${i}` } };
  const { hops, notes } = explanationOf({ target: block, devices });
  expect(hops.length).toBeLessThan(40);
  expect(notes.join()).toMatch(/of 201 other nodes have it; 189 of them are not shown/);
  expect(audited({ target: block, devices }).devices).toHaveLength(204);
});
