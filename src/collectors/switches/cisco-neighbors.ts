// Sessions from `show … bgp … neighbors` of NX-OS, IOS, IOS-XR and EOS: one block a neighbour, with a line for each fact
// and a part for each address family. Only the lines that say what a session is are read. Follows the command references
// of each system; the wording differs (`BGP state = Established, up for`, `BGP state is Established, up for`).
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Afi, afiOf } from '../../model/session.ts';
import { familyNamed } from './cisco-context.ts';
import type { Segment } from './cisco-segments.ts';
import { type CiscoSession, type FoundSession, isPeerRange, peerAsnOf, secondsUp } from './cisco-summary.ts';
import { stateOf } from './cli-text.ts';

const find = (block: string, pattern: RegExp) => pattern.exec(block)?.[1];
const count = (block: string, pattern: RegExp) => {
  const text = find(block, pattern);
  return text === undefined ? undefined : Number(text);
};

interface Counts {
  readonly prefixesReceived?: number;
  readonly prefixesAccepted?: number;
  readonly prefixesAdvertised?: number;
}

function countsOf(part: string): Counts {
  // IOS: `Prefixes Current:  <sent>  <received> (Consumes …)`.
  const current = /^\s*Prefixes Current:\s+(\d+)\s+(\d+)/m.exec(part);
  const accepted = count(part, /^\s*(\d+) accepted (?:prefixes|paths)/m);
  const advertised =
    count(part, /^\s*(\d+) sent (?:prefixes|paths)/m) ?? count(part, /^\s*Prefix advertised (\d+)/m);
  return {
    ...(current && { prefixesReceived: Number(current[2]), prefixesAdvertised: Number(current[1]) }),
    ...(accepted !== undefined && { prefixesAccepted: accepted }),
    ...(advertised !== undefined && { prefixesAdvertised: advertised }),
  };
}

interface FamilyPart {
  readonly afi: Afi;
  readonly unicast: boolean;
  readonly counts: Counts;
}

/** EOS counts all families in one small table: `IPv4 Unicast:  <sent>  <received>`. */
function statistics(block: string): FamilyPart[] {
  const table = /^ *Prefix statistics:\n(?:.*\n){1,2}?((?: +IPv[46] [^\n]*:\s+\d+\s+\d+.*\n?)+)/im.exec(
    block,
  )?.[1];
  return [...(table ?? '').matchAll(/^ *(IPv[46] Unicast):\s+(\d+)\s+(\d+)/gm)].flatMap(
    ([, name = '', sent, received]) => {
      const { afi } = familyNamed(name);
      const negotiated = new RegExp(`Multiprotocol ${name}: .*negotiated`).test(block);
      if (!negotiated && Number(sent) + Number(received) === 0) return [];
      const counts = { prefixesReceived: Number(received), prefixesAdvertised: Number(sent) };
      return [{ afi, unicast: true, counts }];
    },
  );
}

function familiesOf(block: string, peerAddress: string, inVrf: boolean): FamilyPart[] {
  const parts = block.split(/^\s*For address family: /im).slice(1);
  const families = parts.flatMap((part): FamilyPart[] => {
    const [name = '', ...below] = part.split('\n');
    // A heading of the next family's neighbours, with nothing of this neighbour below it.
    if (below.every((line) => line.trim() === '')) return [];
    const { afi, kind } = familyNamed(name);
    // A neighbour in a VRF is shown under the family its routes are carried in.
    const unicast = kind === 'unicast' || (kind === 'vpn' && inVrf);
    // EVPN and others have no family of addresses of their own.
    const own = kind === 'other' ? afiOf(peerAddress) : afi;
    return [{ afi: own, unicast, counts: unicast ? countsOf(part) : {} }];
  });
  return families.length > 0 ? families : statistics(block);
}

/** NX-OS keeps a reset of each side with its own age: the younger one is the last, and who did it is half of what it says. */
function resetOfEitherSide(block: string): string | undefined {
  const resets = [
    ...block.matchAll(/^\s*Last reset by (us|peer) (?!never)([^\s,]+), due to (?!no error)(.+)$/gim),
  ];
  const aged = resets.map(([, side = '', age = '', reason = '']) => ({
    text: `${reason.trim()} (reset by ${/peer/i.test(side) ? 'the peer' : 'this side'})`,
    age: secondsUp(age) ?? Number.POSITIVE_INFINITY,
  }));
  return aged.sort((a, b) => a.age - b.age)[0]?.text;
}

function lastErrorOf(block: string): string | undefined {
  const reset =
    resetOfEitherSide(block) ?? find(block, /^\s*Last reset (?!never|by )[^\s,]+, *(?:due to )?(.+)$/im);
  const sent = find(block, /^\s*Last sent notification:(.+?)(?:, Last time .*|, First time .*)?$/m);
  const received = find(block, /^\s*Last rcvd notification:(.+?)(?:, Last time .*|, First time .*)?$/m);
  const notification = sent === undefined ? received && `received ${received}` : `sent ${sent}`;
  return (reset ?? notification)?.trim();
}

/** Sessions of the neighbours of one block of lines. Throws ParseError when a block lacks what every block has. */
export function neighborsOf(segment: Segment): FoundSession[] {
  const { context, lines } = segment;
  const fail = (reason: string) => new ParseError(context.command, reason, lines[0]?.number);
  const block = lines.map(({ text }) => text).join('\n');
  const head = /^\s*BGP neighbor is \*?([^\s,]+)/m.exec(block);
  const peerAddress = canonicalAddress(head?.[1]?.split('%', 1)[0] ?? '');
  if (isPeerRange(head?.[1] ?? '')) return [];
  if (peerAddress === undefined) throw fail(`not a neighbour's address: ${head?.[1] ?? ''}`);
  // A dynamic range of NX-OS has no state of its own.
  const shown = find(block, /^\s*(?:BGP|Session) state (?:=|is) ([^,\n]+)/m);
  if (shown === undefined) throw fail(`nothing says the state of neighbour ${peerAddress}: cut off?`);
  // `Closing` comes after a session, on the way to Idle.
  const { state, adminDown } = stateOf(shown.trim().replace(/^Clos\w+/, 'Idle'));
  if (state === null) throw fail(`no state known for neighbour ${peerAddress}: ${snippet(shown)}`);
  const vrf =
    find(block, /^\s*BGP neighbor is [^\n]*?,\s+vrf ([^\s,]+)/) ??
    find(block, /^\s*BGP version [^\n]*, VRF (\S+)$/m) ??
    find(block, /^\s*Neighbor vrf: ([^\s,]+)/m) ??
    context.vrf;
  const up = secondsUp(
    find(block, /^\s*(?:BGP|Session) state (?:=|is) Established, up for ([^\s,]+)/im) ?? '',
  );
  const localAddress = canonicalAddress(
    find(block, /^\s*(?:Local host: |Local TCP address is )([^\s,]+)/m)?.split('%', 1)[0] ?? '',
  );
  const description = find(block, /^\s*Description: (.+)$/m)?.trim();
  const transitions =
    count(block, /^\s*Connections established (\d+)/m) ??
    count(block, /^\s*Number of transitions to established: (\d+)/m);
  const lastError = lastErrorOf(block);
  const peerAsn = peerAsnOf(find(block, /\bremote AS ([\d.]+)/i));
  const localAsn = peerAsnOf(find(block, /\blocal AS (?:is )?([\d.]+)/i)?.replace(/\.$/, ''));
  // IOS names its own AS nowhere, but an internal link is one inside it.
  const internal = /\b(?:internal|ibgp) link\b/.test(block);
  const base: Omit<CiscoSession, 'afi'> = {
    peerAddress,
    peerAsn,
    localAsn: localAsn ?? context.localAsn ?? (internal ? peerAsn : null),
    state,
    vrf,
    ...(localAddress !== undefined && { localAddress }),
    ...(description !== undefined && { description }),
    ...((adminDown || /^\s*Administratively shut ?down/im.test(block)) && { adminDown: true }),
    ...(state === 'established' && up !== undefined && { establishedSeconds: up }),
    ...(transitions !== undefined && { transitions }),
    ...(lastError !== undefined && { lastError }),
  };
  const inVrf = vrf !== 'default';
  const families = familiesOf(block, peerAddress, inVrf);
  if (families.length === 0) return [{ session: { ...base, afi: afiOf(peerAddress) }, unicast: true }];
  return families.map(({ afi, unicast, counts }) => ({ session: { ...base, afi, ...counts }, unicast }));
}
