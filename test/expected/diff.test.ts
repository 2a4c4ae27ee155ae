// Differences between two expectations: what counts as added, removed and changed, and what does not count at all.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routeMapOf } from '../../src/expected/announcements.ts';
import { readCluster } from '../../src/expected/cluster.ts';
import { computeExpected } from '../../src/expected/compute.ts';
import { diffExpected, isSame, type Side } from '../../src/expected/diff.ts';
import type { ApiObject } from '../../src/model/object.ts';
import { formatPrefix } from '../../src/model/prefix.ts';
import { affinity, node, noMesh, peer, pool } from './build.ts';

const nodes = [node('a', { ipv4Address: '10.0.0.1/24' }), node('b', { ipv4Address: '10.0.0.2/24' })];
const pods = [pool('pods', '192.168.0.0/16'), affinity('a', '192.168.0.0/26')];
const base = [...nodes, ...pods, noMesh];
const rack = (name: string, spec: object = {}) =>
  peer(name, { node: 'a', peerIP: '10.0.0.254', asNumber: 65001, ...spec });

const side = (objects: readonly ApiObject[]): Side => ({
  expected: computeExpected(objects),
  map: routeMapOf(readCluster(objects)),
});
const diff = (before: readonly ApiObject[], after: readonly ApiObject[], name?: string) =>
  diffExpected(side(before), side(after), name);

describe('differences between expectations', () => {
  it('are a new session and what is announced on it', () => {
    const { sessions, prefixes, announcements } = diff(base, [...base, rack('rack')]);
    expect(sessions.added.map(({ name }) => name)).toEqual(['Node_10_0_0_254']);
    expect([...sessions.removed, ...sessions.changed]).toEqual([]);
    expect(announcements?.added.map(({ prefix, nextHop }) => [formatPrefix(prefix), nextHop])).toEqual([
      ['192.168.0.0/26', '10.0.0.1'],
    ]);
    expect([...prefixes.added, ...prefixes.removed, ...prefixes.changed]).toEqual([]);
  });

  it('are the fields in which a session changes', () => {
    const { sessions } = diff([...base, rack('rack')], [...base, rack('rack', { asNumber: 65002 })]);
    expect(sessions.changed).toMatchObject([
      { fields: ['peerAsn'], before: { peerAsn: 65001 }, after: { peerAsn: 65002 } },
    ]);
    expect([...sessions.added, ...sessions.removed]).toEqual([]);
  });

  it('are a session that goes and one that comes where its name in BIRD changes', () => {
    const { sessions } = diff(
      [...base, rack('rack')],
      [...base, rack('rack', { peerIP: '10.0.0.254:1179' })],
    );
    expect(sessions.removed.map(({ name }) => name)).toEqual(['Node_10_0_0_254']);
    expect(sessions.added.map(({ name }) => name)).toEqual(['Node_10_0_0_254_port_1179']);
  });

  it('are not another reason for the same session', () => {
    expect(isSame(diff([...base, rack('old')], [...base, rack('new')]))).toBe(true);
  });

  it('are the nodes that a block moves from and to', () => {
    const moved = [...nodes, pool('pods', '192.168.0.0/16'), affinity('b', '192.168.0.0/26'), noMesh];
    const { prefixes } = diff(base, moved);
    expect(prefixes.changed).toMatchObject([
      { fields: ['origins'], before: { origins: ['a'] }, after: { origins: ['b'] } },
    ]);
    expect(diff(base, moved, 'b').prefixes.added).toHaveLength(1);
    expect(diff(base, moved, 'a').prefixes.removed).toHaveLength(1);
  });

  it('are new problems', () => {
    const { problems } = diff(base, [...base, rack('rack', { filters: ['absent'] })]);
    expect(problems.added.map(({ object }) => object)).toEqual(['BGPPeer rack']);
  });

  it('leave announcements out where following them all takes too long', () => {
    const many = Array.from({ length: 200 }, (_, i) => [
      node(`n${i}`, { ipv4Address: `10.1.${i}.1/24` }),
      affinity(`n${i}`, `192.168.${i}.0/26`),
    ]).flat();
    // 200 blocks on a mesh of 200 times 199 sessions.
    expect(diff(many, [...many, rack('rack')]).announcements).toBeUndefined();
  });

  it('are none between equals, and turn round with the sides', () => {
    const optional = [...nodes, ...pods, noMesh, rack('rack'), affinity('b', '192.168.1.0/26')];
    const subset = fc.subarray(optional);
    fc.assert(
      fc.property(subset, subset, (x, y) => {
        expect(isSame(diff(x, [...x].reverse()))).toBe(true);
        const [there, back] = [diff(x, y), diff(y, x)];
        for (const key of ['sessions', 'prefixes', 'problems', 'announcements'] as const) {
          const [forth, return_] = [there[key], back[key]];
          expect(new Set<unknown>(forth?.added)).toEqual(new Set<unknown>(return_?.removed));
          expect(new Set<unknown>(forth?.removed)).toEqual(new Set<unknown>(return_?.added));
          expect(forth?.changed.length).toBe(return_?.changed.length);
        }
      }),
      { numRuns: 60 },
    );
  });
});
