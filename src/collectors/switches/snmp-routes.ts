// Reads the routing table of a switch through IP-FORWARD-MIB: walks one column of inetCidrRouteTable (RFC 4292), or of
// ipCidrRouteTable (RFC 2096) where that has no rows, within the ranges asked for, and looks for single prefixes and
// covering routes beside them; ipRouteTable (RFC 1213) is the last resort. A table without a single row is a table the agent does not show, never missing routes.

import type { Family } from '../../model/address.ts';
import type { CollectQuery } from '../../model/collector.ts';
import { contains, type Prefix, prefixKey } from '../../model/prefix.ts';
import { failure, type Reading, success } from '../../model/reading.ts';
import { RouteTable } from '../../model/route-table.ts';
import type { RouteView } from '../../model/route-view.ts';
import type { SnmpSession } from '../../transport/snmp.ts';
import { formatOid, type Oid, type SnmpValue, startsWith } from '../../transport/snmp-value.ts';
import { crowdWatch, foreignRowsAllowed } from './snmp-route-cost.ts';
import { addRouteDetails } from './snmp-route-details.ts';
import { probeExact } from './snmp-route-exact.ts';
import { readOldestRoutes } from './snmp-route-fallback.ts';
import { FoundRoutes } from './snmp-route-found.ts';
import {
  inetCidrRoutes,
  lastAddress,
  protocolNumber,
  type RouteIndex,
  type RouteLayout,
  routeLayouts,
} from './snmp-route-index.ts';
import { probeRoutes } from './snmp-route-probe.ts';
import { prefixesOf, scopesOf, widest } from './snmp-route-scopes.ts';
import { isUnordered, readUnordered } from './snmp-route-unordered.ts';
import type { WalkLimits } from './snmp-sessions.ts';
import type { SystemAnswer } from './snmp-system.ts';

interface Source {
  readonly layout: RouteLayout;
  readonly column: number;
}

// snmpd builds its copy of the kernel's table at most once in this time (seconds).
const netSnmpCache = 60;

// Fewer than these are looked for together with what covers them: that costs no more.
const manySingles = 50;

/** The table and column that hold rows of this family; undefined when the agent shows none, not even connected ones. */
async function findSource(session: SnmpSession, family: Family): Promise<Source | undefined> {
  for (const layout of routeLayouts.filter(({ families }) => families.includes(family))) {
    const starts = layout.walkable.map((column) => [...layout.entry, column, ...layout.familyIndex(family)]);
    const answers = await session.getNext(starts);
    const column = layout.walkable.find((_, i) => {
      const answer = answers[i];
      return answer && answer.value.type !== 'absent' && startsWith(answer.oid, starts[i] ?? []);
    });
    if (column !== undefined) return { layout, column };
  }
  return undefined;
}

/** The table with the OID of the column, as snmpwalk takes it. */
const tableOf = ({ layout, column }: Source) => `${layout.name} (${formatOid([...layout.entry, column])})`;

interface FamilyAnswer {
  readonly table: RouteTable;
  readonly partial: string | undefined;
  /** Ranges of which every route was read. */
  readonly walked: readonly Prefix[];
  /** Prefixes looked for one by one. */
  readonly singles: readonly Prefix[];
}

interface FamilyQuestion {
  readonly ranges: readonly Prefix[];
  readonly prefixes: readonly Prefix[];
  /** The agent's rows stand in no order. */
  readonly unordered: boolean;
  readonly netSnmp: boolean;
}

async function readFamily(
  session: SnmpSession,
  { layout, column }: Source,
  question: FamilyQuestion,
  limits: WalkLimits,
): Promise<FamilyAnswer> {
  const { ranges, prefixes, unordered, netSnmp } = question;
  const oid: Oid = [...layout.entry, column];
  const found = new FoundRoutes(netSnmp);
  const table = async () => found.table(await addRouteDetails(session, layout, found.bare));
  const cuts: string[] = [];
  const walked: Prefix[] = [];
  let unreadable = 0;
  let silent = false;
  const keep = (index: Oid, route: RouteIndex, value: SnmpValue) => {
    const told = column === layout.columns.proto && value.type === 'integer' ? value.value : undefined;
    const proto = told === undefined ? undefined : protocolNumber(layout, told);
    found.add({ index, ...route, ...(proto !== undefined && { proto }) });
  };
  if (unordered) {
    const cut = await readUnordered(session, layout, oid, [...ranges, ...prefixes], limits, keep);
    const partial = cut === undefined ? undefined : `${layout.name}: ${cut}`;
    const singles = prefixes.filter((prefix) => !ranges.some((range) => contains(range, prefix)));
    return { table: await table(), partial, walked: ranges, singles };
  }
  const foreignRows = await foreignRowsAllowed(session, layout);
  for (const range of ranges) {
    if (silent) break;
    const from = layout.addressIndex(range);
    const to = layout.addressIndex(lastAddress(range));
    const maxRows = limits.maxRows - found.size;
    const crowd = crowdWatch(prefixes, foreignRows);
    const bounds = { from, to, maxRows, enough: crowd.tooMany };
    const end = await session.walkColumn(oid, { ...limits, ...bounds }, (index, value) => {
      const route = layout.decode(index);
      if (route) keep(index, route, value);
      else unreadable++;
      if (route) crowd.saw(route.prefix);
    });
    if (!end.whole && end.disorder) {
      return readFamily(session, { layout, column }, { ...question, unordered: true }, limits);
    }
    if (end.whole || !end.enough) walked.push(range);
    if (!end.whole && !end.enough) cuts.push(`${layout.name}: ${end.reason}`);
    silent = !end.whole && end.error !== undefined;
  }
  if (unreadable > 0) cuts.push(`${layout.name}: ${unreadable} rows have an index that cannot be read`);
  const singles = prefixes.filter((prefix) => !walked.some((range) => contains(range, prefix)));
  if (silent) return { table: found.table(found.bare), partial: cuts[0], walked, singles };
  const exact =
    layout === inetCidrRoutes && singles.length >= manySingles
      ? await probeExact(session, layout, oid, singles, keep)
      : { found: new Set<string | number>() };
  if (exact.partial) cuts.push(`${layout.name}: ${exact.partial}`);
  const left = singles.filter((prefix) => !exact.found.has(prefixKey(prefix)));
  const probes = await probeRoutes(session, layout, oid, [...ranges, ...left], limits.maxRows, keep);
  if (probes.partial) cuts.push(`${layout.name}: ${probes.partial}`);
  return { table: await table(), partial: cuts[0], walked, singles };
}

const notShown = (family: Family) =>
  `the agent shows not a single IPv${family} route, not even a connected one, in ` +
  `${family === 4 ? 'inetCidrRouteTable (1.3.6.1.2.1.4.24.7) or ipCidrRouteTable (1.3.6.1.2.1.4.24.4)' : 'inetCidrRouteTable (1.3.6.1.2.1.4.24.7)'}: ` +
  'allow 1.3.6.1.2.1.4.24 in its view (VyOS leaves it out unless told otherwise), or read the device by SSH';

/** The views of the routing table, one per address family asked for. Rejects with SnmpError. */
export async function readRoutes(
  session: SnmpSession,
  query: CollectQuery,
  system: SystemAnswer,
  limits: WalkLimits,
  now: () => number,
): Promise<Reading<readonly RouteView[]>> {
  const views: RouteView[] = [];
  const unseen: Family[] = [];
  const unordered = isUnordered(system.objectId);
  const families: readonly Family[] = [4, 6];
  for (const family of families) {
    const ranges = widest(query.ranges.filter((range) => range.family === family));
    const prefixes = query.prefixes.filter((prefix) => prefix.family === family);
    const singles = prefixes.filter((prefix) => !ranges.some((range) => contains(range, prefix)));
    if (ranges.length + singles.length === 0) continue;
    const source = await findSource(session, family);
    const older =
      source || family === 6 ? undefined : await readOldestRoutes(session, ranges, singles, limits);
    if (older) {
      views.push({
        layer: 'installed',
        vrf: 'default',
        table: RouteTable.of(older.rows),
        scopes: scopesOf(ranges, singles, prefixesOf(older.rows), 'ipRouteTable (1.3.6.1.2.1.4.21)'),
        partial: older.partial,
        allNextHops: false,
      });
      continue;
    }
    if (!source) unseen.push(family);
    const answer: FamilyAnswer = source
      ? await readFamily(
          session,
          source,
          { ranges, prefixes, unordered, netSnmp: system.netSnmp === true },
          limits,
        )
      : { table: RouteTable.of([]), partial: notShown(family), walked: ranges, singles };
    const { table, partial } = answer;
    views.push({
      layer: 'installed',
      vrf: 'default',
      table,
      scopes: scopesOf(answer.walked, answer.singles, table.prefixes(), source && tableOf(source)),
      ...(partial !== undefined && { partial }),
      // net-snmp shows one next hop of several; of an agent that does not say what it is nothing is known.
      allNextHops: system.netSnmp === false,
      ...(system.netSnmp && { cacheSeconds: netSnmpCache }),
    });
  }
  const [first] = unseen;
  if (first !== undefined && unseen.length === views.length)
    return failure(now(), 'unsupported', notShown(first));
  return success(now(), views);
}
