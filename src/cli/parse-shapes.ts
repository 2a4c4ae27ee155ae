// What parse prints: sessions, routes and notes, with the keys in the documented order.
import type { Parsed } from '../model/driver.ts';
import { formatPrefix } from '../model/prefix.ts';
import type { RouteRow } from '../model/route-table.ts';

/** One route as parse prints it. */
export function routeShape(
  { prefix, nextHops, protocol, best, asPath, from, vrf }: RouteRow,
  device: string,
) {
  return { device, prefix: formatPrefix(prefix), nextHops, protocol, best, asPath, from, vrf };
}

/** What the device does not say is absent, or null where the shape has it always. */
export function shapes({ sessions, routes, notes }: Parsed, device: string) {
  return {
    sessions: sessions.map((session) => ({
      device,
      peerAddress: session.peerAddress,
      peerAsn: session.peerAsn,
      localAsn: session.localAsn,
      state: session.state,
      afi: session.afi,
      vrf: session.vrf,
      // JSON.stringify leaves undefined out.
      description: session.description,
      adminDown: session.adminDown,
      establishedSeconds: session.establishedSeconds,
      prefixesReceived: session.prefixesReceived,
      prefixesAccepted: session.prefixesAccepted,
      prefixesAdvertised: session.prefixesAdvertised,
      lastError: session.lastError,
    })),
    routes: routes.flatMap(({ rows }) => rows.map((row) => routeShape(row, device))),
    notes,
  };
}
