// MikroTik RouterOS 6 and 7 by its command line ("BGP" and "IP Routing" in its manual). It answers exec requests and prints
// them without a pager. The versions keep BGP under different menus, so both are asked; one must answer. Its one routing
// table holds BGP's candidates too, so there is no BGP table beside it.
import type { Parsed, SwitchDriver } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { captureParts, isRefusal, type Line, type Part, wholeOrThrow } from './cli-capture.ts';
import { type Item, itemsOf } from './routeros-items.ts';
import { isRouteItem, routerosRoutes } from './routeros-routes.ts';
import { isBgpItem, routerosSessions } from './routeros-sessions.ts';
import { wantsIpv6, wholeTable } from './vrp-like.ts';
import { refuseLongLines } from './vrp-like-context.ts';

/** `[admin@router] > `, `[admin@router] /routing/bgp> `, with or without a command, or an echoed command alone. */
const prompt =
  /^(?:\[[^\]\s@]{1,64}@[^\]\n]{1,64}\] ?(?:<SAFE> ?)?[^>\n]{0,80}> ?|(?=\/(?:routing|ip|ipv6)[ /][a-z /-]{1,60}print\b))(.*)$/;

/** Lines that the system's log threw in. */
const syslog = /^(?:(?:[a-z]{3}\/\d\d\/\d{4}|\d{4}-\d\d-\d\d) )?\d\d:\d\d:\d\d echo: /;

const complaint =
  /bad command name|expected (?:command name|end of command)|syntax error|no such item|not enough permissions|invalid (?:value|command)|input does not match|failure:|interrupted/i;

const version7 =
  '/routing bgp connection print detail without-paging; /routing bgp session print detail without-paging';
const version6 = '/routing bgp peer print status without-paging';

interface Found {
  readonly items: readonly Item[];
  readonly missing: readonly { readonly message: string; readonly line: number }[];
  /** A list was printed, if only its legend. */
  readonly listed: boolean;
}

function readPart(part: Part): Found {
  const lines: Line[] = part.lines.filter(({ text }) => !syslog.test(text) && text.trim() !== '');
  const refused = lines.find(({ text }) => complaint.test(text) && !/=/.test(text));
  if (refused) {
    throw new ParseError(part.command, `the device says: ${snippet(refused.text.trim())}`, refused.number);
  }
  return {
    ...itemsOf(part.command, lines),
    listed: lines.some(({ text }) => /^\s*Flags:.* - /i.test(text)),
  };
}

/** A command that the device refused leaves the others of a capture their answers. */
function readOrRefused(part: Part, refused: ParseError[]): Found[] {
  try {
    return [readPart(part)];
  } catch (error) {
    if (!(error instanceof ParseError) || !isRefusal(error)) throw error;
    refused.push(error);
    return [];
  }
}

/** Reads the answer of one command, or a capture of several. Throws ParseError. */
export function parseRouteros(command: string, output: string): Parsed {
  refuseLongLines(command, output);
  const parts = captureParts(command, output, prompt);
  const refused: ParseError[] = [];
  const found = parts.flatMap((part) => readOrRefused(part, refused));
  if (refused[0] && found.length === 0) throw refused[0];
  const items = found.flatMap((part) => part.items);
  const bgp = items.filter(isBgpItem);
  const routes = items.filter(isRouteItem);
  const strange = items.find((item) => !isBgpItem(item) && !isRouteItem(item));
  if (strange) {
    const message = `neither a BGP peer nor a route, or cut: ${snippet(strange.text)}`;
    throw new ParseError(command, message, strange.line);
  }
  if (items.length === 0 && !found.some(({ listed }) => listed))
    throw new ParseError(command, 'the answer is empty');
  const asked = [command, ...parts.map((part) => part.command)].some((text) =>
    /\bbgp[ /]+session\b/.test(text),
  );
  const { sessions, notes } = routerosSessions(command, bgp, asked);
  const tables = routerosRoutes(command, routes);
  const empty = items.length === 0 && /\broute\b/.test(command);
  const parsed: Parsed = {
    sessions,
    routes: empty ? [{ layer: 'installed', vrf: 'default', rows: [], allNextHops: true }] : tables,
    notes: items.length === 0 ? ['the list is empty'] : notes,
  };
  const [missing] = found.flatMap((part) => part.missing);
  if (!missing) return wholeOrThrow(command, parsed, refused);
  throw new ParseError(command, missing.message, missing.line, parsed);
}

/** MikroTik RouterOS 6 and 7. */
export const routeros: SwitchDriver = {
  name: 'mikrotik-routeros',
  title: 'MikroTik RouterOS 6 and 7',
  channel: 'exec',
  preamble: [],
  commands: [
    { template: version7, purpose: 'version 7: what is configured and what came up' },
    { template: version6, purpose: 'version 6: peers with their states' },
    {
      template: '/ip route print terse without-paging',
      purpose: 'routes, active and candidates, of all tables',
    },
    {
      template: '/ipv6 route print terse without-paging',
      purpose: 'the same for IPv6, where the cluster has any',
    },
  ],
  sessionCommands: () => [
    { command: version7, release: 'RouterOS 7' },
    { command: version6, release: 'RouterOS 6' },
  ],
  routeCommands: (query) => [
    wholeTable('/ip route print terse without-paging', 4),
    ...(wantsIpv6(query) ? [wholeTable('/ipv6 route print terse without-paging', 6)] : []),
  ],
  parse: parseRouteros,
};
