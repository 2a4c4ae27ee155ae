// Blocks, podCIDRs and borrowed addresses: which are expected, from which node, and what is said about the others.
import { describe, expect, it } from 'vitest';
import { computeExpected, type ExpectedSettings } from '../../src/expected/compute.ts';
import type { ApiObject } from '../../src/model/object.ts';
import { formatPrefix } from '../../src/model/prefix.ts';
import { affinity, block, coreNode, node, noMesh, pool } from './build.ts';

const a = node('a', { ipv4Address: '10.0.0.1/24' });
const b = node('b', { ipv4Address: '10.0.0.2/24' });
const pods = pool('pods', '10.1.0.0/16');
const base = [a, b, noMesh, pods];

function expected(objects: readonly ApiObject[], settings?: ExpectedSettings) {
  const { prefixes, problems } = computeExpected(objects, settings);
  return {
    prefixes: prefixes.map((p) => `${formatPrefix(p.prefix)} ${p.kind} ${p.origins.join('+')}`),
    problems: problems.map((p) => `${p.severity} ${p.object}`),
  };
}

describe('block affinities', () => {
  it.each([
    ['confirmed', ['10.1.0.0/26 block a'], []],
    ['', ['10.1.0.0/26 block a'], []],
    ['pending', [], ['warning BlockAffinity a-10-1-0-0-26']],
    ['pendingDeletion', [], ['warning BlockAffinity a-10-1-0-0-26']],
    ['sleepy', [], ['error BlockAffinity a-10-1-0-0-26']],
  ])('in state "%s"', (state, prefixes, problems) => {
    expect(expected([...base, affinity('a', '10.1.0.0/26', { state })])).toEqual({ prefixes, problems });
  });

  it.each([[{ deleted: 'true' }], [{ deleted: true }], [{ type: 'virtual' }]])(
    'do not count with %o',
    (spec) => {
      expect(expected([...base, affinity('a', '10.1.0.0/26', spec)])).toEqual({ prefixes: [], problems: [] });
    },
  );

  it("of a node that is gone are nobody's", () => {
    expect(expected([...base, affinity('gone', '10.1.0.0/26')])).toEqual({
      prefixes: [],
      problems: ['warning BlockAffinity gone-10-1-0-0-26'],
    });
  });

  it('for the same block are an error, and the block itself tells the owner', () => {
    const two = [affinity('a', '10.1.0.0/26'), affinity('b', '10.1.0.0/26'), block('10.1.0.0/26', 'b')];
    expect(expected([...base, ...two])).toEqual({
      prefixes: ['10.1.0.0/26 block b'],
      problems: ['error BlockAffinity a-10-1-0-0-26'],
    });
  });

  it('without IPAMBlock are announced all the same', () => {
    const objects = [affinity('a', '10.1.0.0/26'), affinity('b', '10.1.1.0/26'), block('10.1.1.0/26', 'b')];
    expect(expected([...base, ...objects])).toEqual({
      prefixes: ['10.1.0.0/26 block a', '10.1.1.0/26 block b'],
      problems: ['warning BlockAffinity a-10-1-0-0-26'],
    });
  });

  it('give way to IPAMBlocks where the datastore shows none', () => {
    const objects = [
      block('10.1.1.0/26', 'b'),
      block('10.1.2.0/26', 'gone'),
      block('10.1.3.0/26', 'virtual:load-balancer'),
    ];
    expect(expected([...base, ...objects])).toEqual({
      prefixes: ['10.1.1.0/26 block b'],
      problems: ['warning IPAMBlock 10-1-2-0-26'],
    });
  });

  it('without a CIDR, or with a bad one, are reported and the rest goes on', () => {
    const bad = affinity('a', 'x', { cidr: '10.1.0.0/33' });
    const none = affinity('b', 'y', { cidr: undefined });
    expect(expected([...base, bad, none, affinity('a', '10.1.9.0/26')])).toEqual({
      prefixes: ['10.1.9.0/26 block a'],
      problems: ['error BlockAffinity a-x', 'error BlockAffinity b-y'],
    });
  });
});

describe('pools', () => {
  it('with disableBGPExport keep blocks and borrowed addresses back', () => {
    const closed = pool('closed', '10.2.0.0/16', { disableBGPExport: true });
    const use = { 3: { secondary: { node: 'b', pod: 'p', namespace: 'n' } } };
    const objects = [closed, affinity('a', '10.2.0.0/26'), block('10.2.0.0/26', 'a', use)];
    expect(expected([...base, ...objects])).toEqual({ prefixes: [], problems: [] });
    expect(computeExpected([...base, ...objects]).ranges.map(formatPrefix)).toEqual([
      '10.1.0.0/16',
      '10.2.0.0/16',
    ]);
  });

  it('that are disabled or encapsulated change nothing', () => {
    const odd = pool('odd', '10.3.0.0/16', { disabled: true, vxlanMode: 'Always' });
    expect(expected([...base, odd, affinity('a', '10.3.0.0/26')]).prefixes).toEqual(['10.3.0.0/26 block a']);
  });

  it('that overlap are an error; a block in none is a warning and a range of its own', () => {
    const inner = pool('inner', '10.1.128.0/17');
    const { problems } = expected([...base, inner, affinity('a', '172.16.0.0/26')]);
    expect(problems).toEqual(['error IPPool inner', 'warning BlockAffinity a-172-16-0-0-26']);
    expect(computeExpected([...base, affinity('a', '172.16.0.0/26')]).ranges.map(formatPrefix)).toEqual([
      '10.1.0.0/16',
      '172.16.0.0/26',
    ]);
  });
});

describe('borrowed addresses', () => {
  const used = (spec: Readonly<Record<string, unknown>>, extra = {}) => ({
    10: { secondary: { node: 'a', pod: 'own', namespace: 'n' } },
    63: { secondary: { node: 'b', pod: 'guest', namespace: 'n', ...spec }, ...extra },
  });

  it('are expected from the node that uses them', () => {
    const objects = [affinity('a', '10.1.0.64/26'), block('10.1.0.64/26', 'a', used({}))];
    const state = computeExpected([...base, ...objects]);
    expect(expected([...base, ...objects])).toEqual({
      prefixes: ['10.1.0.64/26 block a', '10.1.0.127/32 borrowed b'],
      problems: [],
    });
    expect(state.prefixes[1]?.because).toBe(
      'IPAMBlock 10-1-0-64-26 of a: Pod n/guest on b uses an address of it',
    );
  });

  it('carry over octets in wide blocks', () => {
    const wide = { 300: { secondary: { node: 'b', pod: 'p', namespace: 'n' } } };
    expect(expected([...base, block('10.1.16.0/20', 'a', wide)]).prefixes).toEqual([
      '10.1.16.0/20 block a',
      '10.1.17.44/32 borrowed b',
    ]);
  });

  it('are /128 in IPv6', () => {
    const objects = [pool('six', 'fd00:1::/48'), block('fd00:1::ffc0/122', 'a', used({}))];
    expect(expected([...base, ...objects]).prefixes).toEqual([
      'fd00:1::ffc0/122 block a',
      'fd00:1::ffff/128 borrowed b',
    ]);
  });

  it('out of a block of no node count too', () => {
    const one = { 5: { secondary: { node: 'b', pod: 'p', namespace: 'n' } } };
    expect(expected([...base, block('10.1.0.0/26', undefined, one)]).prefixes).toEqual([
      '10.1.0.5/32 borrowed b',
    ]);
  });

  it('that are released, or used by a node that is gone, do not count; tunnel addresses are a warning', () => {
    const of = (uses: Parameters<typeof block>[2]) =>
      expected([...base, affinity('a', '10.1.0.0/26'), block('10.1.0.0/26', 'a', uses)]);
    const alone = { prefixes: ['10.1.0.0/26 block a'], problems: [] };
    expect(of(used({}, { releasedAt: '2026-01-01T00:00:00Z' }))).toEqual(alone);
    expect(of(used({ node: 'gone' }))).toEqual(alone);
    expect(of(used({ type: 'vxlanTunnelAddress' }))).toEqual({
      ...alone,
      problems: ['warning IPAMBlock 10-1-0-0-26'],
    });
  });

  it('need a pool that lets them through', () => {
    const objects = [a, b, noMesh, block('10.1.0.0/26', 'a', used({}))];
    expect(expected(objects).prefixes).toEqual(['10.1.0.0/26 block a']);
  });
});

describe('podCIDRs', () => {
  const nodes = [
    coreNode('a', {}, {}, { podCIDR: '10.1.1.0/24', podCIDRs: ['10.1.1.0/24', 'fd00:1:1::/64'] }),
    coreNode('b', {}, {}, { podCIDR: '10.1.2.0/24' }),
  ];
  const all = ['10.1.1.0/24 pod-cidr a', '10.1.2.0/24 pod-cidr b', 'fd00:1:1::/64 pod-cidr a'];

  it("count where Calico's IPAM left no trace", () => {
    expect(expected(nodes).prefixes).toEqual(all);
    expect(expected([...nodes, block('10.1.0.0/26', 'a')]).prefixes).toEqual(['10.1.0.0/26 block a']);
  });

  it('count or do not as the setting says', () => {
    expect(expected(nodes, { usePodCidr: false }).prefixes).toEqual([]);
    expect(expected([...nodes, block('10.1.0.0/26', 'a')], { usePodCidr: true }).prefixes).toEqual(all);
  });

  it('that cannot be read are reported one by one', () => {
    const odd = coreNode('a', {}, {}, { podCIDRs: ['', '10.1.1.0', '10.1.3.0/24'] });
    const { problems, prefixes } = computeExpected([odd]);
    expect(prefixes.map((p) => formatPrefix(p.prefix))).toEqual(['10.1.3.0/24']);
    expect(problems.map((p) => [p.severity, p.object, p.field])).toEqual([
      ['warning', 'Node a', 'spec.podCIDRs[0]'],
      ['error', 'Node a', 'spec.podCIDRs[1]'],
    ]);
  });
});
