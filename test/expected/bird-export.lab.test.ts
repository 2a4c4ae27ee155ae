// Calico's own cases again, this time in a real BIRD: a node that runs the rendered configuration must announce to each of
// its peers exactly what the expectation says: the same prefixes, the same next hops, the same communities.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFiles } from '../../src/datastores/files.ts';
import { announcements, routeMapOf } from '../../src/expected/announcements.ts';
import { type Cluster, readCluster } from '../../src/expected/cluster.ts';
import { formatPrefix } from '../../src/model/prefix.ts';
import { sessionsIn } from './bird-config.ts';
import { affinity, block } from './build.ts';
import { announced, noRealBird, type Received } from './real-announcements.ts';

const root = resolve(import.meta.dirname, '../../../shared/conformance/confd');
const reason = noRealBird ?? (existsSync(root) ? undefined : `${root} is absent`);
const self = 'kube-master';

// Blocks of kube-master are written into the datastore by the harness that the configurations were rendered with.
const ownBlocks = [
  affinity(self, '10.0.0.0/30', { state: '' }),
  affinity(self, '10.1.0.0/24', { state: '' }),
  affinity(self, '10.2.0.1/32', { state: '' }),
  affinity(self, '192.168.221.192/26', { state: '' }),
  affinity(self, '192.168.221.64/26'),
];
// A block of one address has no blackhole route: the pod's own route is what is announced. The others are inside of
// blocks and must not be seen by anybody.
const workloads = ['10.2.0.1/32', '10.1.0.7/32', '192.168.221.70/32'];
// Pods of kube-master with addresses out of blocks of nobody: announced one by one, where a pool or a filter lets them.
const guests = ['192.168.77.5/32', '77.0.77.5/32', '77.1.77.5/32', '44.0.77.5/32', '44.1.77.5/32'];
const guestBlocks = guests.map((guest) => {
  const use = { secondary: { node: self, pod: 'guest', namespace: 'shop' } };
  return block(guest.replace('.5/32', '.0/26'), undefined, { 5: use });
});

const order = (x: Received, y: Received) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1);

function peerBlocks({ nodes }: Cluster) {
  const others = [...nodes.values()].filter(({ name, addresses }) => name !== self && addresses.ipv4);
  return others.flatMap(({ name }, i) => [
    affinity(name, `192.168.${i + 1}.0/26`),
    affinity(name, `77.${i}.0.0/26`),
  ]);
}

describe.skipIf(reason)(
  `what a real BIRD announces${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it.each([
      'bgpfilter/single_filter/explicit_peer',
      'bgpfilter/v4_only/explicit_peer',
      'bgpfilter/export_only/global_peer',
      'explicit_peering/keepnexthop',
      'explicit_peering/local-as',
      'explicit_peering/global',
      'mesh/vxlan-always',
      'reachable_by/route_reflectors',
    ])('%s', async (name) => {
      const folder = join(root, name);
      const { objects } = await loadFiles([join(folder, 'input.yaml')]);
      const all = [...objects, ...ownBlocks, ...guestBlocks, ...peerBlocks(readCluster(objects))];
      const cluster = readCluster(all);
      const map = routeMapOf(cluster);

      const files = Object.fromEntries(
        ['bird.cfg', 'bird_aggr.cfg', 'bird_ipam.cfg'].map((file) => [
          file,
          readFileSync(join(folder, file), 'utf8'),
        ]),
      );
      const sessions = sessionsIn(files['bird.cfg'] ?? '');
      const fromPeers = new Map(
        sessions.map((session) => {
          const peer = cluster.sessions.get(self)?.find((each) => each.name === session.name)?.peerNode;
          // Only what the peer has of its own: all else would have to come from others, who are not there.
          const own =
            peer === undefined ? [] : [...announcements(map, peer)].filter(({ origin }) => origin === peer);
          const sent = own.filter((each) => each.session.peerNode === self && each.prefix.family === 4);
          return [session.name, sent.map(({ prefix }) => formatPrefix(prefix))];
        }),
      );
      const address = cluster.nodes.get(self)?.addresses.ipv4 ?? '';
      const real = await announced({
        address,
        files,
        sessions,
        workloads: [...workloads, ...guests],
        fromPeers,
      });

      const expected = [...announcements(map, self)]
        .filter(({ prefix }) => prefix.family === 4)
        .map(({ session, prefix, nextHop = '', communities }) => ({
          session: session.name,
          prefix: formatPrefix(prefix),
          nextHop,
          communities,
        }));
      expect(real.length).toBeGreaterThan(0);
      expect(real.sort(order)).toEqual(expected.sort(order));
    });
  },
);
