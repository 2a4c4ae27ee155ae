// Calico's own cases again, this time in a real BIRD: a node that runs the rendered configuration must announce to each of
// its peers exactly what the expectation says: the same prefixes, the same next hops, the same communities.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFiles } from '../../src/datastores/files.ts';
import { announcements, routeMapOf } from '../../src/expected/announcements.ts';
import { type Cluster, readCluster } from '../../src/expected/cluster.ts';
import { type ApiObject, objectName } from '../../src/model/object.ts';
import { formatPrefix } from '../../src/model/prefix.ts';
import type { Afi } from '../../src/model/session.ts';
import { sessionsIn } from './bird-config.ts';
import { affinity, block, config } from './build.ts';
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

// The same of IPv6. The harness wrote no IPv6 block: everything the node has of its own are single addresses.
const guests6 = [
  '9000::5/128',
  '9000:1::5/128',
  '9000:2::5/128',
  '2002::5/128',
  '2002::77:5/128',
  'dead:beef::5/128',
  'fd00::5/128',
];
const guestBlocks6 = guests6.map((guest) => {
  const use = { secondary: { node: self, pod: 'guest', namespace: 'shop' } };
  return block(guest.replace(/5\/128$/, '0/122'), undefined, { 5: use });
});

const order = (x: Received, y: Received) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1);

function peerBlocks({ nodes }: Cluster, afi: Afi) {
  const others = [...nodes.values()].filter(({ name, addresses }) => name !== self && addresses[afi]);
  return others.flatMap(({ name }, i) =>
    (afi === 'ipv4'
      ? [`192.168.${i + 1}.0/26`, `77.${i}.0.0/26`]
      : ['2002', 'dead:beef', '5000', '5000:1', '9000'].map((head) => `${head}::${i + 1}:0/122`)
    ).map((cidr) => affinity(name, cidr)),
  );
}

const families = {
  ipv4: { family: 4, suffix: '', own: [...ownBlocks, ...guestBlocks], routes: [...workloads, ...guests] },
  ipv6: { family: 6, suffix: '6', own: guestBlocks6, routes: guests6 },
} as const;

interface Case {
  readonly name: string;
  readonly afi: Afi;
  readonly change?: {
    readonly objects: readonly ApiObject[];
    /** The rendered files with what the objects would have added. */
    readonly render: (text: string, file: string) => string;
  };
}

/** What the node announces in a real BIRD, and what the expectation says, both in the same order. */
async function bothSides({ name, afi, change }: Case) {
  const folder = join(root, name);
  const { family, suffix, own, routes } = families[afi];
  const { objects } = await loadFiles([join(folder, 'input.yaml')]);
  const changed = new Set(change?.objects.map(objectName));
  const input = [...objects.filter((object) => !changed.has(objectName(object))), ...(change?.objects ?? [])];
  const cluster = readCluster([...input, ...own, ...peerBlocks(readCluster(input), afi)]);
  const map = routeMapOf(cluster);
  const names = ['bird#.cfg', 'bird#_aggr.cfg', 'bird#_ipam.cfg'].map((file) => file.replace('#', suffix));
  const files = Object.fromEntries(
    names.map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return [file, change ? change.render(text, file) : text];
    }),
  );
  const sessions = sessionsIn(files[names[0] ?? ''] ?? '');
  const fromPeers = new Map(
    sessions.map((session) => {
      const peer = cluster.sessions.get(self)?.find((each) => each.name === session.name)?.peerNode;
      // Only what the peer has of its own: all else would have to come from others, who are not there.
      const theirs =
        peer === undefined ? [] : [...announcements(map, peer)].filter(({ origin }) => origin === peer);
      const sent = theirs.filter((each) => each.session.peerNode === self && each.prefix.family === family);
      return [session.name, sent.map(({ prefix }) => formatPrefix(prefix))];
    }),
  );
  const address = cluster.nodes.get(self)?.addresses[afi] ?? '';
  const real = await announced({ afi, address, files, sessions, workloads: routes, fromPeers });
  const expected = [...announcements(map, self)]
    .filter(({ prefix }) => prefix.family === family)
    .map(({ session, prefix, nextHop = '', communities }) => ({
      session: session.name,
      prefix: formatPrefix(prefix),
      nextHop,
      communities,
    }));
  return { real: real.sort(order), expected: expected.sort(order) };
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
      const { real, expected } = await bothSides({ name, afi: 'ipv4' });
      expect(real.length).toBeGreaterThan(0);
      expect(real).toEqual(expected);
    });

    it.each([
      'bgpfilter/filter_names',
      'bgpfilter/match_interface',
      'bgpfilter/v6_only/explicit_peer',
      'explicit_peering/local-as-ipv6',
      'mesh/ipip-off',
      'mesh/vxlan-always',
    ])('%s, IPv6', async (name) => {
      const { real, expected } = await bothSides({ name, afi: 'ipv6' });
      expect(real.length).toBeGreaterThan(0);
      expect(real).toEqual(expected);
    });

    // None of Calico's cases has prefixAdvertisements; its template writes them as `apply_communities` (bird_ipam.cfg.template).
    it.each(['ipv4', 'ipv6'] as const)('communities of prefixAdvertisements, %s', async (afi) => {
      const [cidr, name] =
        afi === 'ipv4' ? ['192.168.0.0/16', 'mesh/vxlan-always'] : ['2002::/112', 'mesh/ipip-off'];
      const prefixAdvertisements = [{ cidr, communities: ['65000:100', '65000:1:2'] }];
      const steps = `  if ( net ~ ${cidr} ) then { bgp_community.add((65000, 100)); bgp_large_community.add((65000, 1, 2)); }`;
      const render = (text: string) =>
        text.replace(/(function apply_communities \(\)\s*\{\n)/, (head) => `${head}${steps}\n`);
      const { real, expected } = await bothSides({
        name,
        afi,
        change: { objects: [config({ prefixAdvertisements })], render },
      });
      const marked = real.filter(({ communities }) => communities.length > 0);
      expect(marked.length).toBeGreaterThan(0);
      expect(marked.length).toBeLessThan(real.length);
      expect(real).toEqual(expected);
    });
  },
);
