// BGP sessions from BGP4-MIB's bgpPeerTable (RFC 4273), which nearly every switch has: IPv4 peers, no VRF, no prefix counts.
// The index holds the peer's address; the column that repeats it is often not served. ASNs are a signed Integer32:
// 4-octet ones come negative or as AS_TRANS (RFC 6793).
import { asTrans } from '../../model/asn.ts';
import { addressOfOctets } from './snmp-index.ts';
import { type DecodedSessions, SessionList } from './snmp-session-list.ts';
import type { SessionTable, TablePart } from './snmp-session-table.ts';
import { addressOfValue, adminDownAt, asnAt, errorAt, stateAt } from './snmp-session-values.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';

const column = {
  state: 2,
  adminStatus: 3,
  localAddress: 5,
  remoteAs: 9,
  lastError: 14,
  transitions: 15,
  establishedTime: 16,
} as const;

const peers: TablePart = { entry: [1, 3, 6, 1, 2, 1, 15, 3, 1], columns: Object.values(column) };
const name = 'bgpPeerTable';

/** Decodes rows of bgpPeerTable; rows with only some columns are sessions with less to say. */
export function decodeBgpPeers(rows: readonly TableRow[], localAsn: number | null): DecodedSessions {
  const list = new SessionList(name);
  for (const row of rows) {
    const peerAddress = row.index.length === 4 ? addressOfOctets(row.index) : undefined;
    if (peerAddress === undefined) {
      list.unreadable(row.index);
      continue;
    }
    if (integerAt(row, column.remoteAs) === asTrans) {
      list.note(`peer ${peerAddress} has AS_TRANS (23456) as its AS: the real one does not fit this table`);
    }
    list.add({
      peerAddress,
      vrf: 'default',
      peerAsn: asnAt(row, column.remoteAs),
      localAsn,
      state: stateAt(row, column.state),
      // A session that is not up has 0.0.0.0 there.
      localAddress: addressOfValue(row.cells.get(column.localAddress)),
      adminDown: adminDownAt(row, column.adminStatus),
      establishedSeconds: integerAt(row, column.establishedTime),
      transitions: integerAt(row, column.transitions),
      lastError: errorAt(row, column.lastError),
    });
  }
  return list.done();
}

export const bgpPeerTable: SessionTable = {
  name,
  peers,
  details: [],
  families: ['ipv4'],
  vrfs: 'one',
  beside: [],
  decode: (rowsOf, localAsn) => decodeBgpPeers(rowsOf(peers), localAsn),
};
