// Paths that neighbouring switches offer and that a switch does not use: a leaf that reaches another rack by one spine of two. A
// neighbour counts where its own best path, with its AS number put before it, is the very AS path in use (RFC 4271 section
// 5.1.2), over an eBGP session that is up; so only where the sources show AS paths, and only at devices that spread traffic at all.
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { Prefix } from '../model/prefix.ts';
import type { RouteAttributes, RouteRow } from '../model/route-table.ts';
import { isEstablished } from '../model/session.ts';
import type { Context } from './context.ts';
import { rowsIn, sessionGraph } from './holders.ts';
import { lastingly } from './lasting.ts';
import { asNumbers } from './offers.ts';
import { decidingViews, isUsable } from './verdict.ts';

interface Neighbour {
  readonly name: string;
  readonly asn: number;
  readonly address: string;
}

type Neighbours = readonly Neighbour[];

const neighboursOf = lastingly((): Map<string, Neighbours> => new Map());

/** Switches to which a device has an eBGP session that is up. */
function neighbours(context: Context, device: string, family: 4 | 6): Neighbours {
  const known = neighboursOf(context);
  const key = `${family} ${device}`;
  const made =
    known.get(key) ??
    [...(sessionGraph(context, family).get(device) ?? [])].flatMap(([name, { up, ends }]): Neighbour[] => {
      const session = ends.get(device);
      if (!up || !session || !isEstablished(session) || !context.switches.has(name)) return [];
      const { peerAsn: asn, localAsn, peerAddress: address } = session;
      return asn !== null && localAsn !== null && asn !== localAsn ? [{ name, asn, address }] : [];
    });
  known.set(key, made);
  return made;
}

/** More neighbours of one AS than this are narrowed down to those that speak with an owner of the prefix. */
const manyNeighbours = 16;

/** Neighbours of the same AS as one that is used, which are not. */
function unused(
  context: Context,
  device: string,
  family: 4 | 6,
  used: ReadonlySet<string>,
): readonly Neighbour[] {
  const all = neighbours(context, device, family);
  const asns = new Set(all.flatMap(({ name, asn }) => (used.has(name) ? [asn] : [])));
  return asns.size === 0 ? [] : all.filter(({ name, asn }) => asns.has(asn) && !used.has(name));
}

const namesOf = (context: Context, hops: readonly { readonly address?: string }[]) =>
  new Set(hops.flatMap(({ address = '' }) => context.deviceByAddress.get(address) ?? []));

/** True where a table of the device has a route with more than one next hop: others do not spread traffic. */
export function spreads(context: Context, device: string): boolean {
  const snapshot = context.devices.get(device);
  const routes = snapshot && context.routes(snapshot);
  if (!routes?.known) return false;
  return decidingViews(routes.value).some(({ table }) =>
    table.columns.hopSets.some(({ length }) => length > 1),
  );
}

const showsPath = ({ asPath }: RouteAttributes) => asPath !== undefined && asPath !== '';

/** By number of a table's set of next hops: 1 where some neighbour of the same AS as a used one is not among them. */
export function narrowHops(context: Context, device: string): readonly (Uint8Array | undefined)[] {
  const snapshot = context.devices.get(device);
  const routes = snapshot && context.routes(snapshot);
  if (!routes?.known) return [];
  const views = decidingViews(routes.value);
  const shown = routes.value.some(
    ({ layer, table }) =>
      (layer === 'bgp' || layer === 'installed') && table.columns.attributeSets.some(showsPath),
  );
  if (!shown || !spreads(context, device)) return views.map(() => undefined);
  return views.map(({ table }) =>
    Uint8Array.from(table.columns.hopSets, (hops) => {
      const used = namesOf(context, hops);
      const lacks = (family: 4 | 6) => unused(context, device, family, used).length > 0;
      return lacks(4) || lacks(6) ? 1 : 0;
    }),
  );
}

const pathOf = (asPath: string) => asNumbers(asPath).join(' ');

const bestRow = (context: Context, device: string, prefix: Prefix): RouteRow | undefined =>
  [...rowsIn(context, device, 'bgp', prefix), ...rowsIn(context, device, 'installed', prefix)].find(
    (row) => isUsable(row) && showsPath(row),
  );

/** True where the device has the neighbour's path and is told to like it less: a spare way, on purpose. */
function isSpare(context: Context, device: string, best: RouteRow, { address }: Neighbour): boolean {
  return rowsIn(context, device, 'bgp', best.prefix).some(
    ({ from, nextHops, localPref }) =>
      (from === address || nextHops.some((hop) => hop.address === address)) &&
      localPref !== undefined &&
      localPref < (best.localPref ?? localPref),
  );
}

/** Neighbours whose path to the prefix is as good as the one in use, and is not used. */
export function unusedUplinks(
  context: Context,
  device: string,
  { prefix, origins }: ExpectedPrefix,
  evidence: readonly RouteRow[],
): Neighbours {
  const used = namesOf(
    context,
    evidence.flatMap(({ nextHops }) => nextHops),
  );
  const others = unused(context, device, prefix.family, used);
  const best = others.length > 0 && spreads(context, device) ? bestRow(context, device, prefix) : undefined;
  if (!best) return [];
  const path = pathOf(best.asPath ?? '');
  const graph = sessionGraph(context, prefix.family);
  const asked =
    others.length > manyNeighbours
      ? others.filter(({ name }) => origins.some((node) => graph.get(node)?.has(name)))
      : others;
  return asked.filter((other) => {
    const theirs = bestRow(context, other.name, prefix);
    if (!theirs || pathOf(`${other.asn} ${theirs.asPath}`) !== path) return false;
    return !isSpare(context, device, best, other);
  });
}
