// IOS-XR's `show bgp … neighbors ADDRESS advertised-routes`: prefix, next hop, where the route came from, AS path with its
// origin glued on (`65108.65108?`); and `show bgp … dampened-paths`. Follows the Cisco ASR 9000 BGP Command Reference.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import type { RouteRow } from '../../model/route-table.ts';
import { networkOf, plainPath } from './cisco-paths.ts';
import type { Segment } from './cisco-segments.ts';

const total = /^\s*Processed (\d+) prefixes/;

/** Rows of one table. Throws ParseError when a row cannot be read or rows are missing. */
export function advertisedOf(segment: Segment): { rows: RouteRow[]; notes: string[] } {
  const { context, lines } = segment;
  const rows: RouteRow[] = [];
  let { vrf } = context;
  let open = '';
  for (const { text, number } of lines) {
    const fail = (reason: string) => new ParseError(context.command, reason, number);
    const said = total.exec(text);
    const distinguisher = /^\s*Route Distinguisher: (\S+)(?:\s+\(default for vrf ([^)]+)\))?/.exec(text);
    if (distinguisher) vrf = distinguisher[2] ?? `rd ${distinguisher[1]}`;
    if (text === '' || distinguisher || /^-+$/.test(text)) continue;
    if (said) {
      const distinct = new Set(rows.map(({ prefix }) => JSON.stringify(prefix))).size;
      const got = Math.max(distinct, Number(said[1]) === rows.length ? rows.length : 0);
      if (open !== '' || got !== Number(said[1]))
        throw fail(`${got} prefixes were read of ${said[1]}: rows are missing`);
      break;
    }
    const whole = `${open} ${text.trim()}`.trim();
    const [network = '', hop = '', from = '', ...path] = whole.split(/\s+/);
    if (!/[ie?]$/.test(path.at(-1) ?? '')) {
      open = whole;
      continue;
    }
    open = '';
    const prefix = networkOf(network);
    const nextHop = canonicalAddress(hop);
    if (!prefix || nextHop === undefined) throw fail(`not an advertised route: ${snippet(whole)}`);
    const source = canonicalAddress(from);
    rows.push({
      prefix,
      nextHops: [{ address: nextHop }],
      protocol: 'bgp',
      best: true,
      vrf,
      asPath: plainPath(path.join(' ')),
      ...(source !== undefined && { from: source }),
    });
  }
  if (open !== '')
    throw new ParseError(context.command, `the answer ends in the middle of a row: ${snippet(open)}`);
  return { rows, notes: [] };
}

/** Dampened paths: known, held back, with the peer they came from and no next hop shown. */
export function dampedOf(segment: Segment): { rows: RouteRow[]; notes: string[] } {
  const { context, lines } = segment;
  const rows = lines.flatMap(({ text, number }): RouteRow[] => {
    if (text === '' || total.test(text)) return [];
    const match = /^[*>dhsir ]*?([\da-fA-F]*[.:][\da-fA-F.:]+(?:\/\d+)?)\s+(\S+)\s+(\S+)\s+(.*[ie?])$/.exec(
      text,
    );
    const prefix = networkOf(match?.[1] ?? '');
    const from = canonicalAddress(match?.[2] ?? '');
    if (!prefix || from === undefined)
      throw new ParseError(context.command, `not a dampened path: ${snippet(text)}`, number);
    const asPath = plainPath(match?.[4] ?? '');
    return [
      { prefix, nextHops: [], protocol: 'bgp', best: false, unusable: true, vrf: context.vrf, asPath, from },
    ];
  });
  return { rows, notes: [] };
}
