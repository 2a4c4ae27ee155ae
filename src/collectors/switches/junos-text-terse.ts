// Two tables of Junos with one line for each path: `show route terse` and the usual style of `show route
// receive-protocol` and `advertising-protocol` (Juniper, CLI reference). Columns may be empty, so they are told apart by what
// stands in them and by the gaps between.
import { parseAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import type { Prefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';
import { asPathOf, hopOf } from './junos-names.ts';
import { prefixIn, prefixOrThrow } from './junos-text-routes.ts';

const terseHead = /^\s*A\s+(?:V\s+)?Destination\s+P\s+Prf\b/;

export const isTerse = (lines: readonly Line[]) => lines.some(({ text }) => terseHead.test(text));

const letters: Readonly<Record<string, RouteProtocol>> = {
  B: 'bgp',
  S: 'static',
  D: 'connected',
  L: 'local',
  O: 'ospf',
  I: 'isis',
  R: 'rip',
  A: 'aggregate',
};

const path = /^\s*([*+@#-]?)\s*([?VNIU]?)\s+(\S+\/\d+)?\s*([A-Z])\s+(\d+)(?:\s+(.*))?$/;
/** A further next hop of the path above; RPKI's word may stand in front. */
const hop = /^\s*(?:unverified|valid|invalid|unknown)?\s*(>?)(\S+)$/;

/** A row whose further next hops follow on lines of their own. */
interface OpenRow {
  readonly row: RouteRow;
  readonly hops: NextHop[];
}

function terseHop(word: string): NextHop | undefined {
  const text = word.replace(/^>/, '');
  if (/^(?:Reject|Discard|Receive|MultiRecv|Self|Multicast)$/i.test(text)) return undefined;
  return parseAddress(text.split('%', 1)[0] ?? '') ? hopOf(text, undefined) : hopOf(undefined, text);
}

/** A path's row; `rest` is what follows its metrics: next hop, AS path. */
function tersePath(prefix: Prefix, tag: string, letter: string, rest: string, vrf: string): OpenRow {
  const [, target, tail] = /^(>?[^\s>]\S*)?(?:\s+(.*))?$/.exec(rest) ?? [];
  const numeric = target !== undefined && /^\d+(?:\.\d+)?$/.test(target);
  const first = target === undefined || numeric ? undefined : terseHop(target);
  const asPath = letter === 'B' ? asPathOf(numeric ? `${target} ${tail ?? ''}` : tail) : undefined;
  const hops = first ? [first] : [];
  return {
    hops,
    row: {
      prefix,
      nextHops: hops,
      protocol: letters[letter] ?? 'other',
      best: tag !== '' && tag !== '-',
      vrf,
      ...(/^>?(?:Reject|Discard)$/i.test(target ?? '') && { discard: true }),
      ...(asPath !== undefined && { asPath }),
    },
  };
}

/**
 * What follows the metrics. Two of them at most stand in front of the next hop, which is missing where RPKI's word takes the
 * next line with it: then the AS path is told from a metric by where the header says that next hops start.
 */
function behindMetrics(text: string, rest: string, nextHop: number): string {
  const start = text.length - rest.length;
  const metrics = [...rest.matchAll(/\d+(?=\s|$)/g)].filter(
    ({ index, 0: word }) =>
      /^[\d\s]*$/.test(rest.slice(0, index)) && (nextHop < 0 || start + index + word.length < nextHop),
  );
  const last = metrics.slice(0, 2).at(-1);
  return last ? rest.slice(last.index + last[0].length).trimStart() : rest;
}

/** Rows of `show route terse`. Throws ParseError. */
export function terseRows(command: string, lines: readonly Line[], vrf: string): RouteRow[] {
  const rows: OpenRow[] = [];
  let prefix: Prefix | undefined;
  let nextHop = -1;
  for (const { text, number } of lines) {
    if (terseHead.test(text)) {
      nextHop = text.search(/Next hop/);
      continue;
    }
    const alone = /^\s*[*+@#-]?\s*[?VNIU]?\s+(\S+\/\d+)$/.exec(text);
    if (alone) {
      prefix = prefixOrThrow(command, alone[1] ?? '', number);
      continue;
    }
    const match = path.exec(text);
    if (match) {
      const [, tag = '', , own, letter = '', , rest = ''] = match;
      if (own !== undefined) prefix = prefixOrThrow(command, own, number);
      if (!prefix) throw new ParseError(command, `a path without a prefix: ${snippet(text.trim())}`, number);
      rows.push(tersePath(prefix, tag, letter, behindMetrics(text, rest, nextHop), vrf));
      continue;
    }
    const more = hop.exec(text);
    const last = rows.at(-1);
    if (!more || !last)
      throw new ParseError(command, `not a row of a terse table: ${snippet(text.trim())}`, number);
    const word = more[2] ?? '';
    if (/^(?:unverified|valid|invalid|unknown)$/.test(word)) continue;
    const found = terseHop(word);
    if (found) last.hops.push(found);
  }
  return rows.map(({ row }) => row);
}

const protocolRow =
  /^\s*([*+@#-]?)\s*(\S+\/\d+)?\s+(Self|Not advertised|Local|[0-9a-fA-F.:%]*[.:][0-9a-fA-F.:%\w/-]*|table \S+)(?:\s+(.*))?$/;

/** Rows of `receive-protocol` and `advertising-protocol`. Throws ParseError. */
export function protocolRows(command: string, lines: readonly Line[], vrf: string): RouteRow[] {
  const rows: RouteRow[] = [];
  let prefix: Prefix | undefined;
  let mark = '';
  for (const { text, number } of lines) {
    if (/^\s*Prefix\s+Nexthop\s+MED\b/.test(text)) continue;
    const alone = /^\s*([*+@#-]?)\s*(\S+\/\d+)$/.exec(text);
    if (alone && prefixIn(alone[2] ?? '')) {
      prefix = prefixIn(alone[2] ?? '');
      mark = alone[1] ?? '';
      continue;
    }
    const match = protocolRow.exec(text);
    const [, tag = '', own, target = '', rest = ''] = match ?? [];
    if (own !== undefined) prefix = prefixOrThrow(command, own, number);
    if (!match || !prefix)
      throw new ParseError(command, `not a row of routes: ${snippet(text.trim())}`, number);
    if (!/(?:^|\s)[IE?](?:$|[\s(,<])/.test(rest)) {
      throw new ParseError(command, 'a route without its AS path: the capture ends inside it', number);
    }
    const cells = rest.trim().split(/ {2,}/);
    const asPath = asPathOf(cells.at(-1));
    const localPref = cells.length > 2 ? cells[1] : undefined;
    const next = hopOf(target, undefined);
    rows.push({
      prefix,
      nextHops: next ? [next] : [],
      protocol: 'bgp',
      best: `${tag}${mark}` !== '' && `${tag}${mark}` !== '-',
      vrf,
      ...(asPath !== undefined && { asPath }),
      ...(localPref !== undefined && /^\d+$/.test(localPref) && { localPref: Number(localPref) }),
    });
    mark = '';
  }
  return rows;
}
