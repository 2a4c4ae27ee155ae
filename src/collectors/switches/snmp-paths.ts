// Paths of the BGP table from bgp4PathAttrTable (RFC 4273): one row for each prefix and peer, IPv4, default table. A full walk
// costs 14 columns of every path; a live agent is asked for the prefixes in question (snmp-path-reader.ts). FRR (bgpd/bgp_snmp.c) cuts each AS to 16 bits and
// writes 0 for attributes that are absent; others write -1, and the text "NULL" for an empty path.
import { addressFromBytes } from '../../model/address.ts';
import { prefixOf } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import type { Oid, SnmpValue } from '../../transport/snmp-value.ts';
import { addressOfOctets } from './snmp-index.ts';
import { addressOfValue } from './snmp-session-values.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';

/** bgp4PathAttrEntry. */
export const pathEntry: Oid = [1, 3, 6, 1, 2, 1, 15, 6, 1];
/** The columns that tell a path. */
export const pathColumns = { asPath: 5, nextHop: 6, localPref: 8, best: 13 } as const;

function segmentsOf(octets: Uint8Array, size: 2 | 4): string | undefined {
  const words: string[] = [];
  for (let i = 0; i < octets.length; ) {
    const type = octets[i] ?? 0;
    const count = octets[i + 1] ?? 0;
    const end = i + 2 + count * size;
    if (type < 1 || type > 4 || count === 0 || end > octets.length) return undefined;
    const view = Buffer.from(octets.subarray(i + 2, end));
    const numbers = Array.from({ length: count }, (_, j) => view.readUIntBE(j * size, size));
    // Sets (1) and confederation sets (4) in braces, as routers print them.
    words.push(type === 1 || type === 4 ? `{${numbers.join(',')}}` : numbers.join(' '));
    i = end;
  }
  return words.join(' ');
}

/** AS numbers of a path in its encoded form, two octets each by the MIB, four where only that fits; undefined for none. */
export function asPathOf(value: SnmpValue | undefined): string | undefined {
  if (value?.type !== 'octets' || value.value.length === 0) return undefined;
  return segmentsOf(value.value, 2) ?? segmentsOf(value.value, 4);
}

export interface SavedPaths {
  readonly rows: readonly RouteRow[];
  readonly unreadable: number;
}

/** The paths among the rows. */
export function decodePaths(table: readonly TableRow[]): SavedPaths {
  const rows: RouteRow[] = [];
  for (const row of table) {
    const network = row.index.length === 9 ? addressFromBytes(row.index.slice(0, 4)) : undefined;
    const peer = addressOfOctets(row.index.slice(5));
    const length = row.index[4] ?? 33;
    if (!network || peer === undefined || length > 32) continue;
    const nextHop = addressOfValue(row.cells.get(pathColumns.nextHop));
    const asPath = asPathOf(row.cells.get(pathColumns.asPath));
    const localPref = integerAt(row, pathColumns.localPref);
    rows.push({
      prefix: prefixOf(network, length),
      nextHops: nextHop === undefined ? [] : [{ address: nextHop }],
      protocol: 'bgp',
      best: integerAt(row, pathColumns.best) === 2,
      vrf: 'default',
      ...(asPath !== undefined && { asPath }),
      // A route of its own has no peer.
      ...(peer !== '0.0.0.0' && { from: peer }),
      ...(localPref !== undefined && localPref > 0 && { localPref }),
    });
  }
  return { rows, unreadable: table.length - rows.length };
}
