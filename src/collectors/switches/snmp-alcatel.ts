// Alcatel-Lucent OmniSwitch: ALCATEL-IND1-BGP-MIB (AOS 7 and 8: 1.3.6.1.4.1.6486.801.1.2.1.10.5, AOS 6: …6486.800…),
// alaBgpPeerTable with AS, name and counts beside BGP4-MIB's states, and alaBgpPeer6Table, indexed by 16 octets. Columns by
// the MIB; of the IPv6 table only those are read that it shares with the other, and no state.
import type { Afi } from '../../model/session.ts';
import type { Oid } from '../../transport/snmp-value.ts';
import { addressOfOctets } from './snmp-index.ts';
import { SessionList } from './snmp-session-list.ts';
import { type RowsOf, type SessionTable, type TablePart, under } from './snmp-session-table.ts';
import { addressOfValue, asnAt, textAt } from './snmp-session-values.ts';
import { integerAt } from './snmp-tables.ts';

interface Layout {
  readonly name: string;
  readonly peers: TablePart;
  readonly afi: Afi;
  readonly beside: readonly string[];
}

function peerTable({ name, peers, afi, beside }: Layout): SessionTable {
  const octets = afi === 'ipv4' ? 4 : 16;
  const decode = (rowsOf: RowsOf, localAsn: number | null) => {
    const list = new SessionList(name);
    for (const row of rowsOf(peers)) {
      const peerAddress = row.index.length === octets ? addressOfOctets(row.index) : undefined;
      if (peerAddress === undefined) {
        list.unreadable(row.index);
        continue;
      }
      if (afi === 'ipv6') list.note('the state of IPv6 peers is not read');
      list.add(
        {
          peerAddress,
          vrf: 'default',
          peerAsn: asnAt(row, 2),
          localAsn,
          state: null,
          localAddress: afi === 'ipv4' ? addressOfValue(row.cells.get(17)) : undefined,
          description: textAt(row, 4),
        },
        afi === 'ipv4' ? [{ afi: 1, safi: 1, received: integerAt(row, 25) }] : [],
      );
    }
    return list.done();
  };
  return { name, peers, details: [], families: [afi], vrfs: 'one', beside, decode };
}

function tablesBelow(root: Oid, release: string): readonly SessionTable[] {
  const ipv6 = `alaBgpPeer6Table${release}`;
  return [
    peerTable({
      name: `alaBgpPeerTable${release}`,
      peers: { entry: under(root, 2, 1), columns: [2, 4, 17, 25] },
      afi: 'ipv4',
      beside: [ipv6, 'bgpPeerTable'],
    }),
    peerTable({
      name: ipv6,
      peers: { entry: under(root, 12, 1), columns: [2, 4] },
      afi: 'ipv6',
      beside: ['bgpPeerTable'],
    }),
  ];
}

const below = (product: number): Oid => [1, 3, 6, 1, 4, 1, 6486, product, 1, 2, 1, 10, 5, 1, 1];

export const alcatelTables: readonly SessionTable[] = tablesBelow(below(801), '');
export const oldAlcatelTables: readonly SessionTable[] = tablesBelow(below(800), ' of AOS 6');
