// `show ip route` of Mellanox Onyx: a table for each VRF with network and mask in columns of their own, a route's further next
// hops in rows that leave both blank. `F` is a route that the hardware did not take. Nothing counts the routes. Follows
// the Onyx User Manual, IP routing commands.
import { canonicalAddress, parseIpv4Word } from '../../model/address.ts';
import type { Parsed } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';

const head = /^\s*Destination\s+Mask\s+Flag\s+Gateway\s+Interface\s+Source\s+AD\/M$/;
const hop =
  '((?:[A-Za-z]{1,6}\\s+)?)(\\d+\\.\\d+\\.\\d+\\.\\d+)\\s+(\\S+)\\s+([A-Za-z]\\w*)\\s+(\\d+\\/\\d+)$';
const row = new RegExp(`^\\s*(default|\\d+\\.\\d+\\.\\d+\\.\\d+)\\s+(\\d+\\.\\d+\\.\\d+\\.\\d+)\\s+${hop}`);
const further = new RegExp(`^\\s+${hop}`);
const legend = /^\s*(?:Flags?:|[A-Za-z]: )/;

const protocols: Readonly<Record<string, RouteProtocol>> = {
  bgp: 'bgp',
  static: 'static',
  dhcp: 'static',
  direct: 'connected',
  local: 'local',
  ospf: 'ospf',
};

export const isOnyxRib = (lines: readonly Line[]) => lines.some(({ text }) => head.test(text));

/** The network of a destination and its mask; undefined for a mask with holes or bits of a host. */
function networkOf(destination: string, mask: string): Prefix | undefined {
  const word = parseIpv4Word(mask);
  if (word === undefined) return undefined;
  const length = word === 0 ? 0 : 32 - Math.log2(2 ** 32 - word);
  if (!Number.isInteger(length)) return undefined;
  const address = destination === 'default' ? '0.0.0.0' : destination;
  const prefix = tryParsePrefix(`${address}/${length}`);
  return prefix && prefix.a === parseIpv4Word(address) ? prefix : undefined;
}

interface Open extends Omit<RouteRow, 'nextHops'> {
  readonly nextHops: NextHop[];
}

/** Adds a line of a table: a route, or a further next hop of the one above. Throws what `fail` makes. */
function addRow(rows: Open[], text: string, vrf: string, fail: (reason: string) => ParseError): void {
  const first = row.exec(text);
  const cells = first?.slice(3) ?? further.exec(text)?.slice(1);
  if (!cells) throw fail('not a line of a routing table');
  const [flags = '', gateway = '', name = '', source = ''] = cells;
  const protocol = protocols[source.toLowerCase()];
  const address = gateway === '0.0.0.0' ? undefined : canonicalAddress(gateway);
  const next: NextHop = { ...(address !== undefined && { address }), interface: name };
  if (!protocol) throw fail('a route from nowhere known');
  if (!first) {
    const open = rows.at(-1);
    if (open?.protocol !== protocol) throw fail('a next hop without a route');
    open.nextHops.push(next);
    return;
  }
  const prefix = networkOf(first[1] ?? '', first[2] ?? '');
  if (!prefix) throw fail('not a network');
  const inHardware = !flags.includes('F');
  rows.push({
    prefix,
    nextHops: [next],
    protocol,
    best: inHardware,
    vrf,
    ...(!inHardware && { unusable: true }),
    ...(/^null/i.test(name) && { discard: true }),
  });
}

/** The routes of all tables. Throws ParseError when a row cannot be read. */
export function onyxRib(command: string, lines: readonly Line[]): Parsed {
  const tables: { vrf: string; rows: Open[] }[] = [];
  let vrf = /\bvrf (?!all\b)(\S+)/.exec(command)?.[1] ?? 'default';
  let rows: Open[] | undefined;
  for (const { text, number } of lines) {
    if (text.trim() === '' || /^[\s-]+$/.test(text)) continue;
    const fail = (reason: string) => new ParseError(command, `${reason}: ${snippet(text.trim())}`, number);
    const named = /^\s*VRF Name:? (\S+?):?$/i.exec(text)?.[1];
    if (named !== undefined) {
      vrf = named;
      rows = undefined;
    } else if (head.test(text)) {
      rows = [];
      tables.push({ vrf, rows });
    } else if (rows) addRow(rows, text, vrf, fail);
    else if (!legend.test(text)) throw fail('a line that is no part of a routing table');
  }
  return {
    sessions: [],
    routes: tables.map((table) => ({ layer: 'installed', ...table, allNextHops: true })),
    notes: [],
  };
}
