// Nokia SR OS and SR Linux: TIMETRA-BGP-MIB (1.3.6.1.4.1.6527.3.1.2.14), tBgpPeerNgTable and, on SR OS, tBgpPeerNgOperTable
// with a group of columns for each family. The index begins with the router instance; its name and AS are in
// TIMETRA-VRTR-MIB. tBgpPeerNgShutdown is a TruthValue: true(1) is shut.
import { afiOf } from '../../model/session.ts';
import type { Oid } from '../../transport/snmp-value.ts';
import { formatOid } from '../../transport/snmp-value.ts';
import { addressOfArcs } from './snmp-index.ts';
import { type FamilyCounts, SessionList } from './snmp-session-list.ts';
import { type RowsOf, type SessionTable, type TablePart, under } from './snmp-session-table.ts';
import {
  addressOfValue,
  adminDownAt,
  asnAt,
  bitsOf,
  errorAt,
  stateAt,
  textAt,
} from './snmp-session-values.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';

const timetra: Oid = [1, 3, 6, 1, 4, 1, 6527, 3, 1, 2];
const name = 'tBgpPeerNgTable';
const peers: TablePart = { entry: under(timetra, 14, 4, 7, 1), columns: [6, 7, 13, 53, 59, 65, 66] };

interface FamilyColumns {
  /** Bit of tBgpPeerNgFamily. */
  readonly bit: number;
  readonly afi: number;
  readonly safi: number;
  readonly received: number;
  readonly sent: number;
}

const families: readonly FamilyColumns[] = [
  { bit: 1, afi: 1, safi: 1, received: 5, sent: 6 },
  { bit: 2, afi: 1, safi: 128, received: 13, sent: 14 },
  { bit: 3, afi: 2, safi: 1, received: 27, sent: 28 },
  { bit: 5, afi: 2, safi: 128, received: 40, sent: 41 },
  { bit: 17, afi: 1, safi: 4, received: 116, sent: 117 },
  { bit: 18, afi: 2, safi: 4, received: 122, sent: 123 },
];
const oper: TablePart = {
  entry: under(timetra, 14, 4, 8, 1),
  columns: [...families.flatMap(({ received, sent }) => [received, sent]), 10, 151, 161, 177, 178],
};
const routers: TablePart = { entry: under(timetra, 3, 1, 1), columns: [4, 59] };

function familiesOf(row: TableRow, counts: TableRow | undefined, afi: number): FamilyCounts[] {
  const bits = bitsOf(row.cells.get(53));
  // Where the families are not told: that of the peer's address, and any that has prefixes.
  const isCarried = row.cells.has(53)
    ? ({ bit }: FamilyColumns) => bits.has(bit)
    : (one: FamilyColumns) =>
        one.safi === 1 &&
        (one.afi === afi ||
          (counts !== undefined &&
            (integerAt(counts, one.received) ?? 0) + (integerAt(counts, one.sent) ?? 0) > 0));
  return families.filter(isCarried).map(({ afi, safi, received, sent }) => ({
    afi,
    safi,
    ...(counts && { received: integerAt(counts, received), advertised: integerAt(counts, sent) }),
  }));
}

const baseRouter = 1;

function decode(rowsOf: RowsOf, localAsn: number | null) {
  const list = new SessionList(name);
  const operOf = new Map(rowsOf(oper).map((row) => [formatOid(row.index), row]));
  const routerOf = new Map(rowsOf(routers).map((row) => [formatOid(row.index), row]));
  for (const row of rowsOf(peers)) {
    const [router = 0, ...address] = row.index;
    const peerAddress = addressOfArcs(address);
    if (peerAddress === undefined) {
      list.unreadable(row.index);
      continue;
    }
    const more = operOf.get(formatOid(row.index));
    const instance = routerOf.get(String(router));
    const isBase = router === baseRouter;
    if (!isBase && !instance) list.note('router instances are told by number only');
    list.add(
      {
        peerAddress,
        vrf: isBase ? 'default' : ((instance && textAt(instance, 4)) ?? String(router)),
        peerAsn: asnAt(row, 66) ?? (more ? asnAt(more, 151) : null),
        // 0: that of the router instance.
        localAsn: asnAt(row, 65) ?? (instance ? asnAt(instance, 59) : null) ?? (isBase ? localAsn : null),
        state: stateAt(row, 59),
        adminDown: adminDownAt(row, 6),
        localAddress: addressOfValue(row.cells.get(13)) ?? (more && addressOfValue(more.cells.get(161))),
        description: textAt(row, 7),
        establishedSeconds: more && integerAt(more, 177),
        transitions: undefined,
        lastError: more && errorAt(more, 178),
      },
      familiesOf(row, more, afiOf(peerAddress) === 'ipv4' ? 1 : 2),
    );
  }
  return list.done();
}

export const tBgpPeerNgTable: SessionTable = {
  name,
  peers,
  details: [oper, routers],
  // Older releases have the last error in BGP4-MIB alone.
  families: ['ipv4', 'ipv6'],
  vrfs: 'all',
  beside: ['bgpPeerTable'],
  decode,
};
