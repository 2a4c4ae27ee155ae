// FRR's text about one installed route, `show ip route PREFIX` (zebra/zebra_vty.c, vty_show_ip_route_detail): for each protocol
// that knows the prefix a heading, `Known via …` with `best` where zebra chose it, and its next hops, of which an asterisk
// marks those in the FIB.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import { effectiveHops, protocolOf } from './frr-rib.ts';

const heading = /^Routing entry for (\S+)/;
const known = /^\s+Known via "([^"]+)"(.*)$/;
const hopLine =
  /^ {2}([* b]) +(?:directly connected, (\S+?)|(unreachable|blackhole)\b.*|([0-9a-fA-F.:]+)(?:,? via ([^ ,]+))?)(?:[ ,(].*)?$/;

interface Entry {
  readonly prefix: Prefix;
  readonly line: number;
  protocol: string | undefined;
  words: string;
  vrf: string;
  discard: boolean;
  readonly hops: { fib: boolean; active: boolean; hop: NextHop }[];
}

/** True for a text that holds such entries. */
export const isTextRibEntries = (output: string): boolean => /^Routing entry for \S+\/\d+/m.test(output);

function rowOf(source: string, entry: Entry): RouteRow {
  const { prefix, line, protocol, words, vrf, hops, discard } = entry;
  if (protocol === undefined || (hops.length === 0 && !discard))
    throw new ParseError(source, 'a routing entry without its next hops: the capture ends inside it', line);
  return {
    prefix,
    nextHops: effectiveHops(hops),
    protocol: protocolOf(protocol),
    best: /, best\b/.test(words),
    vrf,
    ...(hops.length === 0 && { discard: true }),
    ...(hops.length > 0 && !hops.some(({ active }) => active) && { unusable: true }),
  };
}

function readHop(
  entry: Entry,
  [, mark, connected, nowhere, address, via]: RegExpExecArray,
  text: string,
): void {
  const name = connected ?? via;
  const hop = canonicalAddress(address ?? '');
  if (nowhere !== undefined) entry.discard = true;
  else
    entry.hops.push({
      fib: mark === '*',
      active: !/\binactive\b/.test(text),
      hop: { ...(hop !== undefined && { address: hop }), ...(name !== undefined && { interface: name }) },
    });
}

/** Rows of the entries in a text. Throws ParseError. */
export function textRibEntries(source: string, output: string, vrf: string): RouteRow[] {
  const entries: Entry[] = [];
  for (const [i, raw] of output.split('\n').entries()) {
    const text = raw.trimEnd();
    const name = heading.exec(text)?.[1];
    const entry = entries.at(-1);
    const via = known.exec(text);
    const hop = hopLine.exec(text);
    if (name !== undefined) {
      const prefix = tryParsePrefix(name);
      if (!prefix) throw new ParseError(source, `not a prefix: ${snippet(name)}`, i + 1);
      entries.push({ prefix, line: i + 1, protocol: undefined, words: '', vrf, discard: false, hops: [] });
    } else if (entry && via) {
      entry.protocol = via[1] ?? '';
      entry.words = via[2] ?? '';
      entry.vrf = /, vrf ([^ ,]+)/.exec(entry.words)?.[1] ?? vrf;
    } else if (entry?.protocol !== undefined && hop) readHop(entry, hop, text);
    else if (
      entry &&
      text !== '' &&
      !/^\s+(?:Last update|Flags:|Metric|Tag|Opaque|Status:|Nexthop)/i.test(text)
    )
      throw new ParseError(source, `not a line of a routing entry: ${snippet(text)}`, i + 1);
  }
  return entries.map((entry) => rowOf(source, entry));
}
