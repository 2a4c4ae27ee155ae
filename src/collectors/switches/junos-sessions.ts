// BGP sessions from Junos' XML or JSON: `show bgp summary` and `show bgp neighbor` (element bgp-information, Juniper's
// Junos XML API reference). One session for each IPv4 and IPv6 unicast family of a peer. A summary names no routing
// instance: it is taken from the peer's tables, so a peer that is down counts for the instance in the command.

import { parseAsn } from '../../model/asn.ts';
import type { Parsed } from '../../model/driver.ts';
import { ParseError } from '../../model/parse-error.ts';
import { type Afi, afiOf } from '../../model/session.ts';
import { stateOf } from './cli-text.ts';
import { instanceInCommand, junosSeconds, plainAddress, ribOf, vrfOf } from './junos-names.ts';
import { all, count, find, type Node, text } from './junos-tree.ts';

export type JunosSession = Parsed['sessions'][number];

export interface RibCounts {
  readonly name: string;
  readonly received?: number | undefined;
  readonly accepted?: number | undefined;
  readonly advertised?: number | undefined;
}

/** What either form says of a peer, before its families are told apart. */
export interface Peer {
  readonly base: Omit<JunosSession, 'afi' | 'vrf'>;
  /** The routing instance as the peer's own lines say it. */
  readonly instance?: string | undefined;
  /** `inet-unicast inet6-unicast`, where shown. */
  readonly families?: string | undefined;
  readonly ribs: readonly RibCounts[];
}

/** The VRF of a peer whose lines do not name it: that of its tables, unless one of them is the whole router's. */
function vrfOfRibs(ribs: readonly RibCounts[]): string | undefined {
  const own = ribs.filter(({ name }) => !/\.(?:mdt|mvpn|l2vpn|l2circuit)\.\d$/.test(name));
  const named = new Set(own.map(({ name }) => /^(.+)\.inet6?(?:flow)?\.\d$/.exec(name)?.[1]));
  const [only] = named;
  return named.size === 1 && only !== undefined ? vrfOf(only) : own.length > 0 ? 'default' : undefined;
}

/** One session per unicast family; a peer without any gets the family of its address and no counts. */
export function sessionsOfPeer(peer: Peer, command: string): JunosSession[] {
  const { base, ribs, instance, families = '' } = peer;
  const vrf = instance ?? vrfOfRibs(ribs) ?? instanceInCommand(command) ?? 'default';
  const shown = new Set<Afi>();
  for (const { name } of ribs) {
    const rib = ribOf(name);
    if (rib.afi && rib.vrf === vrf) shown.add(rib.afi);
  }
  if (shown.size === 0) {
    if (/\binet-unicast\b/.test(families)) shown.add('ipv4');
    if (/\binet6-unicast\b/.test(families)) shown.add('ipv6');
  }
  if (shown.size === 0) shown.add(afiOf(base.peerAddress));
  return [...shown].map((afi) => {
    const rib = ribs.find(({ name }) => ribOf(name).vrf === vrf && ribOf(name).afi === afi);
    return {
      ...base,
      afi,
      vrf,
      ...(rib?.received !== undefined && { prefixesReceived: rib.received }),
      ...(rib?.accepted !== undefined && { prefixesAccepted: rib.accepted }),
      ...(rib?.advertised !== undefined && { prefixesAdvertised: rib.advertised }),
    };
  });
}

/** The error a peer's lines name; `None` is none. */
export const lastErrorOf = (words: string | undefined) =>
  words === undefined || /^none$/i.test(words) ? undefined : words;

function peerOf(node: Node, command: string): Peer {
  const peerAddress = plainAddress(text(node, 'peer-address'));
  if (peerAddress === undefined) {
    throw new ParseError(command, `a bgp-peer without an address: "${text(node, 'peer-address') ?? ''}"`);
  }
  const shown = text(node, 'peer-state') ?? '';
  const { state, adminDown } = stateOf(shown);
  const elapsed = all(node, 'elapsed-time')[0];
  const seconds = elapsed && (Number(elapsed.attributes.seconds) || junosSeconds(elapsed.text));
  const description = text(node, 'description');
  const lastError = lastErrorOf(text(node, 'last-error'));
  const localAddress = plainAddress(text(node, 'local-address'));
  const options = all(node, 'bgp-option-information')[0];
  const instance = text(node, 'peer-cfg-rti');
  // Old releases print the counts of inet.0 in place of the state.
  const established = state === 'established' || /^\d+\/\d+\/\d+/.test(shown);
  return {
    base: {
      peerAddress,
      peerAsn: parseAsn(text(node, 'peer-as') ?? '') || null,
      localAsn: parseAsn(text(node, 'local-as') ?? '') || null,
      state: established ? 'established' : state,
      ...(localAddress !== undefined && { localAddress }),
      ...(description !== undefined && { description }),
      ...(adminDown && { adminDown: true }),
      ...(established && seconds !== undefined && { establishedSeconds: seconds }),
      ...(lastError !== undefined && { lastError }),
    },
    instance: instance === undefined ? undefined : vrfOf(instance),
    families:
      text(node, 'nlri-type-session') ??
      (options && text(options, 'address-families')) ??
      text(node, 'nlri-type-peer'),
    ribs: all(node, 'bgp-rib').map((rib) => ({
      name: text(rib, 'name') ?? '',
      received: count(rib, 'received-prefix-count'),
      accepted: count(rib, 'accepted-prefix-count'),
      advertised: count(rib, 'advertised-prefix-count'),
    })),
  };
}

/** Sessions of one bgp-information element. Throws ParseError when it counts peers that it does not hold. */
export function treeSessions(command: string, information: Node): JunosSession[] {
  const peers = find(information, 'bgp-peer');
  const said = count(information, 'peer-count');
  const whole = !/\b(?:instance|group)\b/.test(command);
  const unconfigured = count(information, 'unconfigured-peer-count') ?? 0;
  if (whole && said !== undefined && peers.length < said - unconfigured) {
    throw new ParseError(command, `${peers.length} peers were read of ${said}: some are missing`);
  }
  return peers.flatMap((peer) => sessionsOfPeer(peerOf(peer, command), command));
}
