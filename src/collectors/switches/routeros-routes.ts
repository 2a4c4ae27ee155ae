// Routes of MikroTik RouterOS 6 and 7, `/ip route print` and `/routing route print` ("IP Routing" in its manual). One table
// holds active routes and candidates of all protocols, so BGP's paths are rows of it. Version 6 lists all gateways in one
// item with the state of each, version 7 has an item for each next hop, marked `+`.
import { canonicalAddress } from '../../model/address.ts';
import type { ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { formatPrefix, type Prefix, samePrefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import type { Item } from './routeros-items.ts';

/** True for an item that is a route. */
export function isRouteItem(item: Item): boolean {
  return item.values.has('dst-address');
}

/** `10.0.0.1`, `10.0.0.1%ether1`, `10.0.0.1@main`, `ether1`. */
function hopOf(text: string): NextHop {
  const [address = '', name] = (text.split('@')[0] ?? '').split('%');
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return address === '' ? {} : { interface: address };
  return { address: canonical, ...(name !== undefined && { interface: name }) };
}

/** Version 6: `10.0.0.1 reachable via  ether1`, one for each gateway, commas between them. */
function statusOf(item: Item): { hop: NextHop; reachable: boolean }[] {
  const shown = item.values.get('gateway-status') ?? '';
  return shown.split(',').flatMap((text) => {
    const [, gateway = '', word = '', via] =
      /^\s*(\S+)\s+(reachable|unreachable|recursive|inactive)(?:\s+via\s+(.+?))?\s*$/.exec(text) ?? [];
    if (gateway === '') return [];
    const hop = hopOf(gateway);
    const name = via?.trim().split(/\s+/).at(-1);
    const direct =
      word === 'reachable' && hop.address !== undefined && name !== undefined && !name.includes('.');
    return [{ hop: direct ? { ...hop, interface: name } : hop, reachable: !/^un|^in/.test(word) }];
  });
}

function nextHopsOf(item: Item): { hops: NextHop[]; dead: boolean } {
  const status = statusOf(item);
  const live = status.filter(({ reachable }) => reachable);
  if (status.length > 0) {
    // Of several gateways those that answer carry the traffic.
    return { hops: (live.length > 0 ? live : status).map(({ hop }) => hop), dead: live.length === 0 };
  }
  const gateways = (item.values.get('gateway') ?? '').split(',').filter((text) => text.trim() !== '');
  const immediate = (item.values.get('immediate-gw') ?? '').split(',');
  const hops = gateways.map((text, i) => {
    const hop = hopOf(text.trim());
    const own = hopOf(immediate[i]?.trim() ?? '');
    const same = hop.address !== undefined && own.address === hop.address && own.interface !== undefined;
    return same ? own : hop;
  });
  return { hops, dead: false };
}

function protocolOf(flags: string, item: Item): RouteProtocol {
  if (flags.includes('b') || /^bgp/.test(item.values.get('belongs-to') ?? '')) return 'bgp';
  if (flags.includes('o')) return 'ospf';
  if (flags.includes('r')) return 'rip';
  if (flags.includes('i') && !/\bi - inactive/.test(item.legend)) return 'isis';
  if (/[cC]/.test(flags)) return 'connected';
  if (/[sS]/.test(flags)) return 'static';
  return flags.includes('y') ? 'bgp' : 'other';
}

/** Peer address of `bgp-IP-172.16.0.1` or of a name that starts with it. */
function fromOf(item: Item): string | undefined {
  const owner = item.values.get('belongs-to') ?? item.values.get('received-from') ?? '';
  return canonicalAddress(owner.replace(/^bgp-\w+-/i, '').replace(/-peer$/, ''));
}

/** The prefix of an item; undefined for an interface or a label among the routes. Throws ParseError. */
function prefixOf(source: string, { values, line }: Item): Prefix | undefined {
  const shown = values.get('dst-address')?.split(/[\s%@]/)[0] ?? '';
  const address = canonicalAddress(shown);
  const prefix = tryParsePrefix(
    address === undefined ? shown : `${address}/${address.includes(':') ? 128 : 32}`,
  );
  // `/routing route print` holds interfaces and labels too.
  if (prefix || (values.has('afi') && !/^ip/.test(values.get('afi') ?? ''))) return prefix;
  throw new ParseError(source, `not a prefix: ${snippet(shown)}`, line);
}

/** What BGP says of a path, in the spelling of either version. */
function attributesOf({ values }: Item): Pick<RouteRow, 'asPath' | 'localPref'> {
  const path = values.get('bgp-as-path') ?? values.get('bgp.as-path');
  const preference = values.get('bgp-local-pref') ?? values.get('bgp.local-pref') ?? '';
  return {
    ...(path !== undefined && { asPath: path.replaceAll(',', ' ').trim() }),
    ...(/^\d+$/.test(preference) && { localPref: Number(preference) }),
  };
}

function rowOf(source: string, item: Item): RouteRow | undefined {
  const { values, flags } = item;
  const prefix = prefixOf(source, item);
  if (!prefix) return undefined;
  const discard =
    /[BUP]/.test(flags) ||
    /blackhole|unreachable|prohibit/.test(values.get('type') ?? '') ||
    /\sblackhole(?:\s|$)/.test(item.text);
  const { hops, dead } = nextHopsOf(item);
  const whole = values.has('distance') || values.has('scope');
  if (!whole || (hops.length === 0 && !discard)) {
    const message = `the route to ${formatPrefix(prefix)} has no gateway or distance: the capture may be cut`;
    throw new ParseError(source, message, item.line);
  }
  const disabled = flags.includes('X') || (/\bi - inactive/.test(item.legend) && flags.includes('I'));
  // A bare word such as `blackhole` may stand behind the name.
  const named = values.get('routing-table') ?? values.get('routing-mark') ?? values.get('vrf');
  const table = named?.split(/\s/)[0] ?? 'main';
  const from = fromOf(item);
  return {
    prefix,
    nextHops: hops,
    protocol: protocolOf(flags, item),
    best: flags.includes('A'),
    vrf: table === 'main' ? 'default' : table,
    ...((disabled || dead) && { unusable: true }),
    ...(discard && { discard: true }),
    ...(from !== undefined && { from }),
    ...attributesOf(item),
  };
}

/** Routes of the items, one list for each routing table. Throws ParseError for an item that is not whole. */
export function routerosRoutes(source: string, items: readonly Item[]): ParsedRoutes[] {
  const rows: RouteRow[] = [];
  let ecmp = false;
  for (const item of items) {
    const row = rowOf(source, item);
    if (!row) continue;
    const last = rows.at(-1);
    const plus = item.flags.includes('+');
    const same =
      last && samePrefix(last.prefix, row.prefix) && last.vrf === row.vrf && last.protocol === row.protocol;
    if (plus && ecmp && same && last.best === row.best) {
      rows[rows.length - 1] = { ...last, nextHops: [...last.nextHops, ...row.nextHops] };
    } else rows.push(row);
    ecmp = plus;
  }
  return [...new Set(rows.map(({ vrf }) => vrf))].map((vrf) => ({
    layer: 'installed',
    vrf,
    rows: rows.filter((row) => row.vrf === vrf),
    allNextHops: true,
  }));
}
