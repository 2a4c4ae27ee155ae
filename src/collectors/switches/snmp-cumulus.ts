// Cumulus Linux: CUMULUS-BGPUN-MIB (1.3.6.1.4.1.40310.4) and CUMULUS-BGPVRF-MIB (1.3.6.1.4.1.40310.7), BGP4-MIB's columns for
// unnumbered peers too, the second one by VRF. BGPUN's index looks like an IPv4 address and is the peer's router id: column
// 25 tells the peer's address, or the interface of an unnumbered one.
import { canonicalAddress } from '../../model/address.ts';
import { formatOid, type Oid } from '../../transport/snmp-value.ts';
import { addressOfOctets } from './snmp-index.ts';
import { SessionList } from './snmp-session-list.ts';
import { type RowsOf, type SessionTable, type TablePart, under } from './snmp-session-table.ts';
import { addressOfValue, adminDownAt, asnAt, errorAt, stateAt, textAt } from './snmp-session-values.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';

const cumulus: Oid = [1, 3, 6, 1, 4, 1, 40310];
const columns = [2, 3, 5, 9, 14, 15, 16, 25, 26];
const plainPeers: TablePart = { entry: under(cumulus, 4, 3, 1, 1), columns };
const plainLocalAs: TablePart = { entry: under(cumulus, 4), columns: [2] };
const vrfPeers: TablePart = { entry: under(cumulus, 7, 3, 1, 1), columns: [7, ...columns] };
// Local AS and name of each VRF, by its table number.
const vrfs: TablePart = { entry: under(cumulus, 7), columns: [2, 8] };

function factsOf(row: TableRow, localAsn: number | null) {
  return {
    peerAsn: asnAt(row, 9),
    localAsn,
    state: stateAt(row, 2),
    adminDown: adminDownAt(row, 3),
    localAddress: addressOfValue(row.cells.get(5)),
    description: textAt(row, 26),
    establishedSeconds: integerAt(row, 16),
    transitions: integerAt(row, 15),
    lastError: errorAt(row, 14),
  };
}

/** Address and, for an unnumbered peer, interface; `key` is the address in the index, if it is one. */
function peerOf(row: TableRow, key: string | undefined) {
  const shown = textAt(row, 25);
  const address = shown === undefined ? undefined : canonicalAddress(shown);
  if (address !== undefined) return { peerAddress: address };
  const known = key ?? addressOfValue(row.cells.get(7));
  const peerAddress = known ?? shown;
  if (peerAddress === undefined) return undefined;
  return { peerAddress, ...(shown !== undefined && { name: shown }) };
}

export const cumulusBgpPeerTable: SessionTable = {
  name: 'CUMULUS-BGPUN-MIB bgpPeerTable',
  peers: plainPeers,
  details: [plainLocalAs],
  families: ['ipv4', 'ipv6'],
  vrfs: 'one',
  beside: [],
  decode: (rowsOf: RowsOf, localAsn) => {
    const list = new SessionList('CUMULUS-BGPUN-MIB bgpPeerTable');
    const [scalar] = rowsOf(plainLocalAs);
    const own = (scalar && asnAt(scalar, 2)) ?? localAsn;
    for (const row of rowsOf(plainPeers)) {
      const key = row.index.length === 4 ? addressOfOctets(row.index) : undefined;
      const peer = key === undefined ? undefined : peerOf(row, key);
      if (peer) list.add({ ...peer, vrf: 'default', ...factsOf(row, own) });
      else list.unreadable(row.index);
    }
    return list.done();
  },
};

// Kinds of identifier in the index of BGPVRF's peers.
const byInterface = 0;

export const cumulusVrfBgpPeerTable: SessionTable = {
  name: 'CUMULUS-BGPVRF-MIB bgpPeerTable',
  peers: vrfPeers,
  details: [vrfs],
  families: ['ipv4', 'ipv6'],
  vrfs: 'all',
  beside: [],
  decode: (rowsOf: RowsOf, localAsn) => {
    const list = new SessionList('CUMULUS-BGPVRF-MIB bgpPeerTable');
    const vrfOf = new Map(rowsOf(vrfs).map((row) => [formatOid(row.index), row]));
    for (const row of rowsOf(vrfPeers)) {
      const [table = 0, kind, ...octets] = row.index;
      const key = addressOfOctets(octets);
      const peer = peerOf(row, kind === byInterface ? undefined : key);
      if (key === undefined || !peer) {
        list.unreadable(row.index);
        continue;
      }
      const vrf = vrfOf.get(String(table)) ?? vrfOf.get(`${table}.0`);
      list.add({
        ...peer,
        vrf: (vrf && textAt(vrf, 8)) ?? (table === 0 ? 'default' : String(table)),
        ...factsOf(row, (vrf ? asnAt(vrf, 2) : null) ?? localAsn),
      });
    }
    return list.done();
  },
};
