// What an answer of a Cisco-like CLI says of its own length, held against what was read of it: NX-OS counts the peers of each
// family, IOS and EOS the entries of a routing table, IOS the subnets of a network, all of them the paths of a BGP table.
// Fewer than announced means that rows are missing; more do not: peers may come in by a range, and IOS counts a network
// with several routes once.
import { contains, formatPrefix, type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { Segment } from './cisco-segments.ts';
import type { FoundSession } from './cisco-summary.ts';
import { classfulLength } from './cli-text.ts';

/** Rows that a table announced and that were not found in it. */
export interface Missing {
  readonly message: string;
  readonly line: number;
}

const missing = (read: number, what: string, said: number, line: number): Missing => ({
  message: `${read} ${what} were read of ${said}: rows are missing`,
  line,
});

/** A range that peers may connect from: a row of NX-OS's table, no session. */
const rangeRow = /^\s*[\da-fA-F.:]+\/\d+\s+\d\s/;

/** Holds the sessions of a table against the number of peers above it. */
export function missingPeers({ context, header, lines }: Segment, found: readonly FoundSession[]): Missing[] {
  const { peers } = context;
  if (!peers) return [];
  const rows = found.length + lines.filter(({ text }) => rangeRow.test(text)).length;
  if (rows < peers.configured) return [missing(rows, 'neighbours', peers.configured, header.number)];
  const up = found.filter(({ session }) => session.state === 'established').length;
  if (up >= peers.established) return [];
  return [missing(up, 'established neighbours', peers.established, header.number)];
}

/** True for a question for a whole table: the counts in its answer are of what is shown. */
const isWhole = (command: string) =>
  /^sho?w? +(?:ip|ipv6|route)(?: +ro\w*)?(?: +(?:vrf|table) +\S+)?(?: +ipv[46])?(?: +unicast)?\s*$/i.test(
    command.trim(),
  );

interface Announced {
  readonly what: string;
  readonly said: number;
  readonly line: number;
  readonly inside?: Prefix;
}

const subnetted = /^\s*(\d+\.\d+\.\d+\.\d+)\/\d+ is (?:variably )?subnetted, (\d+) subnets/;

/** What the lines of a routing table announce. */
function announcedIn({ context, lines, header }: Segment): Announced[] {
  const whole = isWhole(context.asked);
  const above = [whole ? context.entries : undefined, context.shown].filter((said) => said !== undefined);
  return [
    ...above.map((said): Announced => ({ what: 'entries', said, line: header.number })),
    ...lines.flatMap(({ text, number: line }): Announced[] => {
      const [, network = '', subnets] = subnetted.exec(text) ?? [];
      const inside = tryParsePrefix(`${network}/${classfulLength(network) ?? 32}`);
      if (subnets === undefined || !whole || !inside) return [];
      return [{ what: `subnets of ${network}`, said: Number(subnets), line, inside }];
    }),
  ];
}

/** Holds the routes of a routing table against the counts in it. */
export function missingRoutes(segment: Segment, prefixes: readonly Prefix[]): Missing[] {
  return announcedIn(segment).flatMap(({ what, said, line, inside }) => {
    const own = prefixes.filter((prefix) => !inside || contains(inside, prefix));
    const read = new Set(own.map(formatPrefix)).size;
    return read < said ? [missing(read, what, said, line)] : [];
  });
}

const total = /^\s*(?:Processed \d+ prefixes, (\d+) paths|Total number of prefixes (\d+))/;

/** Holds the paths of a BGP table, skipped ones included, against the line that ends it. */
export function missingPaths({ lines }: Segment, read: number): Missing[] {
  const end = lines.find(({ text }) => total.test(text));
  const match = total.exec(end?.text ?? '');
  const said = Number(match?.[1] ?? match?.[2]);
  return end && read < said ? [missing(read, 'paths', said, end.number)] : [];
}

/** True for the line that ends a BGP table with its number of paths. */
export const isTotal = (text: string) => total.test(text);
