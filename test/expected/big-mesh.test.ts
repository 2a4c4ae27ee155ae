// A mesh grows with the square of its nodes: beyond a bound its sessions are not listed, which is said, and nothing is
// concluded from their absence.
import { describe, expect, it } from 'vitest';
import { pairSessions } from '../../src/audit/pairing.ts';
import { computeExpected } from '../../src/expected/compute.ts';
import { mostMeshSessions } from '../../src/expected/sessions.ts';
import { config, node, peer } from './build.ts';

const cluster = (count: number) => [
  config({ asNumber: 64512 }),
  peer('tor', { peerIP: '192.0.2.1', asNumber: 65001 }),
  ...Array.from({ length: count }, (_, i) =>
    node(`node${i}`, { ipv4Address: `10.0.${i >> 8}.${i & 255}/16` }),
  ),
];

describe('a mesh that is too big to be listed', () => {
  it('is listed up to the bound', () => {
    const { sessions, meshUnlisted, problems } = computeExpected(cluster(50));
    expect(sessions.filter(({ kind }) => kind === 'mesh')).toHaveLength(50 * 49);
    expect([meshUnlisted, problems]).toEqual([undefined, []]);
  });

  it('is left out beyond it, and said; sessions of BGPPeers stay', () => {
    const nodes = Math.ceil(Math.sqrt(mostMeshSessions)) + 1;
    const { sessions, meshUnlisted, problems } = computeExpected(cluster(nodes));
    expect(sessions).toHaveLength(nodes);
    expect(meshUnlisted).toBe(true);
    expect(problems.map(({ object, field }) => `${object} ${field}`)).toEqual([
      'BGPConfiguration default spec.nodeToNodeMeshEnabled',
    ]);
    expect(problems[0]?.message).toContain(`makes ${nodes * (nodes - 1)} sessions`);
  });

  it('is neither missing nor unexpected', () => {
    const shown = {
      name: 'Mesh_10_0_0_2',
      kind: 'mesh',
      peerAddress: '10.0.0.2',
      afi: 'ipv4',
    } as Parameters<typeof pairSessions>[1][number];
    expect(pairSessions([], [shown], true)).toEqual({ missing: [], unexpected: [] });
    expect(pairSessions([], [shown]).unexpected).toEqual([shown]);
  });
});
