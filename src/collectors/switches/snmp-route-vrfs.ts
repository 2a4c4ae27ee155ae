// Routes of VRFs: mplsL3VpnVrfRteTable of MPLS-L3VPN-STD-MIB (RFC 4382), inetCidrRouteTable's rows with the VRF's name (its length
// and its octets) in front of their index.
import { inetCidrRoutes, type RouteLayout } from './snmp-route-index.ts';
import type { TableRow } from './snmp-tables.ts';

export const vrfRoutes: RouteLayout = {
  ...inetCidrRoutes,
  name: 'mplsL3VpnVrfRteTable',
  entry: [1, 3, 6, 1, 2, 1, 10, 166, 11, 1, 4, 1, 1],
};

/** The VRF of a row, and the row with what is left of its index; undefined when the index begins with no name. */
export function vrfOfRow(row: TableRow): { readonly vrf: string; readonly row: TableRow } | undefined {
  const [size = 0, ...rest] = row.index;
  const octets = rest.slice(0, size);
  if (size === 0 || octets.length < size || !octets.every((octet) => octet < 256)) return undefined;
  const vrf = Buffer.from(octets).toString('utf8').replace(/\p{C}/gu, '').trim();
  return vrf === '' ? undefined : { vrf, row: { index: rest.slice(size), cells: row.cells } };
}
