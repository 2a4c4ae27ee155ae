// HUAWEI-BGP-VPN-MIB (1.3.6.1.4.1.2011.5.25.177): hwBgpPeerTable, one row for each family of a session, by instance. The
// peer's description and local address are in a table of sessions, by address and VRF 0 or the instance. hwBgpPeerVrfName
// names the instance; in instance 0 it names the family (`Public`, `VPNV4`).
import { formatOid, type Oid } from '../../transport/snmp-value.ts';
import { addressOfArcs } from './snmp-index.ts';
import { SessionList } from './snmp-session-list.ts';
import { type RowsOf, type SessionTable, type TablePart, under } from './snmp-session-table.ts';
import { addressOfValue, adminDownAt, asnAt, errorAt, stateAt, textAt } from './snmp-session-values.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';
import { namesByInstance, peersByInstance } from './snmp-vpn-instances.ts';

const name = 'hwBgpPeerTable';
const root: Oid = [1, 3, 6, 1, 4, 1, 2011, 5, 25, 177, 1, 1];
const families: TablePart = { entry: under(root, 1, 1), columns: [6] };
const peers: TablePart = { entry: under(root, 2, 1), columns: [2, 5, 6, 7, 9, 11] };
const routes: TablePart = { entry: under(root, 3, 1), columns: [1, 3] };
const sessions: TablePart = { entry: under(root, 8, 1), columns: [5, 9, 11] };

// Why a session is down, hwBgpPeerUnAvaiReason, is not read: the last error says more.

function decode(rowsOf: RowsOf, localAsn: number | null) {
  const list = new SessionList(name);
  const names = namesByInstance(1, rowsOf(families), 6);
  const extra = new Map<string, TableRow>();
  for (const row of rowsOf(sessions)) {
    const [vrf = 0, ...address] = row.index;
    const text = addressOfArcs(address);
    if (text !== undefined) extra.set(`${vrf} ${text}`, row);
  }
  for (const peer of peersByInstance(list, 1, rowsOf(peers), rowsOf(routes))) {
    const { peerAddress, row } = peer;
    const instance = formatOid(peer.instance);
    const more = extra.get(`${instance} ${peerAddress}`) ?? extra.get(`0 ${peerAddress}`);
    const vrf = names.get(instance) ?? (more && textAt(more, 9)) ?? instance;
    list.add(
      {
        peerAddress,
        vrf: instance === '0' ? 'default' : vrf,
        peerAsn: asnAt(row, 2),
        localAsn,
        state: stateAt(row, 5),
        adminDown: adminDownAt(row, 11),
        establishedSeconds: integerAt(row, 7),
        transitions: integerAt(row, 6),
        lastError: errorAt(row, 9),
        localAddress: more && addressOfValue(more.cells.get(5)),
        description: more && textAt(more, 11),
      },
      peer.families,
    );
  }
  return list.done();
}

export const hwBgpPeerTable: SessionTable = {
  name,
  peers,
  details: [families, routes, sessions],
  // CE12800 leaves the admin status out.
  families: ['ipv4', 'ipv6'],
  vrfs: 'all',
  beside: ['bgpPeerTable'],
  decode,
};
