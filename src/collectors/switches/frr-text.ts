// FRR's text form of `show [ip] bgp [vrf all] summary` (bgpd/bgp_vty.c, bgp_show_summary), for captures that people paste.
// The JSON form is what the driver asks for itself. A count that does not fit what was read means a cut capture.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Afi, afiOf } from '../../model/session.ts';
import { uptimeSeconds } from './cli-text.ts';
import { type FrrSession, familyOf, peerOf, remarkOf, stateOf } from './frr-sessions.ts';

const row =
  /^\*?(\S+)\s+4\s+([\d.]+)(?:\s+[\d.]+(?=(?:\s+\d+){5}\s+(?:never|\d\S*[:dwhm]\S*)\s))?\s+\d+\s+\d+\s+\d+\s+\d+\s+\d+\s+(\S+)\s+(\d+|\([A-Za-z]+\)|[A-Za-z]+(?: ?\([^)]*\))?)(?:\s+(\d+|\([A-Za-z]+\)|NoNeg|N\/A))?(?:\s+(.*))?$/;

interface Section {
  vrf: string;
  family: Afi | undefined;
  /** False inside a table of a family that is neither IPv4 nor IPv6 unicast. */
  known: boolean;
  localAsn: number | null;
  rows: number;
  inTable: boolean;
  /** False from the heading of a table to its closing count. */
  counted: boolean;
  /** A long name that stands on a line of its own; its columns come with the next line. */
  pending: string;
  /** Counts below a table that its rows do not reach. */
  readonly missing: { readonly reason: string; readonly line: number }[];
}

/** The peer of a row: an address, an interface, or `hostname(interface)`. */
function peerOfRow(text: string) {
  const named = /^(.+)\(([^()]+)\)$/.exec(text);
  return peerOf(named?.[2] ?? text);
}

function sessionOf(match: RegExpExecArray, section: Section): FrrSession {
  const [, id = '', asn = '', uptime = '', shown = '', sent, desc] = match;
  const peer = peerOfRow(id);
  const received = /^\d+$/.test(shown) ? Number(shown) : undefined;
  // A number, `(Policy)` or `NoNeg` in place of the state: the session is up.
  const up = received !== undefined || /^\(|^NoNeg/.test(shown);
  const seconds = uptimeSeconds(uptime);
  return {
    ...peer,
    peerAsn: parseAsn(asn) || null,
    localAsn: section.localAsn,
    state: up ? 'established' : stateOf(shown),
    afi: section.family ?? afiOf(peer.peerAddress),
    vrf: section.vrf,
    ...(desc !== undefined && desc !== 'N/A' && { description: desc.trim() }),
    ...(up && seconds !== undefined && { establishedSeconds: seconds }),
    ...(section.known && received !== undefined && { prefixesReceived: received }),
    ...(section.known && sent !== undefined && /^\d+$/.test(sent) && { prefixesAdvertised: Number(sent) }),
    ...remarkOf(shown),
  };
}

/** Takes what a line outside the rows says about the table that follows. */
function readHeading(section: Section, line: string, number: number): void {
  const lost = /^(?:Total number of neighbors|Displayed neighbors) ([1-9]\d*)/.exec(line)?.[1];
  if (lost !== undefined)
    section.missing.push({
      reason: `none of ${lost} neighbours was read: their header is missing`,
      line: number,
    });
  const heading = /^(\S+ \S+) Summary(?: \((?:VRF|VIEW) ([^)]+)\))?:?$/i.exec(line.trim());
  if (heading) {
    section.family = familyOf(heading[1] ?? '');
    section.known = section.family !== undefined;
  }
  const vrf = heading?.[2] ?? /^Instance (\S+):$/.exec(line)?.[1];
  section.vrf = vrf ?? section.vrf;
  const local = /local AS number ([\d.]+)(?: (?:VRF|vrf) (\S+))?/.exec(line);
  if (local) {
    section.counted = false;
    section.localAsn = parseAsn(local[1] ?? '') ?? null;
    section.vrf = local[2] ?? section.vrf;
  }
  if (/^Neighbor\s+V\s+AS\b/.test(line)) {
    section.inTable = true;
    section.counted = false;
    section.rows = 0;
  }
}

/** Reads one line of a table: a session, or nothing for the lines around the rows. */
function readRow(source: string, section: Section, line: string, number: number): FrrSession | undefined {
  const total = /^(?:Total number of neighbors|Displayed neighbors) (\d+)/.exec(line);
  if (total && Number(total[1]) !== section.rows) {
    const reason = `${section.rows} neighbours were read of ${total[1]}: rows are missing`;
    section.missing.push({ reason, line: number });
  }
  if (total || line === '') {
    section.inTable = total === null;
    section.counted ||= total !== null;
    return undefined;
  }
  const whole = section.pending === '' ? line : `${section.pending} ${line.trim()}`;
  const match = row.exec(whole);
  if (match) {
    section.pending = '';
    section.rows++;
    return sessionOf(match, section);
  }
  if (!/^\S+$/.test(whole)) throw new ParseError(source, `not a neighbour's row: ${snippet(whole)}`, number);
  section.pending = whole;
  return undefined;
}

/** Sessions of a text summary. Throws ParseError when a row cannot be read or rows are missing. */
export function textSummary(
  source: string,
  output: string,
  vrf: string,
): { sessions: FrrSession[]; notes: string[] } {
  const sessions: FrrSession[] = [];
  const others: FrrSession[] = [];
  const section: Section = {
    vrf,
    family: undefined,
    known: true,
    localAsn: null,
    rows: 0,
    inTable: false,
    counted: true,
    pending: '',
    missing: [],
  };
  for (const [i, raw] of output.split('\n').entries()) {
    const line = raw.trimEnd();
    if (/^(?:\S+ \S+ Summary|Instance \S+:)/.test(line)) section.inTable = false;
    if (!section.inTable) {
      readHeading(section, line, i + 1);
      continue;
    }
    const session = readRow(source, section, line, i + 1);
    if (session) (section.known ? sessions : others).push(session);
  }
  if (section.pending !== '') {
    throw new ParseError(source, `the capture ends after the neighbour name ${snippet(section.pending)}`);
  }
  const seen = new Set(sessions.map((session) => `${session.vrf} ${session.peerAddress}`));
  const rest = others.filter((other) => !seen.has(`${other.vrf} ${other.peerAddress}`));
  const notes = section.counted ? [] : ['no count of neighbours at the end: the capture may be cut'];
  const parsed = { sessions: [...sessions, ...rest], notes };
  const [missing] = section.missing;
  if (!missing) return parsed;
  throw new ParseError(source, missing.reason, missing.line, { ...parsed, routes: [] });
}

/** True for a text that holds a summary table, even an empty one. */
export function isTextSummary(output: string): boolean {
  return /^Neighbor\s+V\s+AS\b/m.test(output) || /^BGP router identifier .*local AS number/m.test(output);
}

/** Peer named in a command such as `show bgp ipv4 unicast neighbors 10.0.0.1 advertised-routes json`. */
export function peerInCommand(command: string): string | undefined {
  const name = /\bneighbors? (\S+)/.exec(command)?.[1];
  return name === undefined ? undefined : canonicalAddress(name);
}
