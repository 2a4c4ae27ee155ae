// Sessions from `show … bgp … summary` of NX-OS, IOS, IOS-XR and EOS: the same table with small differences. Its columns
// are counted from the neighbour on, for long numbers push the rest of a row to the right and long addresses to the next
// line. IOS: "show ip bgp summary" (Cisco IOS IP Routing: BGP Command Reference); a number in the last column is a session
// that is up.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { tryParsePrefix } from '../../model/prefix.ts';
import { afiOf, type BgpState, type Session } from '../../model/session.ts';
import type { Segment } from './cisco-segments.ts';
import { stateOf, uptimeSeconds } from './cli-text.ts';

export type CiscoSession = Omit<Session, 'device'>;

/** A session and whether it is of a family that is read (IPv4 and IPv6 unicast): others give no prefix counts. */
export interface FoundSession {
  readonly session: CiscoSession;
  readonly unicast: boolean;
}

/** An uptime as these systems print it; `00:00:00` of a session that never was up is left to the caller. */
export function secondsUp(text: string): number | undefined {
  return /^0\.\d+$/.test(text) ? 0 : uptimeSeconds(text);
}

/** A peer's AS number; 0 stands for one that is not known yet. */
export function peerAsnOf(text: string | undefined): number | null {
  return parseAsn(text ?? '') || null;
}

/**
 * True for a range that peers may connect from, `10.1.0.0/24` in place of a neighbour's address (NX-OS, "show ip bgp summary"):
 * no session. The interface of a link-local peer has slashes, too: `fe80::1%Ethernet1/1`.
 */
export const isPeerRange = (text: string): boolean => /^[\da-fA-F.:]+\/\d+$/.test(text);

interface Outcome {
  readonly state: BgpState | null;
  readonly adminDown: boolean;
  readonly received?: number;
  readonly accepted?: number;
  readonly advertised?: number;
  readonly lastError?: string;
}

const number = (text: string | undefined) =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;

/** What stands behind the uptime: `12`, `0 (No Cap)`, `0!`, `Idle (Admin)`, `Estab   1  1`, `Estab NotNegotiated`. */
export function outcomeOf(text: string): Outcome | undefined {
  const bare = text.trim();
  const counted = /^(\d+)(!?)(?: ?\(([^)]*)\))?(?:\s+(\d+))?$/.exec(bare);
  if (counted) {
    const [, received, mark, remark] = counted;
    const lastError = mark
      ? 'no policy in or out on an eBGP session: no route is taken or sent (marked "!")'
      : remark && `the family is not in use on this session (${remark})`;
    return {
      state: 'established',
      adminDown: false,
      received: Number(received),
      ...(lastError && { lastError }),
    };
  }
  const worded = /^([A-Za-z]+(?: ?\([^)]*\)?)?)(?:\s+(.*))?$/.exec(bare);
  const { state, adminDown } = stateOf(worded?.[1] ?? '');
  if (!worded) return undefined;
  if (state === null) {
    if (!/^closing|^\(?pfxct/i.test(bare)) return undefined;
    const lastError = /pfx/i.test(bare)
      ? { lastError: 'the peer sent more prefixes than allowed (PfxCt)' }
      : {};
    return { state: 'idle', adminDown: false, ...lastError };
  }
  const [received, accepted, advertised] = (worded[2] ?? '').split(/\s+/).map(number);
  return {
    state,
    adminDown,
    ...(received !== undefined && { received }),
    ...(accepted !== undefined && { accepted }),
    ...(advertised !== undefined && { advertised }),
    ...(/pfxct/i.test(bare) && { lastError: 'the peer sent more prefixes than allowed (PfxCt)' }),
  };
}

/** Neighbour, version or speaker, AS, then four or five counters, uptime, and the rest of the row. */
function rowPattern(counters: number): RegExp {
  const peer =
    '((?:\\d+\\.\\d+\\.\\d+\\.\\d+|[\\da-fA-F]*:[\\da-fA-F:.]*:[\\da-fA-F.]*)(?:%\\S+)?(?:/\\d+)?)';
  return new RegExp(
    `^(.*?)(?:^|\\s|\\*)${peer}\\s+\\d+\\s+(\\d+(?:\\.\\d+)?)${'\\s+\\d+'.repeat(counters)}\\s+(\\S+)\\s+(\\S.*)$`,
  );
}

const isEnd = (text: string) =>
  /^(?:\* Dynamically|Dynamically created|Total |BGP |Some configured|do not have both|address family\. These|receiving no routes|Use the 'show|These neighbors|sending and|Neighbor Status|Do you want|\d+ (?:network|path|BGP|neighbors?)\b|%)/i.test(
    text.trim(),
  );

/** Without the ranges that IOS lists below its rows: its dynamic neighbours come from them. */
function withoutRanges(lines: Segment['lines']): Segment['lines'] {
  let inRanges = false;
  return lines.filter(({ text }) => {
    const range = inRanges && tryParsePrefix(text.trim()) !== undefined;
    if (!range && text !== '') inRanges = /^\s*BGP peergroup .* listen range group members:/i.test(text);
    return !range;
  });
}

const isStart = (text: string) => /^\s{0,3}\*?[\da-fA-F]+[.:]\S*(?:\s|$)/.test(text);

function sessionOf(segment: Segment, match: RegExpExecArray, line: number): FoundSession | undefined {
  const { context } = segment;
  const [, before = '', peer = '', asn, uptime = '', rest = ''] = match;
  if (isPeerRange(peer)) return undefined;
  const peerAddress = canonicalAddress(peer.split('%', 1)[0] ?? '');
  const outcome = outcomeOf(rest);
  if (!outcome || peerAddress === undefined) {
    const message = `not a neighbour's row: ${snippet(match[0].trim())}`;
    throw new ParseError(context.command, message, line);
  }
  const unicast = context.family.kind === 'unicast';
  const up = outcome.state === 'established';
  const seconds = secondsUp(uptime);
  // Without such a column it is a mark: EOS puts `m` in front of a neighbour under maintenance.
  const described = /\bDescription\b/.test(segment.header.text);
  const description = described ? before.trim().replace(/^"/, '') : '';
  const { received, accepted, advertised, adminDown, lastError } = outcome;
  const session: CiscoSession = {
    peerAddress,
    peerAsn: peerAsnOf(asn),
    localAsn: context.localAsn,
    state: outcome.state,
    // EVPN and others have no family of addresses of their own.
    afi: context.familyNamed && context.family.kind !== 'other' ? context.family.afi : afiOf(peerAddress),
    vrf: context.vrf,
    ...(description !== '' && description !== '*' && { description }),
    ...(adminDown && { adminDown }),
    ...(up && seconds !== undefined && { establishedSeconds: seconds }),
    ...(up && unicast && received !== undefined && { prefixesReceived: received }),
    ...(up && unicast && accepted !== undefined && { prefixesAccepted: accepted }),
    ...(up && unicast && advertised !== undefined && { prefixesAdvertised: advertised }),
    ...(lastError !== undefined && { lastError }),
  };
  return { session, unicast };
}

/** Sessions of one summary table. Throws ParseError when a row cannot be read or is cut off. */
export function summaryOf(segment: Segment): FoundSession[] {
  const { header, lines, context } = segment;
  const pattern = rowPattern(/\bTblVer\b/.test(header.text) ? 5 : 4);
  const found: FoundSession[] = [];
  let open: { text: string; line: number } | undefined;
  const cut = (text: string, line: number) =>
    new ParseError(context.command, `a neighbour's row is not whole: ${snippet(text.trim())}`, line);
  for (const { text, number: line } of withoutRanges(lines)) {
    if (text === '' || /^[\s-]+$/.test(text)) continue;
    if (isEnd(text)) {
      if (open) throw cut(open.text, open.line);
      continue;
    }
    // A wrapped row goes on in a line that starts far to the right, or, in pastes, with its version.
    if (open && isStart(text) && !/^\s*\d+\s/.test(text)) throw cut(open.text, open.line);
    const whole: string = open ? `${open.text} ${text.trim()}` : text;
    const match = pattern.exec(whole);
    if (match) {
      const session = sessionOf(segment, match, line);
      if (session) found.push(session);
      open = undefined;
    } else if (open && open.text.trim().split(/\s+/).length > 3) throw cut(whole, line);
    else open = { text: whole, line };
  }
  if (open) throw cut(open.text, open.line);
  return found;
}
