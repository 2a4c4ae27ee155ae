// Sessions from EOS's JSON: `show ip bgp summary vrf all | json` (peers) and `show ip bgp neighbors vrf all | json` (peerList).
// The summary gives the moment of the last change by the device's clock, which says nothing without that clock: how
// long a session is up comes from the neighbours. Follows Arista's eAPI models.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Afi, afiOf } from '../../model/session.ts';
import { type CiscoSession, peerAsnOf } from './cisco-summary.ts';
import { stateOf } from './cli-text.ts';
import { asNumber, asText, type JsonObject } from './frr-json.ts';

export interface JsonSessions {
  readonly vrf: string;
  readonly afi: Afi;
  readonly localAs: unknown;
  readonly command: string;
}

function addressOf(id: string, command: string): string {
  const address = canonicalAddress(id.split('%', 1)[0] ?? '');
  if (address === undefined) throw new ParseError(command, `not a peer's address: ${snippet(id)}`);
  return address;
}

function stateIn(value: unknown, id: string, command: string) {
  const { state, adminDown } = stateOf(asText(value) ?? '');
  if (state === null)
    throw new ParseError(command, `no state known for peer ${id}: ${snippet(String(value))}`);
  return { state, adminDown };
}

/** A peer of the summary. Throws ParseError. */
export function jsonSession(id: string, peer: JsonObject, context: JsonSessions): CiscoSession {
  const { command, vrf, afi, localAs } = context;
  const { state, adminDown } = stateIn(peer.peerState, id, command);
  const reason = asText(peer.peerStateIdleReason);
  const up = state === 'established';
  const received = asNumber(peer.prefixReceived);
  const accepted = asNumber(peer.prefixAccepted);
  const description = asText(peer.description);
  return {
    peerAddress: addressOf(id, command),
    peerAsn: peerAsnOf(String(peer.asn)),
    localAsn: peerAsnOf(String(localAs)),
    state,
    afi,
    vrf,
    ...(description !== undefined && { description }),
    ...((adminDown || /admin/i.test(reason ?? '')) && { adminDown: true }),
    ...(up && received !== undefined && { prefixesReceived: received }),
    ...(up && accepted !== undefined && { prefixesAccepted: accepted }),
    ...(!up && reason !== undefined && { lastError: reason }),
  };
}

/** A peer of the neighbours, one session for each family in use. Throws ParseError. */
export function neighborSession(peer: JsonObject, context: JsonSessions): CiscoSession[] {
  const { command, vrf, localAs } = context;
  const id = asText(peer.peerAddress) ?? '';
  const { state, adminDown } = stateIn(peer.state, id, command);
  const up = asNumber(peer.establishedTime);
  const transitions = asNumber(peer.establishedTransitions);
  const description = asText(peer.description);
  const localAddress = canonicalAddress(asText(peer.updateSource) ?? '');
  const code = asText(peer.lastErrorCode);
  const detail = asText(peer.lastErrorSubcode);
  const lastError =
    code !== undefined && code !== 'noError' ? [code, detail].filter(Boolean).join(': ') : undefined;
  const peerAddress = addressOf(id, command);
  const base = {
    peerAddress,
    peerAsn: peerAsnOf(String(peer.asn)),
    localAsn: peerAsnOf(String(peer.localAsn)) ?? peerAsnOf(String(localAs)),
    state,
    vrf: asText(peer.vrf) ?? vrf,
    ...(localAddress !== undefined && { localAddress }),
    ...(description !== undefined && { description }),
    ...((adminDown || /admin/i.test(asText(peer.idleReason) ?? '')) && { adminDown: true }),
    ...(state === 'established' && up !== undefined && { establishedSeconds: up }),
    ...(transitions !== undefined && { transitions }),
    ...(lastError !== undefined && { lastError }),
  };
  const countsOf = (received: unknown, sent: unknown) => {
    const prefixesReceived = asNumber(received);
    const prefixesAdvertised = asNumber(sent);
    return state === 'established'
      ? {
          ...(prefixesReceived !== undefined && { prefixesReceived }),
          ...(prefixesAdvertised !== undefined && { prefixesAdvertised }),
        }
      : {};
  };
  const v4: CiscoSession = { ...base, afi: 'ipv4', ...countsOf(peer.prefixesReceived, peer.prefixesSent) };
  const v6: CiscoSession = {
    ...base,
    afi: 'ipv6',
    ...countsOf(peer.v6PrefixesReceived, peer.v6PrefixesSent),
  };
  const own = afiOf(peerAddress);
  // The JSON does not name the families; one that carries prefixes is in use, and the address's own always shows.
  const used = (session: CiscoSession) =>
    session.afi === own || (session.prefixesReceived ?? 0) + (session.prefixesAdvertised ?? 0) > 0;
  return [v4, v6].filter(used);
}
