// One route in the long form, `show ip route ADDRESS` of IOS and `show route PREFIX` of IOS-XR: `Routing entry for`, how it
// is known, and its next hops (`Routing Descriptor Blocks`; IOS's IPv6: `Routing paths`).
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import type { Prefix } from '../../model/prefix.ts';
import type { RouteProtocol, RouteRow } from '../../model/route-table.ts';
import { type FoundHop, takenHops } from './cisco-hops.ts';
import { networkOf } from './cisco-paths.ts';
import { protocolNamed } from './cisco-rib.ts';
import type { Segment } from './cisco-segments.ts';

interface Entry {
  readonly prefix: Prefix;
  readonly line: number;
  protocol: RouteProtocol | undefined;
  inHops: boolean;
  readonly hops: FoundHop[];
}

const address = '(?:\\d+\\.\\d+\\.\\d+\\.\\d+|[\\da-fA-F]*:[\\da-fA-F:.]*)(?:%\\S+)?';
const hopLine = new RegExp(`^\\s*(?:\\* ?)?(${address})(?: \\([^)]*\\))?(?=,|$)(.*)$`);
const connectedLine = /^\s*(?:\* ?)?(?:is )?directly connected(.*)$/;

function hopOfLine(text: string): FoundHop | undefined {
  const match = hopLine.exec(text);
  const connected = connectedLine.exec(text);
  if (!match && !connected) return undefined;
  const found = match ? canonicalAddress((match[1] ?? '').split('%', 1)[0] ?? '') : undefined;
  if (match && found === undefined) return undefined;
  const rest = (match ? match[2] : connected?.[1]) ?? '';
  const name =
    /\bvia ([A-Za-z][^\s,]*)/.exec(rest)?.[1] ?? /^, ([A-Za-z][\w./:-]*\d[\w./:-]*)/.exec(rest)?.[1];
  return {
    hop: { ...(found !== undefined && { address: found }), ...(name !== undefined && { interface: name }) },
    discard: found === undefined && name !== undefined && /^null\d*$/i.test(name),
    backup: /\bBackup\b/.test(rest),
  };
}

/** Rows of the entries of one table. Throws ParseError when one is cut off. */
export function ribEntriesOf(segment: Segment): { rows: RouteRow[]; notes: string[] } {
  const { context, lines } = segment;
  const entries: Entry[] = [];
  for (const { text, number } of lines) {
    const entry = entries.at(-1);
    const name = /^\s*Routing entry for ([^\s,]+)/.exec(text)?.[1];
    const known = /^\s*Known via "([^"]+)"/.exec(text)?.[1];
    if (name !== undefined) {
      const prefix = networkOf(name);
      if (!prefix) throw new ParseError(context.command, `not a prefix: ${snippet(name)}`, number);
      entries.push({ prefix, line: number, protocol: undefined, inHops: false, hops: [] });
    } else if (known !== undefined && entry) entry.protocol = protocolNamed(known);
    else if (/^\s*Routing (?:Descriptor Blocks|paths)/.test(text) && entry) entry.inHops = true;
    else if (entry?.inHops) {
      const hop = hopOfLine(text);
      if (hop) entry.hops.push(hop);
    }
  }
  return {
    rows: entries.map(({ prefix, protocol, hops, line }): RouteRow => {
      if (protocol === undefined || hops.length === 0) {
        throw new ParseError(context.command, 'a routing entry without its next hops: cut off?', line);
      }
      return {
        prefix,
        nextHops: takenHops(hops),
        protocol,
        best: true,
        vrf: context.vrf,
        ...(hops.every(({ discard }) => discard) && { discard: true }),
      };
    }),
    notes: [],
  };
}
