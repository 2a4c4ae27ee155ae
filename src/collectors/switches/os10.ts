// Dell SmartFabric OS10 by its CLI (Dell, "SmartFabric OS10 User Guide"), in a shell with the pager off; reads OS9's text too.
// There is no question for a range of prefixes, so tables are read whole. Sessions and routes of the default VRF: the CLI
// answers for one VRF at a time.
import type { Parsed, PlannedCommand, SwitchDriver } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { parsePrefix } from '../../model/prefix.ts';
import type { RouteScope } from '../../model/route-view.ts';
import { type Part, parseCapture } from './cli-capture.ts';
import { isNeighbours, isSummary, textNeighbours, textSummary } from './os10-bgp.ts';
import { bgpEntry, bgpTable, isBgpEntry, isBgpTable, isRib, rib } from './os10-routes.ts';

// `OS10# show …`, `leaf1(config)# do show …`, `# show …`, and a bare echo.
const prompt =
  /^(?:[\w.()-]*# ?(?:do )?(.*)|[\w.()-]{2,}> ?(|show .*|enable)|\s*((?:do )?show (?:ip|ipv6|bgp)\b.*))$/;
const complaint = /^\s*(?:%|Error\b|Invalid\b)/;

/** Long lines are no table's, and patterns would take long over them. */
const longest = 2000;

function parsePart({ command, lines }: Part): Parsed | undefined {
  const long = lines.find(({ text }) => text.length > longest);
  if (long) throw new ParseError(command, `a line of ${long.text.length} characters`, long.number);
  const routes = (parsed: Parsed['routes'][number]): Parsed => ({
    sessions: [],
    routes: [parsed],
    notes: [],
  });
  if (isBgpTable(lines)) return routes(bgpTable(command, lines));
  if (isBgpEntry(lines)) return routes(bgpEntry(command, lines));
  if (isRib(lines)) return routes(rib(command, lines));
  if (isNeighbours(lines)) return textNeighbours(command, lines);
  if (isSummary(lines)) return textSummary(command, lines);
  const bad = lines.find(({ text }) => complaint.test(text));
  if (bad) throw new ParseError(command, `the device says: ${snippet(bad.text.trim())}`, bad.number);
  return undefined;
}

function parse(command: string, output: string): Parsed {
  return parseCapture(command, output, prompt, parsePart);
}

const wholeOf = (prefix: string): RouteScope => ({ kind: 'ranges', prefixes: [parsePrefix(prefix)] });
const v4 = wholeOf('0.0.0.0/0');
const v6 = wholeOf('::/0');

const tables: readonly PlannedCommand[] = [
  { command: 'show ip bgp', layer: 'bgp', vrf: 'default', scope: v4 },
  { command: 'show ip bgp ipv6 unicast', layer: 'bgp', vrf: 'default', scope: v6 },
  { command: 'show ip route', layer: 'installed', vrf: 'default', scope: v4 },
  { command: 'show ipv6 route', layer: 'installed', vrf: 'default', scope: v6 },
];

/** Dell SmartFabric OS10: S and Z series; OS9's answers are read as well. */
export const os10: SwitchDriver = {
  name: 'dell-os10',
  title: 'Dell SmartFabric OS10',
  channel: 'shell',
  preamble: ['terminal length 0'],
  enable: { command: 'enable', granted: /#\s*$/ },
  commands: [
    { template: 'show ip bgp summary', purpose: 'IPv4 sessions of the default VRF, with prefix counts' },
    { template: 'show ip bgp ipv6 unicast summary', purpose: 'IPv6 sessions of the default VRF' },
    { template: 'show ip bgp', purpose: 'IPv4 BGP paths' },
    { template: 'show ip bgp ipv6 unicast', purpose: 'IPv6 BGP paths' },
    { template: 'show ip route', purpose: 'installed IPv4 routes with all next hops' },
    { template: 'show ipv6 route', purpose: 'installed IPv6 routes with all next hops' },
  ],
  sessionVrfs: ['default'],
  sessionCommands: () => [
    { command: 'show ip bgp summary' },
    { command: 'show ip bgp ipv6 unicast summary' },
  ],
  routeCommands: (query) => {
    const families = new Set([...query.prefixes, ...query.ranges].map(({ family }) => family));
    return tables.filter(({ scope }) => families.has(scope === v4 ? 4 : 6));
  },
  parse,
};
