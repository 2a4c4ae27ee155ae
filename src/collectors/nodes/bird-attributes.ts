// The attribute lines of `show route … all` (bird: nest/rt-attr.c ea_show, proto/bgp/attrs.c; BIRD 3 has other keys) and
// what a route row means with them: protocol, next hops sent, AS path, communities, and the flags in its info column
// `(preference[-][s]/metric)`: `s` long-lived stale (RFC 9494), metric `-` next hop not resolvable.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { Prefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import { parsePeerName } from './bird-name.ts';

/** A row as it stands, before its next hops and attributes are complete. */
export interface OpenRow {
  readonly prefix: Prefix;
  readonly vrf: string;
  readonly instance: string;
  readonly hops: NextHop[];
  /** `multipath` and BIRD 2's `unicast`: the hops are on lines of their own. */
  readonly hopsFollow: boolean;
  /** blackhole, unreachable or prohibited. */
  readonly discard: 'blackhole' | 'unreachable' | 'prohibited' | undefined;
  readonly flag: '*' | '!' | '';
  /** Behind the flag, e.g. `(100/-) [AS65001i]`. */
  readonly info: string;
  readonly from: string | undefined;
  readonly line: number;
}

type AttributeKey = 'type' | 'path' | 'nextHop' | 'localPref' | 'community' | 'largeCommunity';

// As BIRD 1.6 and 2 write them, then as BIRD 3 does.
const attributeKeys: ReadonlyMap<string, AttributeKey> = new Map([
  ['Type', 'type'],
  ['BGP.as_path', 'path'],
  ['BGP.next_hop', 'nextHop'],
  ['BGP.local_pref', 'localPref'],
  ['BGP.community', 'community'],
  ['BGP.large_community', 'largeCommunity'],
  ['source', 'type'],
  ['bgp_path', 'path'],
  ['bgp_next_hop', 'nextHop'],
  ['bgp_local_pref', 'localPref'],
  ['bgp_community', 'community'],
  ['bgp_large_community', 'largeCommunity'],
]);

/** The values of one route's attributes that a row has a place for. */
export interface Attributes {
  readonly values: Partial<Record<AttributeKey, string>>;
  /** What a continuation line belongs to; `other` is read over. */
  last: AttributeKey | 'other' | undefined;
}

/** An empty set, to be filled by readAttribute. */
export function noAttributes(): Attributes {
  return { values: {}, last: undefined };
}

/** Takes one attribute line, or the continuation of one (two tabs); false when it is neither. */
export function readAttribute(attributes: Attributes, text: string): boolean {
  const { values, last } = attributes;
  if (text.startsWith('\t\t') && last !== undefined) {
    if (last !== 'other') values[last] = `${values[last] ?? ''} ${text.trim()}`;
    return true;
  }
  const colon = text.indexOf(':');
  if (colon < 0) return false;
  const key = attributeKeys.get(text.slice(1, colon));
  if (key) values[key] = text.slice(colon + 1).trim();
  attributes.last = key ?? 'other';
  return true;
}

const types: Readonly<Record<string, RouteProtocol>> = {
  BGP: 'bgp',
  static: 'static',
  'static-device': 'static',
  device: 'connected',
  inherit: 'kernel',
  redirect: 'kernel',
  OSPF: 'ospf',
  'OSPF-IA': 'ospf',
  'OSPF-E1': 'ospf',
  'OSPF-E2': 'ospf',
  RIP: 'rip',
};

const instances: readonly (readonly [RegExp, RouteProtocol])[] = [
  [/^static/i, 'static'],
  [/^kernel/i, 'kernel'],
  [/^(?:direct|device)/i, 'connected'],
  [/^ospf/i, 'ospf'],
  [/^rip/i, 'rip'],
];

function protocolOf(row: OpenRow, type: string | undefined): RouteProtocol {
  const word = type?.split(' ', 1)[0];
  if (word !== undefined) return types[word] ?? 'other';
  // Only BGP ends its info with an origin: `[i]`, `[AS65001i]`.
  if (/\[(?:AS\d+)?[ie?]\]$/.test(row.info) || parsePeerName(row.instance)) return 'bgp';
  return instances.find(([pattern]) => pattern.test(row.instance))?.[1] ?? 'other';
}

/** BGP.next_hop may hold a global and a link-local address, or `::` and a link-local one. */
function sentHops(text: string): readonly NextHop[] {
  const addresses = text.split(' ').flatMap((word) => canonicalAddress(word) ?? []);
  const address = addresses.find((candidate) => candidate !== '::') ?? addresses[0];
  return address === undefined ? [] : [{ address }];
}

/** `(64512,120)` and `(64512, 1, 2)` as `64512:120 64512:1:2`. */
function communitiesOf({ community = '', largeCommunity = '' }: Attributes['values']): string | undefined {
  if (community === '' && largeCommunity === '') return undefined;
  const groups = `${community} ${largeCommunity}`.matchAll(/\(([^)]*)\)/g);
  const found = Array.from(groups, (match) => (match[1] ?? '').replace(/\s/g, '').replaceAll(',', ':'));
  return found.length > 0 ? found.join(' ') : undefined;
}

function checkedHops(row: OpenRow, source: string): NextHop[] {
  if (row.hopsFollow && row.hops.length === 0) {
    throw new ParseError(source, 'the route has none of the next hops it announces', row.line);
  }
  return row.hops.map((hop) => {
    if (hop.address === undefined) return hop;
    const address = canonicalAddress(hop.address);
    if (address === undefined) throw new ParseError(source, 'the next hop is no address', row.line);
    return { ...hop, address };
  });
}

function peerOf(row: OpenRow, hops: readonly NextHop[], source: string): string | undefined {
  // BIRD leaves `from` out where it is the gateway.
  if (row.from === undefined) return hops[0]?.address;
  const address = canonicalAddress(row.from);
  if (address === undefined) throw new ParseError(source, '"from" is no address', row.line);
  return address;
}

/** The finished row. For `exported` the way the node itself forwards is left out: it sends a route, blackhole or not. */
export function finishRow(row: OpenRow, attributes: Attributes, layer: RouteLayer, source: string): RouteRow {
  const { values } = attributes;
  const hops = checkedHops(row, source);
  const { path, localPref } = values;
  const protocol = protocolOf(row, values.type);
  const [, , stale, , metric] = /^\((\d+)?-?(s)?(\/([^)]*))?\)/.exec(row.info) ?? [];
  const from = protocol === 'bgp' ? peerOf(row, hops, source) : undefined;
  const communities = communitiesOf(values);
  const sent = layer === 'exported' ? sentHops(values.nextHop ?? '') : [];
  const unresolved = metric === '-' || (protocol === 'bgp' && row.discard === 'unreachable');
  const here = layer !== 'exported';
  return {
    prefix: row.prefix,
    nextHops: sent.length > 0 ? sent : hops,
    protocol,
    best: row.flag !== '',
    vrf: row.vrf,
    ...(stale ? { stale: true } : {}),
    // `!`: best, but the kernel refused it.
    ...(here && (unresolved || row.flag === '!') ? { unusable: true } : {}),
    ...(here && row.discard ? { discard: true } : {}),
    // Split and joined: a slice would keep the whole chunk of text alive that it came from.
    ...(path === undefined ? {} : { asPath: path.split(' ').join(' ') }),
    ...(from === undefined ? {} : { from }),
    ...(communities === undefined ? {} : { communities }),
    ...(localPref !== undefined && /^\d{1,10}$/.test(localPref) ? { localPref: Number(localPref) } : {}),
  };
}
