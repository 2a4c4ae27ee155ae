// What an agent shows by SNMP: the families, VRFs and counts of the table of peers that it serves, and of its routing table
// whether all next hops show and how old the agent's own copy may be (net-snmp: agent/mibgroup/ip-forward-mib).
import type { Capabilities, RouteSight, SessionSight } from '../../model/capabilities.ts';
import type { CollectQuery } from '../../model/collector.ts';
import { contains } from '../../model/prefix.ts';
import type { Reading } from '../../model/reading.ts';
import type { RouteView } from '../../model/route-view.ts';
import { type Afi, afiOf, type Session } from '../../model/session.ts';
import type { SessionTable } from './snmp-session-table.ts';
import { countsShown } from './ssh-capabilities.ts';

/**
 * The families of sessions: those the table can hold. Some that could hold IPv6 sessions stay without, so an agent that
 * has shown none is not taken for a witness that there is none.
 */
function sessionSight(table: SessionTable | undefined, sessions: readonly Session[]): SessionSight {
  const shown = new Set(sessions.flatMap(({ afi, peerAddress }) => [afi, afiOf(peerAddress)]));
  const families: readonly Afi[] = shown.has('ipv6') ? ['ipv4', 'ipv6'] : ['ipv4'];
  const name = table?.name ?? 'BGP4-MIB';
  const limits: string[] = [];
  if (!table?.families.includes('ipv6')) limits.push(`${name} has IPv4 peers only`);
  else if (!shown.has('ipv6')) limits.push(`${name} has not shown an IPv6 session so far`);
  if (table?.vrfs !== 'all') limits.push(`${name} shows one VRF`);
  return {
    families,
    vrfs: table?.vrfs === 'all' ? 'all' : [...new Set(['default', ...sessions.map(({ vrf }) => vrf)])],
    counts: countsShown(sessions),
    ...(limits.length > 0 && { limits: limits.join('; ') }),
  };
}

/** Ranges that were walked: a range crowded with foreign routes is not (snmp-route-cost.ts). */
function allWalked(views: readonly RouteView[], { ranges }: CollectQuery): boolean {
  const walked = views.flatMap(({ scopes }) => scopes.filter(({ kind }) => kind === 'ranges'));
  return ranges.every((range) =>
    walked.some(({ prefixes }) => prefixes.some((prefix) => contains(prefix, range))),
  );
}

function routeSight(views: readonly RouteView[], query: CollectQuery): RouteSight {
  const shown = views.filter(({ partial, table }) => partial === undefined || table.size > 0);
  const families = new Set<Afi>();
  for (const { scopes } of shown)
    for (const { prefixes } of scopes)
      for (const { family } of prefixes) families.add(family === 4 ? 'ipv4' : 'ipv6');
  const allNextHops = views.every((view) => view.allNextHops);
  const cacheSeconds = Math.max(0, ...views.map((view) => view.cacheSeconds ?? 0));
  const walked = allWalked(views, query);
  const limits = [
    ...(walked
      ? []
      : ['a range holds many more routes than are expected, so that only these were looked for']),
    'SNMP shows the routing tables of one VRF',
    ...(allNextHops ? [] : ['it may show one next hop of several']),
    ...(cacheSeconds > 0 ? [`the agent answers from a copy of up to ${cacheSeconds} s of age`] : []),
  ];
  return {
    families: [...families],
    vrfs: [...new Set(['default', ...views.map(({ vrf }) => vrf)])],
    limits: limits.join('; '),
    layers: [...new Set(views.map(({ layer }) => layer))],
    allNextHops,
    questions: walked ? ['ranges', 'exact'] : ['exact'],
    cacheSeconds,
  };
}

/** What the agent has shown; of a part that could not be read nothing is said. */
export function snmpCapabilities(
  table: SessionTable | undefined,
  sessions: Reading<readonly Session[]>,
  routes: Reading<readonly RouteView[]>,
  query: CollectQuery,
): Capabilities {
  return {
    ...(sessions.ok && { sessions: sessionSight(table, sessions.value) }),
    ...(routes.ok && routes.value.length > 0 && { routes: routeSight(routes.value, query) }),
  };
}
