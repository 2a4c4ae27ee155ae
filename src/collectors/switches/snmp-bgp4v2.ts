// Tables in the layout of the later IETF draft of a second BGP4-MIB (draft-ietf-idr-bgp4-mibv2): ARISTA-BGP4V2-MIB,
// DELLEMC-OS10-BGP4V2-MIB, and the experimental one itself (1.3.6.1.3.5.1: FRR, VyOS, Brocade). FRR leaves the length out of
// the index and, before September 2023, the instance; OS10 writes addresses as text and times in hundredths of a second.
import { formatOid, type Oid } from '../../transport/snmp-value.ts';
import { bgpErrorText } from './snmp-bgp-error.ts';
import { addressOfArcs } from './snmp-index.ts';
import { type FamilyCounts, SessionList } from './snmp-session-list.ts';
import { type RowsOf, type SessionTable, type TablePart, under } from './snmp-session-table.ts';
import { addressOfValue, adminDownAt, asnAt, eitherError, stateAt, textAt } from './snmp-session-values.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';

interface Layout {
  readonly name: string;
  /** The OID above the tables 2 (peers), 3 (errors), 4 (times), 7 (counters), 8 (counts). */
  readonly root: Oid;
  /** What one second is in the table of times. */
  readonly ticksPerSecond: number;
  /** What of the admin status is to be trusted: OS10 shows "halted" for sessions that are up, FRR for some not shut. */
  readonly trusted: 'both' | 'running' | 'neither';
  /** FRR tells the VRF in column 1 and not in the index. */
  readonly vrfIn: 'index' | 'column';
  readonly beside: readonly string[];
}

interface PeerIndex {
  readonly instance: number;
  readonly address: string;
}

function indexOf(arcs: Oid): PeerIndex | undefined {
  const [instance = 1, ...rest] = arcs;
  const address = addressOfArcs(rest);
  if (address !== undefined) return { instance, address };
  // Type, length and octets without an instance: only where the whole is an address with its length.
  const bare = arcs[1] === arcs.length - 2 ? addressOfArcs(arcs) : undefined;
  return bare === undefined ? undefined : { instance: 1, address: bare };
}

function errorOf(row: TableRow | undefined): string | undefined {
  if (!row) return undefined;
  const part = (code: number, text: number) =>
    bgpErrorText(integerAt(row, code) ?? 0, integerAt(row, code + 1) ?? 0) ?? textAt(row, text);
  return eitherError(part(1, 4), part(6, 9));
}

/** Counts by the index of the peer. */
function familiesOf(gauges: readonly TableRow[]): Map<string, FamilyCounts[]> {
  const families = new Map<string, FamilyCounts[]>();
  for (const row of gauges) {
    const [afi = 0, safi = 0] = row.index.slice(-2);
    const key = formatOid(row.index.slice(0, -2));
    const counts = {
      received: integerAt(row, 3),
      accepted: integerAt(row, 4),
      advertised: integerAt(row, 5),
    };
    families.set(key, [...(families.get(key) ?? []), { afi, safi, ...counts }]);
  }
  return families;
}

/** The session's VRF; a Linux VRF's number is that of its interface: 0 is none, and 1 is never one's. */
function vrfOf(row: TableRow, vrfIn: Layout['vrfIn'], instance: number): string {
  const number = (vrfIn === 'column' ? integerAt(row, 1) : undefined) ?? instance;
  return number <= 1 ? 'default' : String(number);
}

function bgp4V2Table(layout: Layout): SessionTable {
  const { name, root, ticksPerSecond, trusted, vrfIn } = layout;
  const instanceColumn = vrfIn === 'column' ? [1] : [];
  const peers: TablePart = { entry: under(root, 2, 1), columns: [...instanceColumn, 3, 7, 10, 12, 13, 14] };
  const errors: TablePart = { entry: under(root, 3, 1), columns: [1, 2, 4, 6, 7, 9] };
  const times: TablePart = { entry: under(root, 4, 1), columns: [1] };
  const counters: TablePart = { entry: under(root, 7, 1), columns: [5] };
  const gauges: TablePart = { entry: under(root, 8, 1), columns: [3, 4, 5] };
  const decode = (rowsOf: RowsOf, localAsn: number | null) => {
    const list = new SessionList(name);
    const byIndex = (part: TablePart) => new Map(rowsOf(part).map((row) => [formatOid(row.index), row]));
    const [errorsOf, timesOf, countersOf] = [byIndex(errors), byIndex(times), byIndex(counters)];
    const families = familiesOf(rowsOf(gauges));
    for (const row of rowsOf(peers)) {
      const index = indexOf(row.index);
      if (!index) {
        list.unreadable(row.index);
        continue;
      }
      const key = formatOid(row.index);
      const time = timesOf.get(key);
      const ticks = time && integerAt(time, 1);
      const counter = countersOf.get(key);
      const adminDown = trusted === 'neither' ? undefined : adminDownAt(row, 12);
      list.add(
        {
          peerAddress: index.address,
          vrf: vrfOf(row, vrfIn, index.instance),
          peerAsn: asnAt(row, 10),
          localAsn: asnAt(row, 7) ?? localAsn,
          state: stateAt(row, 13),
          adminDown: trusted === 'running' && adminDown ? undefined : adminDown,
          localAddress: addressOfValue(row.cells.get(3)),
          description: textAt(row, 14),
          establishedSeconds: ticks === undefined ? undefined : Math.floor(ticks / ticksPerSecond),
          transitions: counter && integerAt(counter, 5),
          lastError: errorOf(errorsOf.get(key)),
        },
        families.get(key),
      );
    }
    return list.done();
  };
  const details = [errors, times, counters, gauges];
  const { beside } = layout;
  return { name, peers, details, families: ['ipv4', 'ipv6'], vrfs: 'all', beside, decode };
}

const plain = { ticksPerSecond: 1, trusted: 'both', vrfIn: 'index', beside: [] } as const;

export const aristaBgp4V2PeerTable: SessionTable = bgp4V2Table({
  ...plain,
  name: 'aristaBgp4V2PeerTable',
  root: [1, 3, 6, 1, 4, 1, 30065, 4, 1, 1],
});

export const os10Bgp4V2PeerTable: SessionTable = bgp4V2Table({
  ...plain,
  name: 'os10bgp4V2PeerTable',
  root: [1, 3, 6, 1, 4, 1, 674, 11000, 5000, 200, 1, 1],
  ticksPerSecond: 100,
  trusted: 'neither',
});

export const bgp4V2PeerTable: SessionTable = bgp4V2Table({
  ...plain,
  name: 'bgp4V2PeerTable',
  root: [1, 3, 6, 1, 3, 5, 1, 1],
  trusted: 'running',
  vrfIn: 'column',
  beside: ['bgpPeerTable'],
});
