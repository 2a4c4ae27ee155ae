// Routes from Junos' XML or JSON: `show route` in all its styles, `receive-protocol` and `advertising-protocol` (element
// route-information). A table that holds no IP prefixes (labels, VPN, EVPN) is left out with a note.
import type { ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import { asPathOf, hopOf, instanceInCommand, plainAddress, protocolOf, ribOf } from './junos-names.ts';
import { all, count, find, type Node, text } from './junos-tree.ts';

export interface JunosRoutes {
  readonly routes: ParsedRoutes[];
  readonly notes: string[];
}

/** Which layer a command asks, and of which peer. `show route protocol bgp` shows every path: the BGP table. */
export function layerOf(command: string): { readonly layer: RouteLayer; readonly peer?: string } {
  const [, direction, address] =
    /\b(receive|advertis)\S* (?:bgp )?([0-9a-fA-F.:%+]+[0-9a-fA-F])\b/.exec(command) ?? [];
  const peer = plainAddress(address);
  const of = peer === undefined ? {} : { peer };
  if (direction === 'receive' || /\breceive-protocol\b/.test(command)) return { layer: 'received', ...of };
  if (direction !== undefined || /\badvertising-protocol\b/.test(command))
    return { layer: 'exported', ...of };
  return { layer: /\bprot\w* bgp\b/.test(command) ? 'bgp' : 'installed' };
}

/** Rows gathered by VRF, as the contract wants them. */
export function grouped(command: string, rows: readonly RouteRow[]): ParsedRoutes[] {
  const byVrf = new Map<string, RouteRow[]>();
  for (const row of rows) {
    const same = byVrf.get(row.vrf);
    if (same) same.push(row);
    else byVrf.set(row.vrf, [row]);
  }
  if (byVrf.size === 0) byVrf.set(instanceInCommand(command) ?? 'default', []);
  const { layer, peer } = layerOf(command);
  return [...byVrf].map(([vrf, own]) => ({
    layer,
    vrf,
    ...(peer !== undefined && { peer }),
    rows: own,
    allNextHops: true,
  }));
}

/** Says once that a table was left out, or that it is not a VRF's own. */
export function noteOf(table: string): string | undefined {
  const rib = ribOf(table);
  if (!rib.afi) return `table ${table} holds no IP prefixes: left out`;
  if (rib.vrf === table)
    return `table ${table} resolves next hops and installs nothing: shown as VRF ${table}`;
  return undefined;
}

function prefixOf(command: string, rt: Node): Prefix {
  const destination = text(rt, 'rt-destination') ?? '';
  const length = text(rt, 'rt-prefix-length');
  const whole = destination.includes('/') ? destination : `${destination}/${length ?? ''}`;
  const prefix = tryParsePrefix(whole);
  if (!prefix) throw new ParseError(command, `${snippet(whole)} is not a prefix`);
  return prefix;
}

function hopsOf(entry: Node): NextHop[] {
  const hops = all(entry, 'nh').map((nh) => {
    const table = text(nh, 'nh-table');
    return hopOf(
      text(nh, 'to'),
      text(nh, 'via') ??
        text(nh, 'nh-local-interface') ??
        (table === undefined ? undefined : `table ${table}`),
    );
  });
  return hops.filter((hop) => hop !== undefined);
}

const discards = /^(?:reject|discard)/i;

function rowOf(prefix: Prefix, entry: Node, vrf: string, layer: RouteLayer): RouteRow {
  const tag = text(entry, 'active-tag') ?? '';
  const types = [...all(entry, 'nh-type'), ...all(entry, 'nh').flatMap((nh) => all(nh, 'nh-type'))];
  const state = text(entry, 'rt-entry-state') ?? '';
  const attributes = all(entry, 'bgp-path-attributes')[0];
  const effective = attributes && find(attributes, 'attr-as-path-effective')[0];
  const path = asPathOf(text(entry, 'as-path') ?? (effective && text(effective, 'attr-value')));
  const from = plainAddress(text(entry, 'learned-from') ?? text(entry, 'gateway'));
  const localPref = count(entry, 'local-preference');
  const communities = find(entry, 'community').map((node) => node.text);
  const hidden = /\bHidden\b/.test(state) || types.some((type) => /^unusable/i.test(type.text));
  return {
    prefix,
    nextHops: hopsOf(entry),
    protocol:
      layer === 'exported' || layer === 'received' ? 'bgp' : protocolOf(text(entry, 'protocol-name') ?? ''),
    best: /[*+@#]/.test(tag),
    vrf,
    ...(hidden && { unusable: true }),
    ...(types.some((type) => discards.test(type.text)) && { discard: true }),
    ...(path !== undefined && { asPath: path }),
    ...(from !== undefined && { from }),
    ...(communities.length > 0 && { communities: communities.join(' ') }),
    ...(localPref !== undefined && { localPref }),
  };
}

/** Routes of one route-information element. Throws ParseError. */
export function treeRoutes(command: string, information: Node): JunosRoutes {
  const rows: RouteRow[] = [];
  const notes: string[] = [];
  const { layer } = layerOf(command);
  for (const table of find(information, 'route-table')) {
    const name = text(table, 'table-name') ?? /\btab\w* (\S+)/.exec(command)?.[1] ?? 'inet.0';
    const rts = find(table, 'rt');
    const note = rts.length > 0 ? noteOf(name) : undefined;
    if (note) notes.push(note);
    const rib = ribOf(name);
    if (!rib.afi) continue;
    let prefix: Prefix | undefined;
    for (const rt of rts) {
      // Further paths of one prefix may come as elements without a destination.
      prefix = prefix && text(rt, 'rt-destination') === undefined ? prefix : prefixOf(command, rt);
      const own = all(rt, 'rt-entry');
      if (own.length === 0) throw new ParseError(command, 'a route without any path: the answer was cut off');
      for (const entry of own) rows.push(rowOf(prefix, entry, rib.vrf, layer));
    }
  }
  return { routes: grouped(command, rows), notes };
}
