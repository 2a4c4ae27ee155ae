// Two tables of one ancestor, the early IETF draft of a second BGP4-MIB: BGP4-V2-MIB-JUNIPER (1.3.6.1.4.1.2636.5.1.1) and
// Dell's FORCE10-BGP4-V2-MIB (1.3.6.1.4.1.6027.20.1), with other column numbers. Indexed by routing instance and both
// addresses (Junos leaves their lengths out); counts hang on a peer number that starts at 0 and changes with a restart.
import { formatOid, type Oid } from '../../transport/snmp-value.ts';
import { addressPairOfArcs } from './snmp-index.ts';
import { type FamilyCounts, SessionList } from './snmp-session-list.ts';
import { type RowsOf, type SessionTable, type TablePart, under } from './snmp-session-table.ts';
import { addressOfValue, adminDownAt, asnAt, eitherError, errorAt, stateAt } from './snmp-session-values.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';

interface Layout {
  readonly name: string;
  readonly root: Oid;
  /** The arc of the table of times beside that of peers. */
  readonly times: number;
  readonly columns: Readonly<
    Record<'state' | 'status' | 'localAddress' | 'localAs' | 'remoteAs' | 'peerIndex', number>
  >;
}

function byIndex(rows: readonly TableRow[]): Map<string, TableRow> {
  return new Map(rows.map((row) => [formatOid(row.index), row]));
}

/** Counts by peer number. */
function countsOf(rows: readonly TableRow[]): Map<number, FamilyCounts[]> {
  const counts = new Map<number, FamilyCounts[]>();
  for (const row of rows) {
    const [peer, afi, safi, ...rest] = row.index;
    if (peer === undefined || afi === undefined || safi === undefined || rest.length > 0) continue;
    const ofPeer = counts.get(peer) ?? [];
    counts.set(peer, ofPeer);
    // Not column 9: an SRX shows as rejected what it received.
    ofPeer.push({
      afi,
      safi,
      received: integerAt(row, 7),
      accepted: integerAt(row, 8),
      advertised: integerAt(row, 10),
    });
  }
  return counts;
}

function bgpM2Table({ name, root, times: timesArc, columns }: Layout): SessionTable {
  const peers: TablePart = { entry: under(root, 2, 1, 1, 1), columns: Object.values(columns) };
  const errors: TablePart = { entry: under(root, 2, 2, 1, 1), columns: [1, 2] };
  const times: TablePart = { entry: under(root, 2, timesArc, 1, 1), columns: [1] };
  const counters: TablePart = { entry: under(root, 2, 6, 1, 1), columns: [5] };
  const prefixes: TablePart = { entry: under(root, 2, 6, 2, 1), columns: [7, 8, 10] };
  const decode = (rowsOf: RowsOf, localAsn: number | null) => {
    const list = new SessionList(name);
    const errorsOf = byIndex(rowsOf(errors));
    const timesOf = byIndex(rowsOf(times));
    const countersOf = byIndex(rowsOf(counters));
    const counts = countsOf(rowsOf(prefixes));
    for (const row of rowsOf(peers)) {
      const [instance, ...addresses] = row.index;
      const pair = addressPairOfArcs(addresses);
      if (!pair) {
        list.unreadable(row.index);
        continue;
      }
      const key = formatOid(row.index);
      const [error, time, counter] = [errorsOf.get(key), timesOf.get(key), countersOf.get(key)];
      if (instance !== 0) list.note('routing instances are told by number only');
      const local = pair.local === '0.0.0.0' || pair.local === '::' ? undefined : pair.local;
      list.add(
        {
          peerAddress: pair.remote,
          vrf: instance === 0 ? 'default' : String(instance),
          peerAsn: asnAt(row, columns.remoteAs),
          localAsn: asnAt(row, columns.localAs) ?? localAsn,
          state: stateAt(row, columns.state),
          adminDown: adminDownAt(row, columns.status),
          localAddress: addressOfValue(row.cells.get(columns.localAddress)) ?? local,
          establishedSeconds: time && integerAt(time, 1),
          transitions: counter && integerAt(counter, 5),
          lastError: error && eitherError(errorAt(error, 1), errorAt(error, 2)),
        },
        counts.get(integerAt(row, columns.peerIndex) ?? -1),
      );
    }
    return list.done();
  };
  const details = [errors, times, counters, prefixes];
  return { name, peers, details, families: ['ipv4', 'ipv6'], vrfs: 'all', beside: [], decode };
}

export const jnxBgpM2PeerTable: SessionTable = bgpM2Table({
  name: 'jnxBgpM2PeerTable',
  root: [1, 3, 6, 1, 4, 1, 2636, 5, 1, 1],
  times: 4,
  columns: { state: 2, status: 3, localAddress: 7, localAs: 9, remoteAs: 13, peerIndex: 14 },
});

export const f10BgpM2PeerTable: SessionTable = bgpM2Table({
  name: 'f10BgpM2PeerTable',
  root: [1, 3, 6, 1, 4, 1, 6027, 20, 1],
  times: 3,
  columns: { state: 3, status: 4, localAddress: 8, localAs: 10, remoteAs: 14, peerIndex: 15 },
});
