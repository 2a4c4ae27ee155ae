// BGP sessions from BGP4-MIB's bgpPeerTable (RFC 4273), which nearly every switch has: IPv4 peers, no VRF, no prefix counts.
// The index holds the peer's address; the column that repeats it is often not served. ASNs are a signed Integer32:
// 4-octet ones come negative or as AS_TRANS (RFC 6793).
import { addressFromBytes, formatAddress } from '../../model/address.ts';
import { asnFromInt32, asTrans } from '../../model/asn.ts';
import { type BgpState, bgpStates, type Session } from '../../model/session.ts';
import type { Oid } from '../../transport/snmp-value.ts';
import { bgpErrorText } from './snmp-bgp-error.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';

/** Sessions of one table, without the device's name, and what was left out and why. */
export interface DecodedSessions {
  readonly sessions: readonly Omit<Session, 'device'>[];
  readonly notes: readonly string[];
}

const column = {
  state: 2,
  adminStatus: 3,
  localAddress: 5,
  remoteAs: 9,
  lastError: 14,
  transitions: 15,
  establishedTime: 16,
} as const;

const adminStop = 1;
const adminStart = 2;

/** bgpPeerEntry. */
export const bgpPeerEntry: Oid = [1, 3, 6, 1, 2, 1, 15, 3, 1];
/** The columns that say something about a session. */
export const bgpPeerColumns: readonly number[] = Object.values(column);

/** An ASN as BGP4-MIB carries it; null where it is a placeholder for a number that does not fit, or none. */
export function asnFromMib(value: number | undefined): number | null {
  if (value === undefined) return null;
  const asn = asnFromInt32(value);
  return asn === asTrans || asn === 0 ? null : asn;
}

function stateOf(row: TableRow): BgpState | null {
  return bgpStates[(integerAt(row, column.state) ?? 0) - 1] ?? null;
}

function localAddressOf(row: TableRow): string | undefined {
  const value = row.cells.get(column.localAddress);
  // A session that is not up has 0.0.0.0 there.
  return value?.type === 'address' && value.value !== '0.0.0.0' ? value.value : undefined;
}

function lastErrorOf(row: TableRow): string | undefined {
  const value = row.cells.get(column.lastError);
  if (value?.type !== 'octets' || value.value.length !== 2) return undefined;
  const [code = 0, subcode = 0] = value.value;
  return bgpErrorText(code, subcode);
}

function sessionOf(row: TableRow, peerAddress: string, localAsn: number | null): Omit<Session, 'device'> {
  const state = stateOf(row);
  const admin = integerAt(row, column.adminStatus);
  const localAddress = localAddressOf(row);
  const lastError = lastErrorOf(row);
  const transitions = integerAt(row, column.transitions);
  // In any other state agents show the time since the session was last up, or nothing that means anything.
  const established = state === 'established' ? integerAt(row, column.establishedTime) : undefined;
  return {
    peerAddress,
    peerAsn: asnFromMib(integerAt(row, column.remoteAs)),
    localAsn,
    state,
    afi: 'ipv4',
    vrf: 'default',
    ...(localAddress !== undefined && { localAddress }),
    ...((admin === adminStop || admin === adminStart) && { adminDown: admin === adminStop }),
    ...(established !== undefined && { establishedSeconds: established }),
    ...(transitions !== undefined && { transitions }),
    ...(lastError !== undefined && { lastError }),
  };
}

/** Decodes rows of bgpPeerTable; rows with only some columns are sessions with less to say. */
export function decodeBgpPeers(rows: readonly TableRow[], localAsn: number | null): DecodedSessions {
  const sessions: Omit<Session, 'device'>[] = [];
  const notes: string[] = [];
  for (const row of rows) {
    const address =
      row.index.length === 4 && row.index.every((arc) => arc < 256) && addressFromBytes(row.index);
    if (!address) {
      notes.push(`bgpPeerTable: the index ${row.index.join('.')} is not an IPv4 address: row not read`);
      continue;
    }
    // Junos shows a row 0.0.0.0 with a local AS and nothing else.
    if (address.a === 0) continue;
    const peer = formatAddress(address);
    if (integerAt(row, column.remoteAs) === asTrans) {
      notes.push(
        `bgpPeerTable: peer ${peer} has AS_TRANS (23456) as its AS: the real one does not fit this table`,
      );
    }
    sessions.push(sessionOf(row, peer, localAsn));
  }
  return { sessions, notes };
}
