// Sessions from FRR's `show bgp … summary json` and `show bgp … neighbors json` (bgpd/bgp_vty.c), all VRFs and families;
// shapes of FRR 4 (Cumulus 3) to 10. An unnumbered peer is named by its interface: only `neighbors` has its address.
// One row per peer and family, since prefix counts are per family.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import { ParseError } from '../../model/parse-error.ts';
import { type Afi, afiOf, type BgpState, bgpStates, type Session } from '../../model/session.ts';
import { asNumber, asObject, asText, type JsonObject } from './frr-json.ts';

export type FrrSession = Omit<Session, 'device'>;

/** The family behind FRR's name for it (`ipv4Unicast`, old: `IPv4 Unicast`); undefined for EVPN, VPN and others. */
export function familyOf(name: string): Afi | undefined {
  const plain = name.replace(/\s/g, '').toLowerCase();
  if (plain === 'ipv4unicast') return 'ipv4';
  return plain === 'ipv6unicast' ? 'ipv6' : undefined;
}

/** RFC 4271 state behind FRR's word for it. `Clearing` and `Deleted` come after a session, on the way to Idle. */
export function stateOf(text: string): BgpState | null {
  const word = text.split(/[\s(]/, 1)[0]?.toLowerCase() ?? '';
  if (word === 'clearing' || word === 'deleted') return 'idle';
  return bgpStates.find((state) => state === word) ?? null;
}

/** What the summary's column says of a peer beyond its state (bgp_vty.c, bgp_show_summary). */
export function remarkOf(peerState: string): Pick<FrrSession, 'adminDown' | 'gracefulRestart' | 'lastError'> {
  if (/admin/i.test(peerState)) return { adminDown: true };
  if (/NSF/.test(peerState)) return { gracefulRestart: true };
  if (/PfxCt/.test(peerState)) return { lastError: 'the peer sent more prefixes than allowed (PfxCt)' };
  if (/Policy/.test(peerState)) {
    const lastError =
      'no policy in or out on an eBGP session: no route is taken or sent (RFC 8212, "Policy")';
    return { lastError };
  }
  return {};
}

function asnOf(value: unknown): number | null {
  const asn = parseAsn(String(value));
  // 0: "remote-as external" before the peer has said its number.
  return asn === undefined || asn === 0 ? null : asn;
}

/** Address of a peer, without zone; an unnumbered peer whose address does not show keeps its interface's name. */
export function peerOf(id: string, address?: string): Pick<FrrSession, 'peerAddress' | 'name'> {
  const own = canonicalAddress(id.split('%', 1)[0] ?? id);
  if (own) return { peerAddress: own };
  const shown = address === undefined ? undefined : canonicalAddress(address.split('%', 1)[0] ?? address);
  return { peerAddress: shown ?? id, name: id };
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

function summarySession(id: string, peer: JsonObject, afi: Afi, vrf: string, localAs: unknown): FrrSession {
  const shown = asText(peer.state) ?? '';
  const state = stateOf(shown);
  const uptime = asNumber(peer.peerUptimeMsec);
  const received = asNumber(peer.pfxRcd ?? peer.prefixReceivedCount);
  const sent = asNumber(peer.pfxSnt);
  const transitions = asNumber(peer.connectionsEstablished);
  const description = asText(peer.desc);
  return {
    ...peerOf(id),
    peerAsn: asnOf(peer.remoteAs),
    localAsn: asnOf(peer.localAs ?? localAs),
    state,
    afi,
    vrf,
    ...(description !== undefined && { description }),
    ...(state === 'established' && uptime !== undefined && { establishedSeconds: seconds(uptime) }),
    ...(received !== undefined && { prefixesReceived: received }),
    ...(sent !== undefined && { prefixesAdvertised: sent }),
    ...(transitions !== undefined && { transitions }),
    ...remarkOf(`${asText(peer.peerState) ?? ''} ${shown}`),
  };
}

/** Sessions of one VRF's summary: family name -> { as, peers }. Peers of other families alone get their address's. */
export function summarySessions(source: string, vrf: string, families: JsonObject): FrrSession[] {
  const sessions: FrrSession[] = [];
  const others: FrrSession[] = [];
  for (const [name, value] of Object.entries(families)) {
    const family = asObject(value);
    const peers = asObject(family?.peers);
    if (!family || !peers) continue;
    const afi = familyOf(name);
    for (const [id, entry] of Object.entries(peers)) {
      const peer = asObject(entry);
      if (!peer) throw new ParseError(source, `peer ${id} is not an object`);
      const session = summarySession(id, peer, afi ?? afiOf(id), vrf, family.as);
      if (afi) sessions.push(session);
      else {
        const { prefixesReceived, prefixesAdvertised, ...rest } = session;
        others.push(rest);
      }
    }
  }
  for (const other of others) {
    if (!sessions.some((session) => session.peerAddress === other.peerAddress)) sessions.push(other);
  }
  return sessions;
}

function lastErrorOf(peer: JsonObject): string | undefined {
  const due = asText(peer.lastResetDueTo);
  const reason = asText(peer.lastNotificationReason);
  const code = asText(peer.lastErrorCodeSubcode);
  if (due === undefined && reason === undefined) return undefined;
  // Old releases escape the slash twice.
  const words = [due, reason?.replaceAll('\\/', '/')].filter((part) => part !== undefined).join(': ');
  return code === undefined ? words : `${words} (${code})`;
}

/** Sessions of one neighbour: one for each of its IPv4 and IPv6 families. */
function neighbourSessions(id: string, peer: JsonObject, vrf: string): FrrSession[] {
  const where = peerOf(id, asText(peer.bgpNeighborAddr));
  const state = stateOf(asText(peer.bgpState) ?? '');
  const uptime = asNumber(peer.bgpTimerUpMsec ?? peer.bgpTimerUp);
  const local = canonicalAddress((asText(peer.hostLocal) ?? '').split('%', 1)[0] ?? '');
  const transitions = asNumber(peer.connectionsEstablished);
  const description = asText(peer.nbrDesc);
  const lastError = lastErrorOf(peer);
  const restart = asObject(peer.gracefulRestartInfo);
  const helping =
    asText(peer.bgpStateIs) === 'passiveNSF' || restart?.gracefulRestartTimerMsecs !== undefined;
  const base: Omit<FrrSession, 'afi'> = {
    ...where,
    peerAsn: asnOf(peer.remoteAs),
    localAsn: asnOf(peer.localAs),
    state,
    vrf,
    ...(local !== undefined && { localAddress: local }),
    ...(description !== undefined && { description }),
    ...(peer.adminShutDown === true && { adminDown: true }),
    ...(state === 'established' && uptime !== undefined && { establishedSeconds: seconds(uptime) }),
    ...(transitions !== undefined && { transitions }),
    ...(lastError !== undefined && { lastError }),
    ...(helping && state !== 'established' && { gracefulRestart: true }),
    ...(peer.authenticationEnabled === 1 && { passwordSet: true }),
  };
  const families = Object.entries(asObject(peer.addressFamilyInfo) ?? {});
  const rows = families.flatMap(([name, value]) => {
    const afi = familyOf(name);
    if (!afi) return [];
    const accepted = asNumber(asObject(value)?.acceptedPrefixCounter);
    const sent = asNumber(asObject(value)?.sentPrefixCounter);
    return {
      ...base,
      afi,
      ...(accepted !== undefined && { prefixesAccepted: accepted }),
      ...(sent !== undefined && { prefixesAdvertised: sent }),
    };
  });
  return rows.length > 0 ? rows : [{ ...base, afi: afiOf(id) }];
}

/** Sessions of one VRF's `neighbors`: peer id -> its state; other keys (`vrfId`, `vrfName`) are no objects. */
export function neighborsSessions(vrf: string, peers: JsonObject): FrrSession[] {
  return Object.entries(peers).flatMap(([id, value]) => {
    const peer = asObject(value);
    return peer ? neighbourSessions(id, peer, vrf) : [];
  });
}
