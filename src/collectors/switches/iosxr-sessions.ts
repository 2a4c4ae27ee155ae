// IOS-XR's short list, `show bgp sessions` and `show bgp instance all sessions`: one row a neighbour with its VRF and its
// state, all families together. A long address or VRF pushes the rest of its row to the next line. Follows the Cisco ASR
// 9000 BGP Command Reference.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { afiOf } from '../../model/session.ts';
import type { Segment } from './cisco-segments.ts';
import { type FoundSession, peerAsnOf } from './cisco-summary.ts';
import { stateOf } from './cli-text.ts';

/** Neighbour, VRF, speaker, AS, both queues, state; what stands behind is about non-stop routing. */
const row = /^(\S+)\s+(\S+)\s+\d+\s+(\d+(?:\.\d+)?)\s+\d+\s+\d+\s+([A-Za-z]+(?: ?\([^)]*\))?)(?:\s|$)/;

/** Sessions of the list. Throws ParseError when a row cannot be read or is cut off. */
export function vrfSessionsOf(segment: Segment): FoundSession[] {
  const { context, lines } = segment;
  const found: FoundSession[] = [];
  let open = '';
  const fail = (text: string, line: number | undefined) =>
    new ParseError(context.command, `not a neighbour's row: ${snippet(text)}`, line);
  for (const { text, number } of lines) {
    if (text === '' || /^=+$/.test(text)) continue;
    const whole = `${open} ${text.trim()}`.trim();
    const [, peer = '', vrf = '', asn, shown = ''] = row.exec(whole) ?? [];
    // An address, and a VRF with it, may stand alone.
    open = peer === '' ? whole : '';
    if (open.split(/\s+/).length > 2) throw fail(whole, number);
    if (open !== '') continue;
    const peerAddress = canonicalAddress(peer.split('%', 1)[0] ?? '');
    const { state, adminDown } = stateOf(shown.replace(/^Clos\w+/, 'Idle'));
    if (peerAddress === undefined || state === null) throw fail(whole, number);
    const session = {
      peerAddress,
      peerAsn: peerAsnOf(asn),
      localAsn: context.localAsn,
      state,
      afi: afiOf(peerAddress),
      vrf,
      ...(adminDown && { adminDown }),
    };
    found.push({ session, unicast: true });
  }
  if (open !== '') throw fail(open, lines.at(-1)?.number);
  return found;
}
