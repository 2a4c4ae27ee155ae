// EOS's newer summary, `show bgp summary [vrf all]`: one row a neighbour and address family, with the state of the family
// beside that of the session. Follows the Arista EOS user manual, "BGP commands".
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { afiOf } from '../../model/session.ts';
import { familyNamed } from './cisco-context.ts';
import type { Segment } from './cisco-segments.ts';
import { type CiscoSession, type FoundSession, peerAsnOf } from './cisco-summary.ts';
import { stateOf } from './cli-text.ts';

const row =
  /^\s*(.*?)\s*((?:\d+\.\d+\.\d+\.\d+|[\da-fA-F]*:[\da-fA-F:.]+)(?:%\S+)?)\s+(\d+(?:\.\d+)?)\s+([A-Za-z]+(?: ?\([^)]*\))?)\s+(?:((?:IPv[46]|L2VPN|VPN-?IPv[46]|Link|RT)\b[^\d]*?)\s{2,}(.*))?$/;
const wrapped = /^\s+((?:IPv[46]|L2VPN|VPN-?IPv[46]|Link|RT)\b[^\d]*?)\s{2,}(.*)$/;

/** What one row says; a further family of the neighbour above repeats nothing of it. */
function partsOf(text: string, last: CiscoSession | undefined) {
  const match = row.exec(`${text}  `);
  const more = wrapped.exec(`${text}  `);
  if (match) {
    const [, description, id = '', asn, state = '', family, rest] = match;
    const peerAddress = canonicalAddress(id.split('%', 1)[0] ?? '');
    return { peerAddress, peerAsn: peerAsnOf(asn), ...stateOf(state), description, family, rest };
  }
  if (!more || !last) return undefined;
  const { peerAddress, peerAsn, state, adminDown = false, description } = last;
  return { peerAddress, peerAsn, state, adminDown, description, family: more[1], rest: more[2] };
}

/** Sessions of one table. Throws ParseError when a row cannot be read. */
export function negotiatedOf(segment: Segment): FoundSession[] {
  const { context, lines } = segment;
  const found: FoundSession[] = [];
  for (const { text, number } of lines) {
    if (/^[\s-]*$/.test(text)) continue;
    const parts = partsOf(text, found.at(-1)?.session);
    if (parts?.peerAddress === undefined || parts.state === null) {
      throw new ParseError(context.command, `not a neighbour's row: ${snippet(text.trim())}`, number);
    }
    const { peerAddress, peerAsn, state, adminDown, description } = parts;
    const family = parts.family === undefined ? undefined : familyNamed(parts.family);
    const unicast = family === undefined || family.kind === 'unicast';
    const up = state === 'established' && unicast;
    const [received, accepted, advertised] = parts.rest?.match(/\b\d+\b/g)?.map(Number) ?? [];
    const session = {
      peerAddress,
      peerAsn,
      localAsn: context.localAsn,
      state,
      afi: family && unicast ? family.afi : afiOf(peerAddress),
      vrf: context.vrf,
      ...(description && { description }),
      ...(adminDown && { adminDown: true }),
      ...(up && received !== undefined && { prefixesReceived: received }),
      ...(up && accepted !== undefined && { prefixesAccepted: accepted }),
      ...(up && advertised !== undefined && { prefixesAdvertised: advertised }),
    };
    found.push({ session, unicast });
  }
  return found;
}
