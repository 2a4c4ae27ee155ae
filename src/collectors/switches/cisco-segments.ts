// Cuts an answer of a Cisco-like CLI into its tables: each with the header line that tells its columns, and with what the
// headings above it said. A line that looks like a row but stands under no header is an error: a header that was lost
// must not turn a full table into an empty one.
import { ParseError, snippet } from '../../model/parse-error.ts';
import { headingOf, type TableContext } from './cisco-context.ts';
import type { Line } from './cisco-text.ts';

export type SegmentKind =
  | 'summary'
  | 'sessions'
  | 'vrf-sessions'
  | 'negotiated'
  | 'neighbors'
  | 'paths'
  | 'entries'
  | 'advertised'
  | 'damped'
  | 'rib'
  | 'rib-entries'
  | 'nexthops'
  | 'forwarding'
  /** A table of known form that says nothing about sessions or routes. */
  | 'ignored';

export interface Segment {
  readonly kind: SegmentKind;
  readonly context: TableContext;
  readonly header: Line;
  /** The lines below the header; of a kind without a header of its own, all lines. */
  readonly lines: readonly Line[];
}

export interface Cut {
  readonly segments: readonly Segment[];
  /** Headings were found, even if no table followed them. */
  readonly headed: boolean;
  /** Lines outside all tables, other than headings. */
  readonly rest: readonly Line[];
}

/** Lines that open a table; `own` ones are its first line too. */
const openings: readonly (readonly [RegExp, SegmentKind, own?: 'own'])[] = [
  [/^\s*(?:Description\s+)?Neighbor\s+(?:V|Spk)\s+AS\s/, 'summary'],
  [/^\s*Neighbor\s+ASN\s+Flaps/, 'sessions'],
  [/^\s*Neighbor\s+VRF\s+Spk\s+AS\s/, 'vrf-sessions'],
  [/^\s*(?:Description\s+)?Neighbor\s+AS\s+Session State/, 'negotiated'],
  [/^\s*Neighbor\s+T\s+AS\s/, 'ignored'],
  [/^\s*BGP neighbor is\s/, 'neighbors', 'own'],
  [/^\s*BGP routing table entry for/, 'entries', 'own'],
  [/^\s*Network\s+Next Hop\s+From\s+AS Path/, 'advertised'],
  [/^\s*Network\s+From\s+Reuse\s+Path/, 'damped'],
  [/^\s*Network\s+Next[ -]Hop\s+Metric/i, 'paths'],
  [/^Prefix\s+\| Next-hop/, 'forwarding'],
  [/^\s*Codes: /, 'rib', 'own'],
  [/^\s*Routing entry for /, 'rib-entries', 'own'],
  [/^\s*(?:\d+\.\d+\.\d+\.\d+|[\da-fA-F]*:[\da-fA-F:.]*)\/\d+, (?:ubest|\d+ ucast)/, 'nexthops', 'own'],
];

const address = '(?:\\d+\\.\\d+\\.\\d+\\.\\d+|[\\da-fA-F]{0,4}:[\\da-fA-F:.]*:[\\da-fA-F.]*)';
const rowLike = [
  // A row of a BGP table, of a summary, of NX-OS's routing table.
  new RegExp(`^\\s*[*>=sdhrSxmbcE|#]+ ?[*>=sdhrSxmbcE|#]* *[iecarIl]? *${address}(?:/\\d+)?(?:\\s|$)`),
  new RegExp(`^\\s*\\*?(?:${address}(?:%\\S+)?)?\\s+\\d\\s+[\\d.]+(?:\\s+\\d+){4}`),
  // A prefix with its next hop.
  new RegExp(`^\\s*${address}/\\d+\\s+${address}\\s`),
  /^\s*\*{1,2}via \S+, /,
  /^\s*BGP state (?:=|is) /,
];

/** A line of a routing table, which may stand without any header: `B    10.0.0.0/24 [20/0] via 10.1.1.1`. */
export const ribRow = new RegExp(
  `^\\s*(?!(?:via|is|to|from|From|and)\\b)([A-Za-z][A-Za-z0-9*%+&>()! ]{0,9}?)\\s+(${address}(?:/\\d+)?)((?:,| \\[| is |\\s*$|\\s+\\[).*|)$`,
);

function openingOf(text: string, context: TableContext, open: SegmentKind | undefined) {
  for (const [pattern, kind, own] of openings) if (pattern.test(text)) return { kind, own: own === 'own' };
  // Without its legend a routing table starts with its first row.
  if (context.layer !== 'installed' || (open !== undefined && open !== 'rib')) return undefined;
  return ribRow.test(text) || /\bsubnetted, \d+ subnets/.test(text)
    ? { kind: 'rib' as const, own: true }
    : undefined;
}

/** A family's name inside a neighbour's block, which IOS prints like the heading of the next family. */
const isInnerFamily = (text: string, open: SegmentKind | undefined) =>
  open === 'neighbors' && /^\s*For address family: /i.test(text);

/** Cuts lines into tables. Throws ParseError for a row without a table. */
export function segmentsOf(start: TableContext, lines: readonly Line[]): Cut {
  const segments: (Segment & { lines: Line[] })[] = [];
  const rest: Line[] = [];
  let context = start;
  let headed = false;
  let open: (Segment & { lines: Line[] }) | undefined;
  for (const line of lines) {
    const heading = headingOf(line.text, context);
    if (heading) {
      // `BGP neighbor is …` blocks hold lines such as IOS-XR's `Address Family:` nowhere at the start of a line.
      context = heading;
      headed = true;
      if (isInnerFamily(line.text, open?.kind)) open?.lines.push(line);
      else open = undefined;
      continue;
    }
    const opening = openingOf(line.text, context, open?.kind);
    // Entries and routes of one table stay together.
    if (opening && !(open?.kind === opening.kind && opening.own && opening.kind !== 'neighbors')) {
      open = { kind: opening.kind, context, header: line, lines: [] };
      segments.push(open);
      if (!opening.own) continue;
    }
    if (open) open.lines.push(line);
    else if (rowLike.some((pattern) => pattern.test(line.text))) {
      const message = `a row without the header of its table: ${snippet(line.text.trim())}`;
      throw new ParseError(start.command, message, line.number);
    } else if (line.text !== '') rest.push(line);
  }
  return { segments, headed, rest };
}
