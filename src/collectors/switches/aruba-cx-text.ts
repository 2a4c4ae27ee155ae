// What the tables of Aruba AOS-CX have in common ("AOS-CX BGP Guide", "IP Routing Guide"): what a command's words say that
// the answer leaves out, and rows gathered for one answer. Mellanox Onyx, often a spine above CX leaves, is read here too.
import { canonicalAddress } from '../../model/address.ts';
import { plainAsns } from '../../model/asn.ts';
import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import type { RouteProtocol, RouteRow } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import { type Afi, afiOf } from '../../model/session.ts';
import type { Line } from './cli-capture.ts';

export interface CxContext {
  readonly command: string;
  readonly vrf: string;
  readonly family: Afi | 'other' | undefined;
  readonly layer: RouteLayer;
  readonly peer: string | undefined;
  /** True for a command that shows all families, so that its totals hold for what it shows. */
  readonly allFamilies: boolean;
}

/** Reads the words of a command, whole or cut short as the CLI allows. */
export function cxContext(command: string): CxContext {
  const words = command.toLowerCase();
  const vrf = /\bvrf (\S+)/i.exec(command)?.[1];
  const about = /\bneigh\w* (\S+) (adv|rec|rou)\w*/.exec(words);
  const bgp = /\bbgp\b/.test(words);
  const layers: Record<string, RouteLayer> = { adv: 'exported', rec: 'received', rou: 'bgp' };
  return {
    command,
    vrf: vrf ?? 'default',
    family: /\bl2vpn|\bevpn/.test(words)
      ? 'other'
      : /\bipv6\b/.test(words)
        ? 'ipv6'
        : /\bipv4\b/.test(words)
          ? 'ipv4'
          : undefined,
    layer: layers[about?.[2] ?? ''] ?? (bgp ? 'bgp' : 'installed'),
    peer: about && about[2] !== 'rou' ? canonicalAddress(about[1] ?? '') : undefined,
    allFamilies: /\ball s\w*$/.test(words),
  };
}

export interface CxFound {
  readonly sessions: Parsed['sessions'][number][];
  readonly tables: ParsedRoutes[];
  readonly notes: string[];
  readonly missing: { readonly message: string; readonly line: number }[];
}

/** Adds rows as one list for each VRF; without rows the table is there and empty. */
export function addTables(
  found: CxFound,
  layer: RouteLayer,
  rows: readonly RouteRow[],
  context: CxContext,
): void {
  const vrfs = [...new Set(rows.map(({ vrf }) => vrf))];
  for (const vrf of vrfs.length > 0 ? vrfs : [context.vrf]) {
    found.tables.push({
      layer,
      vrf,
      ...(context.peer !== undefined && layer !== 'installed' && { peer: context.peer }),
      rows: rows.filter((row) => row.vrf === vrf),
      allNextHops: true,
    });
  }
}

/** The family of a heading such as `IPv4 Unicast`. */
export function familyNamed(text: string): Afi | 'other' {
  if (/^ipv4[ -]unicast/i.test(text)) return 'ipv4';
  return /^ipv6[ -]unicast/i.test(text) ? 'ipv6' : 'other';
}

/** The family that a session counts for: of another family by its address alone. */
export function sessionAfi(family: Afi | 'other' | undefined, address: string): Afi {
  return family === 'ipv4' || family === 'ipv6' ? family : afiOf(address);
}

const protocols: Readonly<Record<string, RouteProtocol>> = {
  b: 'bgp',
  bgp: 'bgp',
  c: 'connected',
  connected: 'connected',
  direct: 'connected',
  s: 'static',
  static: 'static',
  l: 'local',
  local: 'local',
  o: 'ospf',
  ospf: 'ospf',
  ospfv2: 'ospf',
  ospfv3: 'ospf',
  r: 'rip',
  rip: 'rip',
  ripng: 'rip',
};

/** The routing protocol of a word (`bgp`) or of a code with its type (`B/E`). */
export function protocolOf(text: string): RouteProtocol {
  return protocols[text.toLowerCase().split('/')[0] ?? ''] ?? 'other';
}

/** AS path as plain numbers, without the origin at its end. */
export function asPathOf(text: string): string {
  const path = text.replace(/\s*[ie?]$/, '').trim();
  return plainAsns(path);
}

/** True when some line matches. */
export function some(lines: readonly Line[], pattern: RegExp): boolean {
  return lines.some(({ text }) => pattern.test(text));
}
