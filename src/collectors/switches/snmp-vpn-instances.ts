// Tables that show a session once for each of its families, in an instance (VRF): HUAWEI-BGP-VPN-MIB and its sibling
// HH3C-BGP-VPN-MIB. The rows of one peer in one instance are one session; its families are those of the rows, its counts
// come from a table of the same index.
import { formatOid, type Oid } from '../../transport/snmp-value.ts';
import { addressOfArcs } from './snmp-index.ts';
import type { FamilyCounts, SessionList } from './snmp-session-list.ts';
import { textAt } from './snmp-session-values.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';

export interface InstancePeer {
  readonly peerAddress: string;
  /** Arcs of the instance. */
  readonly instance: Oid;
  /** The row of its first family; state and AS are the same in all. */
  readonly row: TableRow;
  readonly families: readonly FamilyCounts[];
}

interface InstanceIndex {
  readonly instance: Oid;
  readonly afi: number;
  readonly safi: number;
  readonly address: string;
}

function indexOf(arcs: Oid, instanceArcs: number): InstanceIndex | undefined {
  const [afi, safi] = arcs.slice(instanceArcs);
  const address = addressOfArcs(arcs.slice(instanceArcs + 2));
  if (afi === undefined || safi === undefined || address === undefined) return undefined;
  return { instance: arcs.slice(0, instanceArcs), afi, safi, address };
}

/** Peers of the table, each once; `counts` holds received(1), active(2) and advertised(3) by the same index. */
export function peersByInstance(
  list: SessionList,
  instanceArcs: number,
  rows: readonly TableRow[],
  counts: readonly TableRow[],
): readonly InstancePeer[] {
  const countsOf = new Map(counts.map((row) => [formatOid(row.index), row]));
  const peers = new Map<string, InstancePeer & { readonly families: FamilyCounts[] }>();
  for (const row of rows) {
    const index = indexOf(row.index, instanceArcs);
    if (!index) {
      list.unreadable(row.index);
      continue;
    }
    const key = `${formatOid(index.instance)} ${index.address}`;
    const peer = peers.get(key) ?? {
      peerAddress: index.address,
      instance: index.instance,
      row,
      families: [],
    };
    peers.set(key, peer);
    const counted = countsOf.get(formatOid(row.index));
    peer.families.push({
      afi: index.afi,
      safi: index.safi,
      ...(counted && { received: integerAt(counted, 1), advertised: integerAt(counted, 3) }),
    });
  }
  return [...peers.values()];
}

/** Names of VRFs by instance, from the rows of the family table: unicast rows name it, others may name the family. */
export function namesByInstance(
  instanceArcs: number,
  rows: readonly TableRow[],
  column: number,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const row of rows) {
    const instance = formatOid(row.index.slice(0, instanceArcs));
    const name = textAt(row, column);
    const unicast = row.index[instanceArcs + 1] === 1;
    if (name !== undefined && (unicast || !names.has(instance))) names.set(instance, name);
  }
  return names;
}
