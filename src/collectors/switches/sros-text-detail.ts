// BGP routes of SR OS in the long forms `detail` and `hunt` (Nokia, show router bgp routes): blocks of `name : value` pairs. What
// came (Original) counts as the route, what a policy made of it (Modified) as its attributes; RIB-Out entries are what
// others are sent and no routes of this table.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError } from '../../model/parse-error.ts';
import { tryParsePrefix } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';
import { asPathOf, hopOf, layerOf, splitDistinguisher } from './sros-names.ts';
import { pairsOf } from './sros-text-bgp.ts';

interface Block {
  readonly modified: boolean;
  readonly lines: Line[];
}

function blocksOf(lines: readonly Line[]): Block[] {
  const blocks: Block[] = [];
  let modified = false;
  let out = false;
  for (const line of lines) {
    if (/^\s*(?:Original|Modified) Attributes/.test(line.text)) modified = /Modified/.test(line.text);
    if (/^\s*RIB (?:In|Out) Entries/.test(line.text)) out = /Out/.test(line.text);
    if (out) continue;
    if (/^\s*Network\s+: /.test(line.text)) blocks.push({ modified, lines: [line] });
    else blocks.at(-1)?.lines.push(line);
  }
  return blocks;
}

function rowOf(command: string, { lines }: Block): RouteRow {
  const pairs = pairsOf(lines);
  const { text, vrf } = splitDistinguisher(pairs.get('Network') ?? '');
  const prefix = tryParsePrefix(text);
  const flags = pairs.get('Flags');
  if (!prefix || flags === undefined) {
    const message = 'a route without prefix or flags: the capture ends inside it';
    throw new ParseError(command, message, lines[0]?.number);
  }
  const asPath = asPathOf(pairs.get('AS-Path'));
  const from = canonicalAddress(pairs.get('From') ?? '');
  const hop = pairs.get('Nexthop');
  const localPref = pairs.get('Local Pref.');
  const community = pairs.get('Community');
  return {
    prefix,
    nextHops: hop === undefined ? [] : [hopOf(hop)],
    protocol: 'bgp',
    best: /\bBest\b/.test(flags),
    vrf,
    ...(/\bStale\b/.test(flags) && { stale: true }),
    ...(!/\bValid\b/.test(flags) && layerOf(command).layer !== 'exported' && { unusable: true }),
    ...(asPath !== undefined && { asPath }),
    ...(from !== undefined && { from }),
    ...(localPref !== undefined && /^\d+$/.test(localPref) && { localPref: Number(localPref) }),
    ...(community !== undefined && /^\d/.test(community) && { communities: community }),
  };
}

/** Rows of the long forms; a VRF is empty where no route distinguisher names it. Throws ParseError. */
export function detailRows(command: string, lines: readonly Line[]): RouteRow[] {
  const rows: RouteRow[] = [];
  for (const block of blocksOf(lines)) {
    const row = rowOf(command, block);
    const last = rows.at(-1);
    if (!block.modified) rows.push(row);
    else if (last) rows[rows.length - 1] = { ...row, prefix: last.prefix, vrf: last.vrf };
    else throw new ParseError(command, 'modified attributes of no route', block.lines[0]?.number);
  }
  return rows;
}
