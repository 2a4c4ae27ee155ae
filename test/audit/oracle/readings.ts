// A world and the looks at it, put into the readings and the expectation that the audit gets.
import type { AuditInput } from '../../../src/audit/audit.ts';
import type { ExpectedPrefix, ExpectedSession, ExpectedState } from '../../../src/model/expectation.ts';
import { comparePrefixes, parsePrefix } from '../../../src/model/prefix.ts';
import { failure, type Reading, success } from '../../../src/model/reading.ts';
import { type RouteRow, RouteTable } from '../../../src/model/route-table.ts';
import type { RouteLayer, RouteView } from '../../../src/model/route-view.ts';
import type { Session } from '../../../src/model/session.ts';
import type { DeviceSnapshot } from '../../../src/model/snapshot.ts';
import { type Look, plain } from './looks.ts';
import {
  flood,
  type Link,
  type Path,
  type Speaker,
  sends,
  speakerOf,
  type Table,
  type World,
} from './world.ts';

export const now = 1_800_000_000_000;
const maxAgeMs = 45_000;

export interface Scene {
  readonly world: World;
  /** By device; a device without one was read in full. */
  readonly looks: Readonly<Record<string, Look>>;
}

export const tablesOf = (world: World): ReadonlyMap<string, Table> =>
  new Map(Object.keys(world.origins).map((prefix) => [prefix, flood(world, prefix)]));

const addressOf = (world: World, name: string, family: 4 | 6) => {
  const i = world.speakers.findIndex((speaker) => speaker.name === name) + 1;
  return family === 4 ? `192.0.2.${i}` : `2001:db8::${i.toString(16)}`;
};

const familyOf = (prefix: string) => (prefix.includes(':') ? 6 : 4);

/** Whether this end takes the session for established. */
const believes = ({ state, a }: Link, name: string) =>
  state === 'up' || (state === 'unnoticed' && name === a);

function sessionAt(world: World, { name, asn }: Speaker, link: Link): Session {
  const peer = speakerOf(world, link.a === name ? link.b : link.a);
  return {
    device: name,
    peerAddress: addressOf(world, peer.name, link.family),
    localAddress: addressOf(world, name, link.family),
    peerAsn: peer.asn,
    localAsn: asn,
    state: believes(link, name) ? 'established' : 'active',
    afi: link.family === 4 ? 'ipv4' : 'ipv6',
    vrf: 'default',
  };
}

const linksOf = (world: World, name: string) => world.links.filter(({ a, b }) => a === name || b === name);

const row = (prefix: string, extra: Partial<RouteRow>): RouteRow => ({
  prefix: parsePrefix(prefix),
  nextHops: [],
  protocol: 'bgp',
  best: true,
  vrf: 'default',
  ...extra,
});

function pathRow(
  world: World,
  look: Look,
  prefix: string,
  path: Path,
  best: boolean,
  inBgp: boolean,
): RouteRow {
  const family = familyOf(prefix);
  if (path.from === undefined) return row(prefix, { protocol: 'static', discard: true, best });
  return row(prefix, {
    nextHops: [{ address: addressOf(world, path.hop, family) }],
    best,
    ...(inBgp ? { asPath: path.asPath.join(' ') } : {}),
    ...(inBgp && look.shows === 'from' ? { from: addressOf(world, path.from, family) } : {}),
    ...(look.shows === 'flag' && path.kept ? { stale: true } : {}),
    ...(look.unusable.includes(prefix) ? { unusable: true } : {}),
  });
}

function viewOf(
  layer: RouteLayer,
  rows: readonly RouteRow[],
  look: Look,
  world: World,
  peer?: string,
): RouteView {
  const asked = Object.keys(world.origins).filter((prefix) => !look.unasked.includes(prefix));
  return {
    layer,
    vrf: 'default',
    table: RouteTable.of(rows),
    scopes: [{ kind: 'exact', prefixes: asked.map(parsePrefix) }],
    // The oracle chooses one path; the width of ECMP has tests of its own.
    allNextHops: false,
    ...(peer === undefined ? {} : { peer }),
    ...(look.cut === undefined ? {} : { partial: 'the answer was cut' }),
  };
}

function switchViews(
  { world }: Scene,
  name: string,
  look: Look,
  tables: ReadonlyMap<string, Table>,
): RouteView[] {
  const bgp: RouteRow[] = [];
  const installed: RouteRow[] = [];
  for (const [prefix, table] of tables) {
    if (look.unasked.includes(prefix) || look.cut?.includes(prefix)) continue;
    const paths = table.get(name) ?? [];
    for (const [i, path] of paths.entries()) bgp.push(pathRow(world, look, prefix, path, i === 0, true));
    const [best] = paths;
    if (look.blackholed.includes(prefix)) installed.push(row(prefix, { protocol: 'static', discard: true }));
    else if (best && !look.uninstalled.includes(prefix) && !look.unusable.includes(prefix))
      installed.push(pathRow(world, look, prefix, best, true, false));
  }
  for (const { prefix, kind } of look.covers) {
    const cover = row(prefix, {
      protocol: 'static',
      ...(kind === 'discard' ? { discard: true } : { nextHops: [{ address: '203.0.113.1' }] }),
      ...(kind === 'unusable' ? { unusable: true } : {}),
    });
    installed.push(cover);
    bgp.push(cover);
  }
  return [
    ...(look.layers === 'installed' ? [] : [viewOf('bgp', bgp, look, world)]),
    ...(look.layers === 'bgp' ? [] : [viewOf('installed', installed, look, world)]),
  ];
}

function nodeViews(
  { world }: Scene,
  name: string,
  look: Look,
  tables: ReadonlyMap<string, Table>,
): RouteView[] {
  const node = speakerOf(world, name);
  const local: RouteRow[] = [];
  for (const [prefix, table] of tables)
    for (const [i, path] of (table.get(name) ?? []).entries())
      local.push(pathRow(world, look, prefix, path, i === 0, true));
  const exported = linksOf(world, name).map((link) => {
    const to = speakerOf(world, link.a === name ? link.b : link.a);
    const rows: RouteRow[] = [];
    for (const [prefix, table] of tables) {
      const [best] = table.get(name) ?? [];
      const sent =
        best && familyOf(prefix) === link.family && believes(link, name)
          ? sends(world, link, node, to, best, prefix)
          : undefined;
      if (!best || !sent) continue;
      const asPath = best.asPath.join(' ');
      const nextHops = [{ address: addressOf(world, sent.hop, link.family) }];
      rows.push(row(prefix, { protocol: best.from === undefined ? 'static' : 'bgp', asPath, nextHops }));
    }
    return viewOf('exported', rows, look, world, addressOf(world, to.name, link.family));
  });
  return [viewOf('local', local, look, world), ...exported];
}

function readingOf<T>(look: Look, value: T): Reading<T> {
  if (look.reading === 'fresh') return success(now - 1000, value);
  if (look.reading === 'old') return success(now - 2 * maxAgeMs, value);
  if (look.reading === 'future') return success(now + 60_000, value);
  const failed = failure<T>(now - 500, 'timeout', 'no answer within 5 s');
  return look.reading === 'last' && !failed.ok ? { ...failed, last: { at: now - 6000, value } } : failed;
}

function snapshotOf(
  scene: Scene,
  { name, role, asn }: Speaker,
  tables: ReadonlyMap<string, Table>,
): DeviceSnapshot {
  const { world } = scene;
  const look = scene.looks[name] ?? plain;
  const speaker = speakerOf(world, name);
  const sessions = linksOf(world, name).map((link) => sessionAt(world, speaker, link));
  const views = (role === 'node' ? nodeViews : switchViews)(scene, name, look, tables);
  return {
    device: { name, role, address: '', addresses: [addressOf(world, name, 4), addressOf(world, name, 6)] },
    sessions: look.sessionsRead ? readingOf(look, sessions) : failure(now, 'timeout', 'no answer within 5 s'),
    routes: readingOf(look, views),
    facts: { localAsn: asn },
    source: 'oracle',
    collection: [],
    flaps: new Map(),
  };
}

function expectedSessions(world: World): ExpectedSession[] {
  return world.speakers.flatMap((node) =>
    node.role === 'switch'
      ? []
      : linksOf(world, node.name).map((link): ExpectedSession => {
          const peer = speakerOf(world, link.a === node.name ? link.b : link.a);
          const peerAddress = addressOf(world, peer.name, link.family);
          return {
            node: node.name,
            name: `Node_${peerAddress.replace(/[.:]/g, '_')}`,
            peerAddress,
            peerAsn: peer.asn,
            localAsn: node.asn,
            afi: link.family === 4 ? 'ipv4' : 'ipv6',
            kind: 'node',
            passive: false,
            rrClient: link.client === peer.name,
            nextHopKeep: link.keep.includes(node.name),
            sourceAddress: addressOf(world, node.name, link.family),
            because: 'a BGPPeer selects it',
          };
        }),
  );
}

/** What the audit gets of a scene. */
export function inputOf(scene: Scene, tables = tablesOf(scene.world)): AuditInput {
  const { world, looks } = scene;
  const prefixes = Object.entries(world.origins)
    .map(
      ([prefix, origins]): ExpectedPrefix => ({
        prefix: parsePrefix(prefix),
        kind: origins.length > 1 ? 'service-cluster' : 'block',
        origins: origins.toSorted(),
        because: 'the objects say so',
      }),
    )
    .sort((x, y) => comparePrefixes(x.prefix, y.prefix));
  const nodes = world.speakers.filter(({ role }) => role === 'node');
  const expected: ExpectedState = {
    nodes: nodes.map(({ name, asn, cluster }) => ({
      name,
      asn,
      addresses: [addressOf(world, name, 4), addressOf(world, name, 6)],
      ...(cluster === undefined ? {} : { routeReflectorClusterId: cluster }),
    })),
    sessions: expectedSessions(world),
    prefixes,
    ranges: [parsePrefix('10.1.0.0/16'), parsePrefix('fd00:10::/48')],
    problems: [],
  };
  const switches = world.speakers.filter(({ role }) => role === 'switch');
  const vantages = switches.map(({ name }) => {
    const enough = looks[name]?.coverSuffices.map(parsePrefix) ?? [];
    const list = prefixes.map((entry) =>
      enough.some((prefix) => comparePrefixes(prefix, entry.prefix) === 0)
        ? { ...entry, coverSuffices: true }
        : entry,
    );
    return [name, { device: name, prefixes: list }] as const;
  });
  return {
    now,
    devices: world.speakers.map((speaker) => snapshotOf(scene, speaker, tables)),
    expected: success(now, expected),
    vantages: new Map(vantages),
    maxAgeMs: () => maxAgeMs,
  };
}
