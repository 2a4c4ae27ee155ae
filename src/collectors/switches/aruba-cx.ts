// Aruba AOS-CX by its command line ("AOS-CX BGP Guide", "IP Routing Guide"). Commands are typed into a shell with paging off.
// Keywords are typed as short as releases have in common (`all-vrf`, also written `all-vrfs`). CX has no question for a
// range, so whole tables of the default VRF are asked for; sessions are read in all VRFs.
import type { CollectQuery } from '../../model/collector.ts';
import type { Parsed, PlannedCommand, SwitchDriver } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { hasCxBgp, hasCxBgpPaths, readCxBgp, readCxBgpPaths } from './aruba-cx-bgp.ts';
import { hasCxNeighbors, hasCxSummary, readCxNeighbors, readCxSummary } from './aruba-cx-peers.ts';
import { hasCxRib, readCxRib } from './aruba-cx-rib.ts';
import { type CxContext, type CxFound, cxContext } from './aruba-cx-text.ts';
import { captureParts, type Line, type Part, wholeCapture } from './cli-capture.ts';
import { wantsIpv6, wholeTable } from './vrp-like.ts';
import { refuseLongLines } from './vrp-like-context.ts';

/** `leaf01#`, `leaf01(config)#`, Onyx's `sw [standalone: master] #`, with or without a command, or an echoed command alone. */
const prompt =
  /^(?:\s{0,8}[A-Za-z0-9][\w.:@-]{0,63}(?: \[[^\]\n]{1,60}\])?(?:\s?\([\w /:-]{1,40}\))? ?[#>](?:\s+|$)|\s{0,8}(?=(?:sh|sho|show) +(?:bgp|ip|ipv6)\b))(.*)$/i;

type Reader = (lines: readonly Line[], context: CxContext, found: CxFound) => void;

const readers: readonly (readonly [(lines: readonly Line[]) => boolean, Reader])[] = [
  [hasCxSummary, readCxSummary],
  [hasCxNeighbors, readCxNeighbors],
  [hasCxBgp, readCxBgp],
  [hasCxBgpPaths, readCxBgpPaths],
  [hasCxRib, readCxRib],
];

/** Lines that the system's log threw in. */
const syslog = /^\s*(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* |[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d )/;

function refuse(command: string, lines: readonly Line[]): never {
  const said = lines.filter(({ text }) => text.trim() !== '');
  const complaint = said.find(({ text }) =>
    /^\s*(?:%|error\b)|invalid input|unknown command|not (?:configured|enabled|authorized|running)|does not exist|no bgp/i.test(
      text,
    ),
  );
  const first = complaint ?? said[0];
  if (!first) throw new ParseError(command, 'the answer is empty');
  const what = complaint ? 'the device says' : 'not an answer this driver knows';
  throw new ParseError(command, `${what}: ${snippet(first.text.trim())}`, first.number);
}

function readPart(part: Part, found: CxFound): boolean {
  const lines = part.lines.filter(({ text }) => !syslog.test(text));
  const fitting = readers.filter(([fits]) => fits(lines));
  for (const [, read] of fitting) read(lines, cxContext(part.command), found);
  return fitting.length > 0;
}

function parsePart(part: Part): Parsed {
  const found: CxFound = { sessions: [], tables: [], notes: [], missing: [] };
  if (!readPart(part, found)) refuse(part.command, part.lines);
  const parsed: Parsed = { sessions: found.sessions, routes: found.tables, notes: found.notes };
  const [missing] = found.missing;
  if (!missing) return parsed;
  throw new ParseError(part.command, missing.message, missing.line, parsed);
}

/** Reads the answer of one command, or a capture of several. Throws ParseError. */
export function parseArubaCx(command: string, output: string): Parsed {
  refuseLongLines(command, output);
  return wholeCapture(command, captureParts(command, output.replaceAll('\t', '        '), prompt), parsePart);
}

function routeCommands(query: CollectQuery): readonly PlannedCommand[] {
  const ipv6 = wantsIpv6(query);
  return [
    wholeTable('show bgp ipv4 unicast', 4),
    ...(ipv6 ? [wholeTable('show bgp ipv6 unicast', 6)] : []),
    wholeTable('show ip route', 4),
    ...(ipv6 ? [wholeTable('show ipv6 route', 6)] : []),
  ];
}

/** Aruba AOS-CX. */
export const arubaCx: SwitchDriver = {
  name: 'aruba-cx',
  title: 'Aruba AOS-CX',
  channel: 'shell',
  preamble: ['no page'],
  commands: [
    { template: 'show bgp all-vrf all summary', purpose: 'sessions of all VRFs and families' },
    { template: 'show bgp ipv4 unicast', purpose: 'the BGP table' },
    { template: 'show bgp ipv6 unicast', purpose: 'the same for IPv6, where the cluster has any' },
    { template: 'show ip route', purpose: 'the routing table with all next hops' },
    { template: 'show ipv6 route', purpose: 'the same for IPv6, where the cluster has any' },
  ],
  sessionCommands: () => [{ command: 'show bgp all-vrf all summary' }],
  routeCommands,
  parse: parseArubaCx,
};
