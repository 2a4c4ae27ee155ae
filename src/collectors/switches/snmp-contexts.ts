// VRFs behind SNMP contexts (RFC 3411 section 3.3.1; of versions 1 and 2c a community that leads to one, as vendors do it):
// each is asked like a device of its own, and what it calls its default table is that VRF. Readings of all are joined:
// a VRF that could not be read fails the sessions as a whole, since its own would look gone, and is a partial table of routes.
import type { CollectQuery } from '../../model/collector.ts';
import { failure, type Reading, success } from '../../model/reading.ts';
import { RouteTable } from '../../model/route-table.ts';
import type { RouteScope, RouteView } from '../../model/route-view.ts';
import type { Session } from '../../model/session.ts';

export interface VrfReadings {
  readonly vrf: string;
  readonly sessions: Reading<readonly Session[]>;
  readonly routes: Reading<readonly RouteView[]>;
}

const keyOf = ({ vrf, afi, peerAddress }: Session) => `${vrf} ${afi} ${peerAddress}`;

/** All sessions once: a table that shows every VRF shows them behind every context. */
export function joinVrfSessions(
  main: Reading<readonly Session[]>,
  others: readonly VrfReadings[],
): Reading<readonly Session[]> {
  if (!main.ok) return main;
  const joined = new Map(main.value.map((session) => [keyOf(session), session]));
  for (const { vrf, sessions } of others) {
    if (!sessions.ok)
      return failure(sessions.at, sessions.error.kind, `VRF ${vrf}: ${sessions.error.message}`);
    for (const session of sessions.value) {
      const named = session.vrf === 'default' ? { ...session, vrf } : session;
      if (!joined.has(keyOf(named))) joined.set(keyOf(named), named);
    }
  }
  return success(main.at, [...joined.values()]);
}

function scopesOf({ ranges, prefixes }: CollectQuery): RouteScope[] {
  return [
    { kind: 'ranges', prefixes: ranges },
    { kind: 'exact', prefixes },
  ];
}

/** The views of all tables, those of a VRF under its name. */
export function joinVrfRoutes(
  main: Reading<readonly RouteView[]>,
  others: readonly VrfReadings[],
  query: CollectQuery,
): Reading<readonly RouteView[]> {
  if (!main.ok) return main;
  const views = others.flatMap(({ vrf, routes }): readonly RouteView[] => {
    if (routes.ok) {
      return routes.value.map((view) => ({ ...view, vrf, table: view.table.inVrf(vrf) }));
    }
    const partial = `VRF ${vrf}: ${routes.error.message}`;
    return [
      {
        layer: 'installed',
        vrf,
        table: RouteTable.of([]),
        scopes: scopesOf(query),
        partial,
        allNextHops: false,
      },
    ];
  });
  return success(main.at, [...main.value, ...views]);
}
