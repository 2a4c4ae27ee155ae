// `show route` of Junos in its usual style: prefix, `*[BGP/170] age, localpref 100`, then indented the AS path and one line
// for each next hop (Juniper, CLI reference, "show route"). Long prefixes stand on a line of their own.
import { ParseError, snippet } from '../../model/parse-error.ts';
import type { Prefix } from '../../model/prefix.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';
import { asPathOf, hopOf, plainAddress, protocolOf } from './junos-names.ts';
import { prefixIn, prefixOrThrow } from './junos-text-routes.ts';

const entryStart = /^\s*(\S+\/\d+)?\s*([*+@#-]?)\[([A-Za-z][\w-]*)\s*(?:\/[^\]]*)?\]\s*(.*)$/;
const hopLine =
  /^\s*(?:>\s*)?(?:to (\S+?),?(?: via ([^\s,]+))?|via ([^\s,]+)|Local via ([^\s,]+))(?:,.*|\s.*)?$/;
const toTable = /^\s*(?:>\s*)?to table (\S+)/;
const plainHop =
  /^\s*(?:>\s*)?(Reject|Discard|Receive|MultiRecv|Multicast|Unusable|Indirect|Dead|Local|Hold|Interface|Flood|Composite)\b/i;

interface Open {
  readonly prefix: Prefix;
  readonly tag: string;
  readonly protocol: string;
  readonly number: number;
  readonly hops: NextHop[];
  /** Lines that say where it goes, even when without an address. */
  targets: number;
  info: string;
  path: string | undefined;
  discard: boolean;
  unusable: boolean;
}

function rowOf(command: string, open: Open, vrf: string): RouteRow {
  if (open.targets === 0 && !/hidden|inactive/i.test(open.info) && !open.unusable) {
    throw new ParseError(command, 'a route without next hop: the capture ends inside it', open.number);
  }
  const from = plainAddress(/\bfrom ([^\s,]+)/.exec(open.info)?.[1]);
  const localPref = /\blocalpref (\d+)/.exec(open.info)?.[1];
  return {
    prefix: open.prefix,
    nextHops: open.hops,
    protocol: protocolOf(open.protocol),
    best: /[*+@#]/.test(open.tag),
    vrf,
    ...(open.unusable && { unusable: true }),
    ...(open.discard && { discard: true }),
    ...(open.path !== undefined && { asPath: open.path }),
    ...(from !== undefined && { from }),
    ...(localPref !== undefined && { localPref: Number(localPref) }),
  };
}

/** Reads a line below an entry's first; false when it is none of those known. */
function readMore(open: Open, text: string): boolean {
  const path = /^\s*AS path:\s*(.*)$/.exec(text);
  if (path) {
    // `AS path: Recorded` may follow: the first counts.
    open.path ??= asPathOf(path[1]);
    return true;
  }
  const table = toTable.exec(text);
  const hop = table ? null : hopLine.exec(text);
  if (table || hop) {
    open.targets++;
    const [, to, via, only, local] = hop ?? [];
    const found = table ? { interface: `table ${table[1]}` } : hopOf(to, via ?? only ?? local);
    if (found) open.hops.push(found);
    return true;
  }
  const word = plainHop.exec(text)?.[1];
  if (word !== undefined) {
    open.targets++;
    if (/^(?:reject|discard)$/i.test(word)) open.discard = true;
    if (/^(?:unusable|dead)$/i.test(word)) open.unusable = true;
    return true;
  }
  // Further attributes of a path, wrapped: `localpref 100, from …`, `validation-state: unverified`.
  if (
    /^\s*(?:MED|localpref|from|metric|tag|validation-state|Communities:|color|weight|Accepted|AS path)\b/i.test(
      text,
    )
  ) {
    open.info += ` ${text.trim()}`;
    return true;
  }
  return false;
}

/** Rows of one table. Throws ParseError when a line cannot be read. */
export function briefRows(command: string, lines: readonly Line[], vrf: string): RouteRow[] {
  const entries: Open[] = [];
  let prefix: Prefix | undefined;
  for (const { text, number } of lines) {
    const start = entryStart.exec(text);
    if (start) {
      const [, own, tag = '', protocol = '', info = ''] = start;
      if (own !== undefined) prefix = prefixOrThrow(command, own, number);
      if (!prefix) throw new ParseError(command, `a path without a prefix: ${snippet(text.trim())}`, number);
      const unusable = /\(hidden\)/.test(info);
      entries.push({
        prefix,
        tag,
        protocol,
        number,
        info,
        hops: [],
        targets: 0,
        path: undefined,
        discard: false,
        unusable,
      });
      continue;
    }
    const alone = /^\s*(\S+\/\d+)$/.exec(text);
    if (alone && prefixIn(alone[1] ?? '')) {
      prefix = prefixIn(alone[1] ?? '');
      continue;
    }
    const last = entries.at(-1);
    if (last && readMore(last, text)) continue;
    throw new ParseError(command, `not a line of a routing table: ${snippet(text.trim())}`, number);
  }
  if (entries.length === 0 || entries.at(-1)?.prefix !== prefix) {
    throw new ParseError(command, 'the capture ends behind a prefix', lines.at(-1)?.number);
  }
  return entries.map((open) => rowOf(command, open, vrf));
}
