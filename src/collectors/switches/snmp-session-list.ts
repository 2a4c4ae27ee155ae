// Collects the sessions of one peer table: one for each of IPv4 and IPv6 whose routes the session carries, with that
// family's counts. A session without either (VPN, EVPN) is one session of its address's family. SAFIs as IANA numbers them
// (1 unicast, 4 labelled, 128 VPN), and 3 as CISCO-BGP4-MIB does (unicast and multicast).
import { afiOf, type BgpState, type Session } from '../../model/session.ts';
import { formatOid, type Oid } from '../../transport/snmp-value.ts';

export type PlainSession = Omit<Session, 'device'>;

/** What a decoder made of the rows. */
export interface DecodedSessions {
  readonly sessions: readonly PlainSession[];
  readonly notes: readonly string[];
  /** Indexes of rows that may be sessions and could not be read. */
  readonly unreadable: readonly Oid[];
}

/** A peer as its table tells, all families together. */
export interface Peer {
  readonly peerAddress: string;
  readonly vrf: string;
  readonly peerAsn: number | null;
  readonly localAsn: number | null;
  readonly state: BgpState | null;
  readonly localAddress?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly adminDown?: boolean | undefined;
  readonly establishedSeconds?: number | undefined;
  readonly transitions?: number | undefined;
  readonly lastError?: string | undefined;
}

export interface FamilyCounts {
  readonly afi: number;
  readonly safi: number;
  readonly received?: number | undefined;
  readonly accepted?: number | undefined;
  readonly advertised?: number | undefined;
}

const families = [
  ['ipv4', 1],
  ['ipv6', 2],
] as const;
// SAFIs whose routes are plain IP routes, the plainest first.
const ipSafis = [1, 3, 4];
const vpnSafi = 128;

function countsOf({ received, accepted, advertised }: FamilyCounts) {
  return {
    ...(received !== undefined && { prefixesReceived: received }),
    ...(accepted !== undefined && { prefixesAccepted: accepted }),
    ...(advertised !== undefined && { prefixesAdvertised: advertised }),
  };
}

function plainPeer(peer: Peer): Omit<PlainSession, 'afi'> {
  const { peerAddress, peerAsn, localAsn, state, vrf } = peer;
  const { localAddress, name, description, adminDown, establishedSeconds, transitions, lastError } = peer;
  return {
    peerAddress,
    peerAsn,
    localAsn,
    state,
    vrf,
    ...(localAddress !== undefined && { localAddress }),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(adminDown !== undefined && { adminDown }),
    // In any other state agents show the time since the session was last up, or nothing that means anything.
    ...(state === 'established' && establishedSeconds !== undefined && { establishedSeconds }),
    ...(transitions !== undefined && { transitions }),
    ...(lastError !== undefined && { lastError }),
  };
}

/** The sessions of one table; a decoder adds peer by peer. */
export class SessionList {
  readonly #table: string;
  readonly #sessions: PlainSession[] = [];
  readonly #notes = new Set<string>();
  readonly #unreadable: Oid[] = [];

  constructor(table: string) {
    this.#table = table;
  }

  add(peer: Peer, counts: readonly FamilyCounts[] = []): void {
    // Junos shows a row 0.0.0.0 with a local AS and nothing else.
    if (peer.peerAddress === '0.0.0.0' || peer.peerAddress === '::') return;
    const plain = plainPeer(peer);
    const rows = families.flatMap(([afi, number]) => {
      const ofFamily = counts.filter((row) => row.afi === number);
      const best = ipSafis
        .map((safi) => ofFamily.find((row) => row.safi === safi))
        .find((row) => row !== undefined);
      return best ? [{ ...plain, afi, ...countsOf(best) }] : [];
    });
    if (rows.length > 0) {
      this.#sessions.push(...rows);
      return;
    }
    const afi = afiOf(peer.peerAddress);
    const vpn = counts.find((row) => row.safi === vpnSafi && row.afi === (afi === 'ipv4' ? 1 : 2));
    if (vpn && Object.keys(countsOf(vpn)).length > 0) {
      this.note('the counts of peers without a unicast family are those of their VPN family');
    }
    this.#sessions.push({ ...plain, afi, ...(vpn && countsOf(vpn)) });
  }

  note(text: string): void {
    this.#notes.add(`${this.#table}: ${text}`);
  }

  unreadable(index: Oid): void {
    this.#unreadable.push(index);
  }

  done(): DecodedSessions {
    return { sessions: this.#sessions, notes: [...this.#notes], unreadable: this.#unreadable };
  }
}

/** A sentence on rows that could not be read; undefined when all could. */
export function unreadableNote(table: string, indexes: readonly Oid[]): string | undefined {
  const [first] = indexes;
  if (!first) return undefined;
  const [rows, have] = indexes.length === 1 ? ['1 row', 'has'] : [`${indexes.length} rows`, 'have'];
  return `${table}: ${rows} ${have} an index that cannot be read (${formatOid(first)}): not read`;
}
