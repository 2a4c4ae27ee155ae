// Routes in SR OS' text (Nokia, show router route-table; show router bgp routes, received-routes, advertised-routes). Tables
// take two lines a route or three; the long forms are `name : value` pairs. Each ends with its own count, which must
// fit; a capture without that count may be cut, and says so in a note.

import type { ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, samePrefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';
import {
  asPathOf,
  hopOf,
  layerOf,
  protocolOf,
  splitDistinguisher,
  vrfInCommand,
  vrfOf,
} from './sros-names.ts';
import { detailRows } from './sros-text-detail.ts';

export interface SrosRoutes {
  readonly routes: ParsedRoutes[];
  readonly notes: string[];
}

const has = (lines: readonly Line[], pattern: RegExp) => lines.some(({ text }) => pattern.test(text));
const ruler = /^\s*(?:={5,}|-{5,})\s*$/;
const noneFound = /^\s*No Matching Entries Found/i;

export const isRouteTable = (lines: readonly Line[]) =>
  has(lines, /^\s*(?:IPv6 )?Route Table \((?:Router|Service):/i) ||
  has(lines, /^\s*Dest Prefix(?:\[Flags\]|\s+:)/);
export const isBgpRoutes = (lines: readonly Line[]) =>
  has(lines, /^\s*BGP \S+(?: \S+)? Routes\s*$/) || has(lines, /^\s*Flag\s+Network\s+LocalPref/);

/** VRF by the command, else by the heading. */
function vrfOfText(command: string, lines: readonly Line[]): string {
  const heading = lines.map(({ text }) => /\((?:Router|Service): ([^)]+)\)/.exec(text)?.[1]).find(Boolean);
  return vrfInCommand(command) ?? (heading === undefined ? 'default' : vrfOf(heading));
}

/** Compares with the table's own count; a next hop that stands for several (`[2]`) may count as often. */
function checkCount(command: string, lines: readonly Line[], pattern: RegExp, read: number): string[] {
  for (const { text, number } of lines) {
    const said = pattern.exec(text)?.[1];
    if (said === undefined) continue;
    const repeated = lines.reduce((sum, line) => sum + Number(/\[(\d+)\]/.exec(line.text)?.[1] ?? 0), 0);
    if (read + repeated < Number(said))
      throw new ParseError(command, `${read} routes were read of ${said}`, number);
    return read > Number(said) ? [`${read} routes were read where the device counts ${said}`] : [];
  }
  return has(lines, noneFound) ? [] : ['no count of routes at the end: the capture may be cut'];
}

const tableRow =
  /^(\S+\/\d+)\s*(?:\[[^\]]*\])?\s+(Local|Remote|Black\s?hole|Blackh\*)\s+(\S.*?)\s+(\d+[a-z]\w*)\s+(\d+)\s*$/i;

/** Consecutive lines of one prefix are one route with several next hops. */
function addHop(rows: RouteRow[], row: RouteRow): void {
  const last = rows.at(-1);
  if (last && samePrefix(last.prefix, row.prefix) && last.protocol === row.protocol) {
    rows[rows.length - 1] = { ...last, nextHops: [...last.nextHops, ...row.nextHops] };
  } else rows.push(row);
}

interface OpenRoute {
  readonly prefix: Prefix;
  readonly protocol: string;
  readonly number: number;
  readonly discard: boolean;
}

/** The route of a first line with the next hop of its second. */
function hopRow(open: OpenRoute, text: string, vrf: string): RouteRow {
  const target = text.trim().split(/\s{2,}/, 1)[0] ?? '';
  const discard = open.discard || /^black\s?hole/i.test(target);
  const spare = /\((?:LFA|Backup)\)/i.test(target);
  return {
    prefix: open.prefix,
    nextHops: discard || spare ? [] : [hopOf(target)],
    protocol: protocolOf(open.protocol),
    best: true,
    vrf,
    ...(discard && { discard: true }),
  };
}

/** `show router route-table`. Throws ParseError. */
export function textRouteTable(command: string, lines: readonly Line[]): SrosRoutes {
  const vrf = vrfOfText(command, lines);
  const done = (rows: readonly RouteRow[], notes: string[]): SrosRoutes => ({
    routes: [{ layer: 'installed', vrf, rows, allNextHops: true }],
    notes,
  });
  if (has(lines, /^\s*Dest Prefix\s+: /)) return done(extensiveRows(command, lines, vrf), []);
  const rows: RouteRow[] = [];
  let read = 0;
  let open: OpenRoute | undefined;
  let inRows = false;
  for (const { text, number } of lines) {
    if (/^\s*Next Hop\[Interface Name\]/.test(text)) inRows = true;
    if (/^\s*No\. of Routes/.test(text)) inRows = false;
    if (!inRows || /^\s*Next Hop\[/.test(text) || text.trim() === '') continue;
    if (ruler.test(text)) continue;
    const match = tableRow.exec(text);
    const prefix = match ? tryParsePrefix(match[1] ?? '') : undefined;
    if (match && prefix && !open) {
      open = { prefix, protocol: match[3] ?? '', number, discard: /^black/i.test(match[2] ?? '') };
      continue;
    }
    if (!open || match)
      throw new ParseError(command, `not a row of the route table: ${snippet(text.trim())}`, number);
    read++;
    addHop(rows, hopRow(open, text, vrf));
    open = undefined;
  }
  if (open)
    throw new ParseError(command, 'a route without next hop: the capture ends inside it', open.number);
  return done(rows, checkCount(command, lines, /^\s*No\. of Routes:\s*(\d+)/, read));
}

/** `show router route-table … extensive`: pairs; resolving next hops are indented below the route's own. */
function extensiveRows(command: string, lines: readonly Line[], vrf: string): RouteRow[] {
  const rows: (RouteRow & { nextHops: NextHop[] })[] = [];
  for (const { text, number } of lines) {
    const [, name, value = ''] =
      /^\s*(Dest Prefix|Protocol|Indirect Next-Hop|Next-Hop)\s+: (.*)$/.exec(text) ?? [];
    const last = rows.at(-1);
    if (name === 'Dest Prefix') {
      const prefix = tryParsePrefix(value.trim().split(/\s|\[/, 1)[0] ?? '');
      if (!prefix) throw new ParseError(command, `${snippet(value)} is not a prefix`, number);
      rows.push({ prefix, nextHops: [], protocol: 'other', best: true, vrf });
    } else if (name === 'Protocol' && last) {
      rows[rows.length - 1] = { ...last, protocol: protocolOf(value) };
    } else if (name !== undefined && last) {
      if (/^black\s?hole/i.test(value)) rows[rows.length - 1] = { ...last, discard: true };
      else last.nextHops.push(hopOf(value.trim()));
    }
  }
  const said = lines.map(({ text }) => /^\s*No\. of Destinations:\s*(\d+)/.exec(text)?.[1]).find(Boolean);
  if (said === undefined || Number(said) !== rows.length) {
    throw new ParseError(command, `${rows.length} destinations were read of ${said ?? 'an unknown number'}`);
  }
  return rows;
}

const bgpRow = /^([usdhlxbpwie*>?]{0,10})\s+(\S+\/\d+)\s+(\S+)\s+(\S+)\s*$/;

/** `show router bgp routes` and its like. Throws ParseError. */
export function textBgpRoutes(command: string, lines: readonly Line[]): SrosRoutes {
  const family =
    lines.map(({ text }) => /^\s*BGP (\S+(?: \S+)?) Routes\s*$/.exec(text)?.[1]).find(Boolean) ?? 'IPv4';
  const vpn = /^VPN-IPv[46]$/i.test(family);
  if (!vpn && !/^IPv[46]$/i.test(family)) {
    return { routes: [], notes: [`BGP ${family} routes are no IP prefixes of a VRF: left out`] };
  }
  const rows = has(lines, /^\s*Network\s+: /) ? detailRows(command, lines) : tableRows(command, lines, vpn);
  const notes = checkCount(command, lines, /^\s*Routes\s*:\s*(\d+)/, rows.length);
  const { layer, peer } = layerOf(command);
  const base = vrfOfText(command, lines);
  const named = rows.map((row) => ({ ...row, vrf: row.vrf === '' ? base : row.vrf }));
  const vrfs = [...new Set(named.map((row) => row.vrf))];
  return {
    routes: (vrfs.length > 0 ? vrfs : [base]).map((vrf) => ({
      layer,
      vrf,
      ...(peer !== undefined && { peer }),
      rows: named.filter((row) => row.vrf === vrf),
      allNextHops: true,
    })),
    notes: vpn ? [...notes, 'VPN routes are shown in VRFs named after their route distinguisher'] : notes,
  };
}

function rowOf(flags: string, prefix: Prefix, vrf: string): RouteRow {
  return {
    prefix,
    nextHops: [],
    protocol: 'bgp',
    best: flags.includes('>'),
    vrf,
    ...(flags.includes('x') && { stale: true }),
    ...(!flags.includes('*') && { unusable: true }),
  };
}

function tableRows(command: string, lines: readonly Line[], vpn: boolean): RouteRow[] {
  const routes: { row: RouteRow; number: number; below: string[] }[] = [];
  let inRows = false;
  for (const { text, number } of lines) {
    if (/^\s*As-Path\b/.test(text)) inRows = true;
    if (/^\s*Routes\s*:/.test(text)) inRows = false;
    if (
      !inRows ||
      /^\s*As-Path\b/.test(text) ||
      ruler.test(text) ||
      text.trim() === '' ||
      noneFound.test(text)
    )
      continue;
    const match = bgpRow.exec(text);
    const { text: shown, vrf } = vpn
      ? splitDistinguisher(match?.[2] ?? '')
      : { text: match?.[2] ?? '', vrf: '' };
    const prefix = tryParsePrefix(shown);
    if (match && prefix) {
      const localPref = /^\d+$/.test(match[3] ?? '') ? { localPref: Number(match[3]) } : {};
      routes.push({ row: { ...rowOf(match[1] ?? '', prefix, vrf), ...localPref }, number, below: [] });
      continue;
    }
    const last = routes.at(-1);
    if (match || !last || !/^\s{3,}/.test(text)) {
      throw new ParseError(command, `not a row of BGP routes: ${snippet(text.trim())}`, number);
    }
    last.below.push(text);
  }
  const exported = layerOf(command).layer === 'exported';
  return routes.map(({ row, number, below: [hop, ...path] }) => {
    if (hop === undefined || path.length === 0) {
      throw new ParseError(
        command,
        'a route without next hop and AS path: the capture ends inside it',
        number,
      );
    }
    const asPath = asPathOf(path.map((text) => text.trim().split(/\s{2,}/, 1)[0]).join(' '));
    const { unusable, ...rest } = row;
    return {
      ...rest,
      // What is sent carries no flag of being valid.
      ...(unusable && !exported && { unusable }),
      nextHops: [hopOf(hop.trim().split(/\s{2,}/, 1)[0] ?? '')],
      ...(asPath !== undefined && { asPath }),
    };
  });
}
