// CISCO-BGP4-MIB (1.3.6.1.4.1.9.9.187): cbgpPeer3Table with VRFs (NX-OS), cbgpPeer2Table without. Counts are in two tables,
// an old one by IPv4 address and one by any; IOS-XE has its IPv4 peers in the first and its IPv6 ones in the second, so both
// are read. Old IOS has the first one and BGP4-MIB. The table with VRFs has no counts of its own: those of other VRFs are behind an SNMP context each.
import type { Oid } from '../../transport/snmp-value.ts';
import { addressOfArcs } from './snmp-index.ts';
import { type FamilyCounts, SessionList } from './snmp-session-list.ts';
import { type RowsOf, type SessionTable, type TablePart, under } from './snmp-session-table.ts';
import { addressOfValue, adminDownAt, asnAt, errorAt, stateAt, textAt } from './snmp-session-values.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';

const root: Oid = [1, 3, 6, 1, 4, 1, 9, 9, 187, 1];
const prefixColumns = [1, 6, 8];
const localAs: TablePart = { entry: under(root, 3), columns: [2] };
const oldNames: TablePart = { entry: under(root, 2, 3, 1), columns: [3] };
const oldPrefixes: TablePart = { entry: under(root, 2, 4, 1), columns: prefixColumns };
const peer2: TablePart = { entry: under(root, 2, 5, 1), columns: [3, 4, 6, 8, 11, 17, 18, 19, 28] };
const names: TablePart = { entry: under(root, 2, 7, 1), columns: [3] };
const prefixes: TablePart = { entry: under(root, 2, 8, 1), columns: prefixColumns };
// Column n of the older table is n + 2 here; 4 is the VRF's name.
const peer3: TablePart = { entry: under(root, 2, 9, 1), columns: [4, 5, 6, 8, 10, 13, 19, 20, 21, 30] };
const details = [localAs, oldNames, oldPrefixes, names, prefixes];

/** Counts and families by the peer's address: an agent may write its length in one table's index and not in the other's. */
function familiesOf(rowsOf: RowsOf): Map<string, FamilyCounts[]> {
  const found = new Map<string, Map<string, FamilyCounts>>();
  const take = (rows: readonly TableRow[], head: Oid) => {
    for (const row of rows) {
      const [afi, safi] = row.index.slice(-2);
      if (afi === undefined || safi === undefined) continue;
      const key = addressOfArcs([...head, ...row.index.slice(0, -2)]);
      if (key === undefined) continue;
      const ofPeer = found.get(key) ?? new Map<string, FamilyCounts>();
      found.set(key, ofPeer);
      const advertised = integerAt(row, 6);
      const withdrawn = integerAt(row, 8);
      const family = `${afi}.${safi}`;
      ofPeer.set(family, {
        afi,
        safi,
        ...ofPeer.get(family),
        ...(row.cells.has(1) && { accepted: integerAt(row, 1) }),
        // Both only ever count up since the last hard reset.
        ...(advertised !== undefined &&
          withdrawn !== undefined && { advertised: Math.max(0, advertised - withdrawn) }),
      });
    }
  };
  const ipv4: Oid = [1, 4];
  take(rowsOf(oldNames), ipv4);
  take(rowsOf(oldPrefixes), ipv4);
  take(rowsOf(names), []);
  take(rowsOf(prefixes), []);
  return new Map([...found].map(([key, ofPeer]) => [key, [...ofPeer.values()]]));
}

function localAsnOf(rowsOf: RowsOf, localAsn: number | null): number | null {
  const [scalar] = rowsOf(localAs);
  return (scalar && asnAt(scalar, 2)) ?? localAsn;
}

/** The session behind columns that are `shift` higher than those of cbgpPeer2Table. */
function peerOf(row: TableRow, shift: number, localAsn: number | null) {
  return {
    peerAsn: asnAt(row, 11 + shift),
    localAsn: asnAt(row, 8 + shift) ?? localAsn,
    state: stateAt(row, 3 + shift),
    adminDown: adminDownAt(row, 4 + shift),
    localAddress: addressOfValue(row.cells.get(6 + shift)),
    lastError: errorAt(row, 17 + shift) ?? textAt(row, 28 + shift),
    transitions: integerAt(row, 18 + shift),
    establishedSeconds: integerAt(row, 19 + shift),
  };
}

export const cbgpPeer2Table: SessionTable = {
  name: 'cbgpPeer2Table',
  peers: peer2,
  details,
  families: ['ipv4', 'ipv6'],
  vrfs: 'one',
  beside: [],
  decode: (rowsOf, localAsn) => {
    const list = new SessionList('cbgpPeer2Table');
    const families = familiesOf(rowsOf);
    const own = localAsnOf(rowsOf, localAsn);
    for (const row of rowsOf(peer2)) {
      const peerAddress = addressOfArcs(row.index);
      if (peerAddress === undefined) list.unreadable(row.index);
      else list.add({ peerAddress, vrf: 'default', ...peerOf(row, 0, own) }, families.get(peerAddress));
    }
    return list.done();
  },
};

export const cbgpPeer3Table: SessionTable = {
  name: 'cbgpPeer3Table',
  peers: peer3,
  details,
  families: ['ipv4', 'ipv6'],
  vrfs: 'all',
  // What shows without a VRF only is added.
  beside: ['cbgpPeer2Table'],
  decode: (rowsOf, localAsn) => {
    const list = new SessionList('cbgpPeer3Table');
    const families = familiesOf(rowsOf);
    const own = localAsnOf(rowsOf, localAsn);
    for (const row of rowsOf(peer3)) {
      const [vrfId, ...address] = row.index;
      const peerAddress = addressOfArcs(address);
      if (peerAddress === undefined) {
        list.unreadable(row.index);
        continue;
      }
      const name = textAt(row, 4);
      const unnamed = vrfId === undefined || vrfId <= 1 ? 'default' : String(vrfId);
      const vrf = name ?? unnamed;
      if (vrf !== 'default') list.note('prefix counts of peers in VRFs are behind an SNMP context each');
      list.add(
        { peerAddress, vrf, ...peerOf(row, 2, own) },
        vrf === 'default' ? families.get(peerAddress) : [],
      );
    }
    return list.done();
  },
};

/** Old IOS: counts of the peers that BGP4-MIB shows, which this table has nothing else of. */
export const cbgpPeerAddrFamilyPrefixTable: SessionTable = {
  name: 'cbgpPeerAddrFamilyPrefixTable',
  peers: oldPrefixes,
  details: [localAs, oldNames],
  families: ['ipv4'],
  vrfs: 'one',
  beside: ['bgpPeerTable'],
  decode: (rowsOf, localAsn) => {
    const list = new SessionList('cbgpPeerAddrFamilyPrefixTable');
    const own = localAsnOf(rowsOf, localAsn);
    for (const [peerAddress, families] of familiesOf(rowsOf)) {
      list.add({ peerAddress, vrf: 'default', peerAsn: null, localAsn: own, state: null }, families);
    }
    return list.done();
  },
};
