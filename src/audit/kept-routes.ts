// Peers of a device that are away while it keeps their routes: RFC 4724, and what RFC 9494 calls stale.
import type { RouteTable } from '../model/route-table.ts';
import { clusterVrf, type DeviceSnapshot } from '../model/snapshot.ts';
import type { Context } from './context.ts';
import { decidingViews, silentPeers } from './verdict.ts';

/** Of these addresses those that some row of the table leads to, or came from. */
function inUse({ columns }: RouteTable, silent: ReadonlySet<string>): readonly string[] {
  const hops = columns.hopSets.flatMap((set) => set.flatMap(({ address }) => address ?? []));
  const senders = columns.attributeSets.flatMap(({ from }) => from ?? []);
  return [...hops, ...senders].filter((address) => silent.has(address));
}

/**
 * Addresses of peers that are away and whose routes are kept: said by the session, or, where a source shows no graceful
 * restart (BGP4-MIB), seen in tables that still have routes of a peer without a session.
 */
export function restartingPeers(context: Context, snapshot: DeviceSnapshot): readonly string[] {
  const sessions = context.sessions(snapshot);
  if (!sessions.known) return [];
  const said = sessions.value.flatMap(({ gracefulRestart, peerAddress }) =>
    gracefulRestart ? [peerAddress] : [],
  );
  const silent = silentPeers(sessions.value, clusterVrf(snapshot.device));
  const routes = context.routes(snapshot);
  if (silent.size === 0 || snapshot.device.role !== 'switch' || !routes.known) return said;
  return [...said, ...decidingViews(routes.value).flatMap(({ table }) => inUse(table, silent))];
}
