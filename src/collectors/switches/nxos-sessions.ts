// NX-OS's short list, `show bgp sessions [vrf all]`: one row a neighbour with a letter for its state, all families together.
// The heading of each VRF says how many neighbours follow. Follows the Cisco Nexus 9000 Series NX-OS command reference.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { afiOf, type BgpState } from '../../model/session.ts';
import type { Segment } from './cisco-segments.ts';
import { type FoundSession, peerAsnOf, secondsUp } from './cisco-summary.ts';

const states: Readonly<Record<string, BgpState>> = {
  I: 'idle',
  A: 'active',
  O: 'opensent',
  E: 'established',
  C: 'idle',
  S: 'idle',
};

const row = /^\s*(\S+)\s+(\d+(?:\.\d+)?)\s+\d+\s+([^\s|]+)\s*\|\s*[^|]*\|\s*\S+\s+([A-Z])\s+(?:\d+\/\d+)/;

/** Sessions of one VRF's list. Throws ParseError when a row cannot be read. */
export function sessionListOf(segment: Segment): FoundSession[] {
  const { context, lines } = segment;
  return lines.flatMap(({ text, number }): FoundSession[] => {
    if (text === '') return [];
    const match = row.exec(text);
    const [, peer = '', asn, upDown = '', letter = ''] = match ?? [];
    const peerAddress = canonicalAddress(peer.split('%', 1)[0] ?? '');
    const state = states[letter];
    if (!peerAddress || !state) {
      throw new ParseError(context.command, `not a neighbour's row: ${snippet(text.trim())}`, number);
    }
    const seconds = secondsUp(upDown);
    const session = {
      peerAddress,
      peerAsn: peerAsnOf(asn),
      localAsn: context.localAsn,
      state,
      afi: afiOf(peerAddress),
      vrf: context.vrf,
      ...(letter === 'S' && { adminDown: true }),
      ...(letter === 'E' && seconds !== undefined && { establishedSeconds: seconds }),
    };
    return [{ session, unicast: true }];
  });
}
