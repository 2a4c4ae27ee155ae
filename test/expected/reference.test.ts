// The reference fabric: six nodes in two racks, two route reflectors each, one leaf switch per rack. Both forms of its
// objects must give the same sixteen sessions and seven prefixes, which are written out here by hand.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFiles } from '../../src/datastores/files.ts';
import { announcements, routeMapOf } from '../../src/expected/announcements.ts';
import { readCluster } from '../../src/expected/cluster.ts';
import { computeExpected } from '../../src/expected/compute.ts';
import { vantage } from '../../src/expected/vantage.ts';
import { formatPrefix } from '../../src/model/prefix.ts';
import { because } from '../because.ts';

const folder = resolve(import.meta.dirname, '../../../shared/reference/objects');
const nodes = ['node1', 'node2', 'node3', 'node4', 'node5', 'node6'];

// node, name, AS of the peer and its own, route-reflector client
const sessions = `
node1 Node_172_20_0_12  64512 64512 client
node1 Node_172_20_0_13  64512 64512 client
node1 Node_172_20_0_254 65009 64512 -
node2 Node_172_20_0_11  64512 64512 client
node2 Node_172_20_0_13  64512 64512 client
node2 Node_172_20_0_254 65009 64512 -
node3 Node_172_20_0_11  64512 64512 -
node3 Node_172_20_0_12  64512 64512 -
node4 Node_173_20_0_12  64513 64513 client
node4 Node_173_20_0_13  64513 64513 client
node4 Node_173_20_0_254 65010 64513 -
node5 Node_173_20_0_11  64513 64513 client
node5 Node_173_20_0_13  64513 64513 client
node5 Node_173_20_0_254 65010 64513 -
node6 Node_173_20_0_11  64513 64513 -
node6 Node_173_20_0_12  64513 64513 -`
  .trim()
  .split('\n')
  .map((line) => line.split(/\s+/));

describe.skipIf(!existsSync(folder)).each([
  ['kdd-v1.json', 'block', 0],
  ['calicoctl-v3.json', 'pod-cidr', 6],
] as const)(
  because(!existsSync(folder), 'the reference fabric from %s', 'needs ../shared/reference'),
  (file, kind, warnings) => {
    const load = async () => (await loadFiles([resolve(folder, file)])).objects;

    it('has its sixteen sessions', async () => {
      const found = computeExpected(await load()).sessions;
      expect(
        found.map((s) => [
          s.node,
          s.name,
          String(s.peerAsn),
          String(s.localAsn),
          s.rrClient ? 'client' : '-',
        ]),
      ).toEqual(sessions);
      expect(found.every((s) => !s.passive && !s.nextHopKeep && s.kind === 'node' && s.afi === 'ipv4')).toBe(
        true,
      );
      expect(found.find(({ name }) => name === 'Node_172_20_0_254')?.because).toBe(
        "BGPPeer rr1-to-leaf1-peer: nodeSelector rr-id == 'rr1' matches node1, peerIP 172.20.0.254",
      );
    });

    it('has its seven prefixes and two ranges', async () => {
      const { prefixes, ranges, problems } = computeExpected(await load());
      expect(prefixes.map((p) => [formatPrefix(p.prefix), p.kind, p.origins])).toEqual([
        ['10.233.0.0/18', 'service-cluster', nodes],
        ...nodes.map((name, i) => [`10.233.${64 + i}.0/24`, kind, [name]]),
      ]);
      expect(ranges.map(formatPrefix)).toEqual(['10.233.0.0/18', '10.233.64.0/18']);
      // calicoctl shows an empty string before each podCIDR, as the article's cluster did.
      expect(problems.map(({ severity, field }) => [severity, field])).toEqual(
        new Array(warnings).fill(['warning', 'status.podCIDRs[0]']),
      );
    });

    it("announces node3's block through its route reflectors, as their own next hop", async () => {
      const map = routeMapOf(readCluster(await load()));
      const toLeaf = ['node1', 'node2', 'node3'].flatMap((name) =>
        [...announcements(map, name)]
          .filter(({ session }) => session.peerAddress === '172.20.0.254')
          .map(({ session, prefix, nextHop }) => `${session.node} ${formatPrefix(prefix)} ${nextHop}`),
      );
      const rack = ['10.233.0.0/18', '10.233.64.0/24', '10.233.65.0/24', '10.233.66.0/24'];
      expect(toLeaf.sort()).toEqual([
        ...rack.map((prefix) => `node1 ${prefix} 172.20.0.11`),
        ...rack.map((prefix) => `node2 ${prefix} 172.20.0.12`),
      ]);
    });

    it('expects everything at a switch and nothing at a node', async () => {
      const expected = computeExpected(await load());
      const device = { name: 'leaf01', role: 'switch', address: '', addresses: [] } as const;
      expect(vantage(expected, device).prefixes).toEqual(expected.prefixes);
      expect(vantage(expected, { ...device, role: 'node' }).prefixes).toEqual([]);
    });
  },
);

it.skipIf(!existsSync(folder))(
  because(
    !existsSync(folder),
    'reads the same from objects that never were a file',
    'needs ../shared/reference',
  ),
  () => {
    const { items } = JSON.parse(readFileSync(resolve(folder, 'kdd-v1.json'), 'utf8'));
    expect(computeExpected(items).sessions).toHaveLength(16);
  },
);
