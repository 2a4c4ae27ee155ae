// What policy and IPAM keep from the fabric, with the cause; and what the objects say of a node's life.
import { describe, expect, it } from 'vitest';
import { computeExpected } from '../../src/expected/compute.ts';
import type { ApiObject } from '../../src/model/object.ts';
import { formatPrefix } from '../../src/model/prefix.ts';
import { affinity, block, coreNode, node, noMesh, pool } from './build.ts';

const a = node('a', { ipv4Address: '10.0.0.1/24', asNumber: '64512' });
const b = node('b', { ipv4Address: '10.0.0.2/24' });
const v3 = (kind: string, name: string, spec: object): ApiObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name },
  spec,
});
const tor = (filters: readonly string[]) =>
  v3('BGPPeer', 'tor', { peerIP: '10.0.0.254', asNumber: 65001, filters });
const owned = [affinity('a', '10.1.0.0/26'), block('10.1.0.0/26', 'a')];

const withheldOf = (objects: readonly ApiObject[]) =>
  (computeExpected(objects).withheld ?? []).map(
    ({ prefix, cause, object, because, nodes }) =>
      `${formatPrefix(prefix)} ${cause} ${object} ${nodes.join('+')}: ${because}`,
  );

describe('what policy keeps back', () => {
  const reject = v3('BGPFilter', 'no-pods', {
    exportV4: [
      { action: 'Accept', cidr: '10.9.0.0/16', matchOperator: 'In' },
      { action: 'Reject', cidr: '10.1.0.0/16', matchOperator: 'In' },
    ],
  });

  it('names the filter and the rule', () => {
    const objects = [a, noMesh, pool('pods', '10.1.0.0/16'), ...owned, reject, tor(['no-pods'])];
    expect(withheldOf(objects)).toEqual([
      '10.1.0.0/26 bgpfilter-reject BGPFilter no-pods a: BGPFilter no-pods, export rule 2 rejects it',
    ]);
  });

  it('says nothing where one peer still gets the prefix, or the filter is not in use', () => {
    const second = v3('BGPPeer', 'tor2', { peerIP: '10.0.0.253', asNumber: 65002 });
    const objects = [a, noMesh, pool('pods', '10.1.0.0/16'), ...owned, reject];
    expect(withheldOf([...objects, tor(['no-pods']), second])).toEqual([]);
    expect(withheldOf([...objects, tor([])])).toEqual([]);
  });

  it('names the pool that is not exported', () => {
    const closed = pool('inner', '10.1.0.0/16', { disableBGPExport: true });
    expect(withheldOf([a, noMesh, closed, ...owned, tor([])])).toEqual([
      '10.1.0.0/26 pool-export-disabled IPPool inner a: IPPool inner has disableBGPExport',
    ]);
  });
});

describe('what IPAM says', () => {
  const at = '2026-05-01T10:00:00Z';
  const dated = (object: ApiObject): ApiObject => ({
    ...object,
    metadata: { ...object.metadata, creationTimestamp: at },
  });

  it.each([
    ['pending-affinity', [dated(affinity('a', '10.1.0.0/26', { state: 'pending' }))], 'a'],
    ['stale-affinity', [dated(affinity('a', '10.1.0.0/26', { state: 'pendingDeletion' }))], 'a'],
    ['orphan-block', [dated(affinity('gone', '10.1.0.0/26'))], 'gone'],
    [
      'duplicate-affinity',
      [affinity('a', '10.1.0.0/26'), dated(affinity('b', '10.1.0.0/26')), block('10.1.0.0/26', 'a')],
      'b+a',
    ],
  ])('%s, with the block, the nodes and since when', (cause, objects, nodes) => {
    const { problems } = computeExpected([a, b, noMesh, pool('pods', '10.1.0.0/16'), ...objects]);
    const found = problems.filter((problem) => problem.cause === cause);
    expect(
      found.map(({ prefix, nodes: names, since }) => [
        prefix && formatPrefix(prefix),
        names?.join('+'),
        since,
      ]),
    ).toEqual([['10.1.0.0/26', nodes, Date.parse(at)]]);
  });

  it('tells when a block was claimed', () => {
    const claimed = block('10.1.0.0/26', 'a');
    const timed = { ...claimed, spec: { ...(claimed.spec as object), affinityClaimTime: at } };
    const { prefixes } = computeExpected([
      a,
      noMesh,
      pool('pods', '10.1.0.0/16'),
      affinity('a', '10.1.0.0/26'),
      timed,
    ]);
    expect(prefixes.map(({ since }) => since)).toEqual([Date.parse(at)]);
  });
});

describe("a node's life", () => {
  const lifecycle = (change: Partial<ApiObject>, metadata: object = {}) => {
    const core = coreNode('n', {});
    const object = { ...core, ...change, metadata: { ...core.metadata, ...metadata } };
    const { nodes, problems } = computeExpected([object, noMesh]);
    return {
      lifecycle: nodes[0]?.lifecycle,
      problems: problems.map(({ field, message }) => `${field} ${message}`),
    };
  };

  it('is read from timestamps, conditions and the cordon', () => {
    const ready = { type: 'Ready', status: 'False', lastTransitionTime: '2026-05-01T10:00:00Z' };
    expect(
      lifecycle(
        { spec: { unschedulable: true }, status: { conditions: [ready] } },
        { creationTimestamp: '2026-04-01T10:00:00Z' },
      ).lifecycle,
    ).toEqual({
      createdAt: Date.parse('2026-04-01T10:00:00Z'),
      ready: false,
      readySince: Date.parse('2026-05-01T10:00:00Z'),
      unschedulable: true,
    });
    expect(lifecycle({}).lifecycle).toBeUndefined();
  });

  it('takes a silence only with its end and its reason', () => {
    const silence = (annotations: object) => lifecycle({}, { annotations });
    const until = 'calico-bgp-exporter/silence-until';
    const reason = 'calico-bgp-exporter/silence-reason';
    expect(silence({ [until]: '2026-05-01T10:00:00Z', [reason]: 'new disks' }).lifecycle?.silence).toEqual({
      until: Date.parse('2026-05-01T10:00:00Z'),
      reason: 'new disks',
    });
    expect(silence({ [reason]: 'new disks' }).lifecycle).toBeUndefined();
    expect(silence({ [reason]: 'new disks' }).problems[0]).toContain('silence-until is missing');
    expect(silence({ [until]: 'tomorrow', [reason]: 'x' }).problems[0]).toContain('is no RFC 3339 time');
    expect(silence({ [until]: '2026-05-01T10:00:00Z' }).problems[0]).toContain('silence-reason is missing');
  });
});

describe('a filter that lets through what a pool keeps back', () => {
  it('makes it expected, and not withheld', () => {
    const accept = v3('BGPFilter', 'yes', {
      exportV4: [{ action: 'Accept', cidr: '10.1.0.0/16', matchOperator: 'In' }],
    });
    const closed = pool('inner', '10.1.0.0/16', { disableBGPExport: true });
    const objects = [a, noMesh, closed, ...owned, accept, tor(['yes'])];
    expect(computeExpected(objects).prefixes.map(({ prefix }) => formatPrefix(prefix))).toEqual([
      '10.1.0.0/26',
    ]);
    expect(withheldOf(objects)).toEqual([]);
  });
});
