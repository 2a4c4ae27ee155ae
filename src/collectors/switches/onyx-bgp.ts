// `show ip bgp summary` of Mellanox Onyx: a head for each VRF, then one row a neighbour that ends in `ESTABLISHED/28`, with the
// time since the last change as days and a clock, `0:03:37:43`. Nothing counts the neighbours. Follows the Onyx User Manual.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import type { Parsed } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { afiOf } from '../../model/session.ts';
import type { Line } from './cli-capture.ts';
import { stateOf, uptimeSeconds } from './cli-text.ts';

type OnyxSession = Parsed['sessions'][number];

const head = /^\s*Neighbor\s+V\s+AS\s+MsgRcvd\s+MsgSent\s+TblVer\s+InQ\s+OutQ\s+Up\/Down\s+State\/PfxRcd$/;
const row =
  /^\s*(\S+)\s+4\s+(\d+)\s+\d+\s+\d+\s+\d+\s+\d+\s+\d+\s+(\d+:\d\d:\d\d:\d\d|never)\s+([A-Z][A-Za-z]*(?: ?\([A-Za-z ]+\))?)(?:\/(\d+))?$/i;
const heading =
  /^\s*(?:BGP router identifier|local AS number|BGP table version|Main routing table version|IPV[46] Prefixes|L2VPN EVPN Prefixes)\s*:/i;

export const isOnyxSummary = (lines: readonly Line[]) =>
  lines.some(({ text }) => head.test(text) || /^\s*local AS number\s*:/.test(text));

interface Table {
  readonly vrf: string | undefined;
  readonly localAsn: number | null;
}

type Fail = (reason: string) => ParseError;

/** The table that a line of the head begins or tells more of; undefined for other lines. */
function headed(text: string, table: Table): Table | undefined {
  const vrf = /^\s*VRF name\s*:\s*(\S+)$/i.exec(text)?.[1];
  if (vrf !== undefined) return { vrf, localAsn: null };
  if (!heading.test(text)) return undefined;
  const local = /^\s*local AS number\s*:\s*(\d+)$/i.exec(text)?.[1];
  return local === undefined ? table : { ...table, localAsn: parseAsn(local) ?? null };
}

function sessionOf(text: string, { vrf = 'default', localAsn }: Table, fail: Fail): OnyxSession {
  const [, peer = '', asn = '', since = '', shown = '', count] = row.exec(text) ?? [];
  const peerAddress = canonicalAddress(peer);
  const { state, adminDown } = stateOf(shown);
  if (peerAddress === undefined || state === null) throw fail("not a neighbour's row");
  const up = state === 'established';
  if (up && count === undefined) throw fail('an established neighbour without its prefixes');
  // `0:03:37:43` is days and a clock.
  const seconds = uptimeSeconds(since.replace(/^(\d+):(?=\d\d:\d\d:\d\d$)/, '$1d '));
  return {
    peerAddress,
    peerAsn: parseAsn(asn) || null,
    localAsn,
    state,
    afi: afiOf(peerAddress),
    vrf,
    ...(adminDown && { adminDown: true }),
    ...(up && seconds !== undefined && { establishedSeconds: seconds }),
    ...(up && count !== undefined && { prefixesReceived: Number(count) }),
  };
}

/** Sessions of a summary. Throws ParseError when a row cannot be read, or rows stand without their head. */
export function onyxSummary(command: string, lines: readonly Line[]): Parsed {
  const sessions: OnyxSession[] = [];
  let table: Table = { vrf: undefined, localAsn: null };
  let inRows = false;
  let pending = '';
  for (const { text, number } of lines) {
    if (text.trim() === '' || /^[\s-]+$/.test(text)) continue;
    const fail = (reason: string) => new ParseError(command, `${reason}: ${snippet(text.trim())}`, number);
    const next = headed(text, table);
    if (next && pending !== '') throw fail(`no columns behind ${pending}`);
    if (next || head.test(text)) {
      table = next ?? table;
      inRows = !next;
    } else if (!inRows) throw fail('a line that is no part of a summary');
    else if (pending === '' && canonicalAddress(text.trim()) !== undefined) {
      // A long address stands on a line of its own.
      pending = text.trim();
    } else {
      sessions.push(sessionOf(`${pending} ${text}`, table, fail));
      pending = '';
    }
  }
  if (pending !== '')
    throw new ParseError(command, `the answer ends behind ${pending}`, lines.at(-1)?.number);
  const unnamed = sessions.length > 0 && table.vrf === undefined;
  const notes = unnamed ? ['no VRF is named above the neighbours: the capture may be cut'] : [];
  return { sessions, routes: [], notes };
}
