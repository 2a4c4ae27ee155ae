// NX-OS's forwarding table, `show forwarding ipv4 route`: what the hardware holds, without the protocol a route came from.
// One row a next hop; further ones follow without the prefix. Follows the Cisco Nexus 9000 Series command reference.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import type { Segment } from './cisco-segments.ts';

/** Words in the place of a next hop. */
const words: Readonly<Record<string, RouteProtocol>> = {
  Drop: 'other',
  Receive: 'local',
  Attached: 'connected',
};
const rule = /^[-+|\s]*$/;

/** Rows of one table. Throws ParseError when a line cannot be read. */
export function forwardingOf(segment: Segment): { rows: RouteRow[]; notes: string[] } {
  const { context, lines } = segment;
  const rows: RouteRow[] = [];
  for (const { text, number } of lines) {
    if (rule.test(text) || /^(?:Prefix\s*\||\s*IPv[46] routes for table)/.test(text)) continue;
    const match = /^(\*?[\da-fA-F.:]+\/\d+)?\s+(\S+)(?:\s+([A-Za-z]\S*\d\S*))?/.exec(text);
    const [, shown, to = '', name] = match ?? [];
    const prefix = shown === undefined ? rows.at(-1)?.prefix : tryParsePrefix(shown.replace('*', ''));
    const address = canonicalAddress(to);
    if (!prefix || (address === undefined && !Object.hasOwn(words, to))) {
      throw new ParseError(context.command, `not a row of a forwarding table: ${snippet(text)}`, number);
    }
    const hop: NextHop = {
      ...(address !== undefined && { address }),
      ...(name !== undefined && { interface: name }),
    };
    const nextHops = address === undefined && name === undefined ? [] : [hop];
    const last = shown === undefined ? rows.pop() : undefined;
    rows.push(
      last
        ? { ...last, nextHops: [...last.nextHops, ...nextHops] }
        : {
            prefix,
            nextHops,
            protocol: words[to] ?? 'other',
            best: true,
            vrf: context.vrf,
            ...(to === 'Drop' && { discard: true }),
          },
    );
  }
  return { rows, notes: [] };
}
