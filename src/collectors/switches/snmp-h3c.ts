// H3C and HPE Comware: HH3C-BGP-VPN-MIB (1.3.6.1.4.1.25506.2.202), one row for each family of a session, by instance and VPN,
// and HH3C-BGP4V2-MIB (…2.183), IPv6 peers with little beside their state. Old builds have the same tree below Huawei's
// number. Models serve parts of it or none: BGP4-MIB is read beside. Columns by H3C's MIB manual, not by a capture.
import { formatOid, type Oid } from '../../transport/snmp-value.ts';
import { addressOfOctets } from './snmp-index.ts';
import { SessionList } from './snmp-session-list.ts';
import { type RowsOf, type SessionTable, type TablePart, under } from './snmp-session-table.ts';
import { adminDownAt, asnAt, errorAt, stateAt } from './snmp-session-values.ts';
import { integerAt } from './snmp-tables.ts';
import { namesByInstance, peersByInstance } from './snmp-vpn-instances.ts';

const hh3c: Oid = [1, 3, 6, 1, 4, 1, 25506, 2];
const beforeHh3c: Oid = [1, 3, 6, 1, 4, 1, 2011, 10, 2];

function peerTable(name: string, common: Oid): SessionTable {
  const root = under(common, 202, 1, 1);
  const families: TablePart = { entry: under(root, 1, 1), columns: [7] };
  const peers: TablePart = { entry: under(root, 2, 1), columns: [2, 4, 5, 6, 8, 10] };
  const routes: TablePart = { entry: under(root, 3, 1), columns: [1, 3] };
  const decode = (rowsOf: RowsOf, localAsn: number | null) => {
    const list = new SessionList(name);
    const names = namesByInstance(2, rowsOf(families), 7);
    for (const peer of peersByInstance(list, 2, rowsOf(peers), rowsOf(routes))) {
      const { row } = peer;
      const [, vpn = 0] = peer.instance;
      list.add(
        {
          peerAddress: peer.peerAddress,
          vrf: vpn === 0 ? 'default' : (names.get(formatOid(peer.instance)) ?? String(vpn)),
          peerAsn: asnAt(row, 2),
          localAsn,
          state: stateAt(row, 4),
          adminDown: adminDownAt(row, 10),
          establishedSeconds: integerAt(row, 6),
          transitions: integerAt(row, 5),
          lastError: errorAt(row, 8),
        },
        peer.families,
      );
    }
    return list.done();
  };
  return {
    name,
    peers,
    details: [families, routes],
    families: ['ipv4', 'ipv6'],
    vrfs: 'all',
    beside: ['hh3cBgp4v2PeerTable', 'bgpPeerTable'],
    decode,
  };
}

export const hh3cBgpPeerTable: SessionTable = peerTable('hh3cBgpPeerTable', hh3c);
export const h3cBgpPeerTable: SessionTable = peerTable('h3cBgpPeerTable', beforeHh3c);

const ipv6Peers: TablePart = { entry: under(hh3c, 183, 1, 1, 1), columns: [2, 3] };

export const hh3cBgp4v2PeerTable: SessionTable = {
  name: 'hh3cBgp4v2PeerTable',
  peers: ipv6Peers,
  details: [],
  families: ['ipv6'],
  vrfs: 'one',
  beside: ['bgpPeerTable'],
  decode: (rowsOf, localAsn) => {
    const list = new SessionList('hh3cBgp4v2PeerTable');
    for (const row of rowsOf(ipv6Peers)) {
      // 16 octets without a type; a length before them would be an agent that follows the newer rule.
      const octets = row.index.length === 17 && row.index[0] === 16 ? row.index.slice(1) : row.index;
      const peerAddress = octets.length === 16 ? addressOfOctets(octets) : undefined;
      if (peerAddress === undefined) {
        list.unreadable(row.index);
        continue;
      }
      list.add({
        peerAddress,
        vrf: 'default',
        peerAsn: null,
        localAsn,
        state: stateAt(row, 3),
        lastError: errorAt(row, 2),
      });
    }
    return list.done();
  },
};
