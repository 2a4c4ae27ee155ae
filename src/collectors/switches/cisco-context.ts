// What a command and the headings above a table say about the table: VRF, address family, which side of BGP it shows. The
// headings of NX-OS, IOS, IOS-XR and EOS differ in words only and are kept in one list; what the answer says wins over
// what the command says. Families follow the IANA registries of AFI and SAFI.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import type { Afi } from '../../model/session.ts';

export interface TableFamily {
  readonly afi: Afi;
  /** unicast: ordinary routes; vpn: routes with a route distinguisher; other: not read. */
  readonly kind: 'unicast' | 'vpn' | 'other';
  readonly name: string;
}

export interface TableContext {
  readonly command: string;
  readonly vrf: string;
  /** The VRF was named by the command or by a heading. */
  readonly vrfNamed: boolean;
  readonly family: TableFamily;
  /** The family was named by the command or by a heading. */
  readonly familyNamed: boolean;
  readonly layer: RouteLayer | undefined;
  readonly about: 'sessions' | 'routes' | undefined;
  readonly peer: string | undefined;
  readonly localAsn: number | null;
  /** The command as echoed or given: `command` names the source in messages. */
  readonly asked: string;
  /** NX-OS: how many peers the table below has, and how many of them are up. */
  readonly peers?: { readonly configured: number; readonly established: number } | undefined;
  /** IOS: how many entries the routing table has. */
  readonly entries?: number;
  /** EOS: how many entries of an IPv6 table the answer shows. */
  readonly shown?: number | undefined;
  /** IOS-XR: the number of paths stands below each of its BGP tables. */
  readonly totalled?: boolean;
}

/** The family behind a name such as `IPv4 Unicast`, `VPNv6 Unicast`, `L2VPN EVPN`. */
export function familyNamed(name: string): TableFamily {
  const plain = name.replace(/[\s-]+/g, '').toLowerCase();
  const afi: Afi = /v6/.test(plain) ? 'ipv6' : 'ipv4';
  if (plain === 'ipv4unicast' || plain === 'ipv6unicast') return { afi, kind: 'unicast', name: name.trim() };
  if (plain === 'vpnv4unicast' || plain === 'vpnv6unicast') return { afi, kind: 'vpn', name: name.trim() };
  return { afi, kind: 'other', name: name.trim() };
}

function familyInCommand(command: string): TableFamily | undefined {
  if (/\b(?:evpn|l2vpn|multicast|mdt|mvpn|rtfilter|link-state|flowspec|labeled-unicast)\b/.test(command)) {
    return { afi: /\bipv6\b/.test(command) ? 'ipv6' : 'ipv4', kind: 'other', name: command };
  }
  const vpn = /\bvpnv([46])\b/.exec(command)?.[1];
  if (vpn) return familyNamed(`${/\bvrf\b/.test(command) ? 'IPv' : 'VPNv'}${vpn} Unicast`);
  if (/\bipv6\b/.test(command)) return familyNamed('IPv6 Unicast');
  return /\b(?:ip|ipv4)\b/.test(command) ? familyNamed('IPv4 Unicast') : undefined;
}

/** Words people cut short: `sh ip bgp nei 10.0.0.1 adv`, `sh ip ro`, `sh bgp ipv4 uni sum`. */
const fullWords: readonly (readonly [RegExp, string])[] = [
  [/^sho?$/, 'show'],
  [/^nei\w*$/, 'neighbors'],
  [/^sum\w*$/, 'summary'],
  [/^adv\w*(?:-r\w*)?$/, 'advertised-routes'],
  [/^rec\w*(?:-r\w*)?$/, 'received-routes'],
  [/^ro(?:u|ut)?$/, 'route'],
  [/^uni\w*$/, 'unicast'],
];

function written(command: string): string {
  return command
    .trim()
    .split(/\s+/)
    .map((word) => fullWords.find(([short]) => short.test(word))?.[1] ?? word)
    .join(' ');
}

function layerOf(command: string): RouteLayer | undefined {
  if (/\badvertised-routes\b/.test(command)) return 'exported';
  if (/\breceived-routes\b/.test(command)) return 'received';
  if (/\bneighbors \S+(?: \S+)? routes\b|\bneighbors .*\broutes\b/.test(command)) return 'received';
  if (/\bbgp\b(?! detail)/.test(command) && !/\broute\b/.test(command)) return 'bgp';
  return /\broutes?\b/.test(command) ? 'installed' : /\bbgp\b/.test(command) ? 'bgp' : undefined;
}

/** What a command says about its answer; the empty command says nothing. */
export function contextOf(source: string): TableContext {
  const command = written(source);
  const vrf = /\b(?:vrf|instance) (\S+)/.exec(command)?.[1];
  const named = vrf !== undefined && vrf !== 'all' && !/\binstance\b/.test(command);
  const family = familyInCommand(command);
  const layer = layerOf(command);
  const sessions = /\b(?:summary|sessions|neighbors|peers)\b/.test(command);
  const about = sessions && (layer === 'bgp' || layer === undefined) ? 'sessions' : layer && 'routes';
  const peer = /\b(?:neighbors|peers) (\S+)/.exec(command)?.[1];
  return {
    command: source,
    vrf: named && vrf !== undefined ? vrf : 'default',
    vrfNamed: named,
    family: family ?? familyNamed('IPv4 Unicast'),
    familyNamed: family !== undefined,
    layer,
    about,
    peer: peer === undefined ? undefined : canonicalAddress(peer),
    localAsn: null,
    asked: source,
  };
}

type Change = (match: RegExpExecArray, context: TableContext) => Partial<TableContext>;

const ofVrf = (name: string | undefined): Partial<TableContext> => ({
  vrf: name === undefined || name === '' ? 'default' : name,
  vrfNamed: true,
});
const ofFamily = (name: string | undefined): Partial<TableContext> =>
  name === undefined ? {} : { family: familyNamed(name), familyNamed: true };
const ofAsn = (text: string | undefined): Partial<TableContext> => ({
  localAsn: parseAsn(text ?? '') ?? null,
});

/** Headings; each starts a part of the answer that is a table of its own, or belongs to the head of one. */
const headings: readonly (readonly [RegExp, Change])[] = [
  // NX-OS, EOS
  [
    /^\s*BGP (?:summary|routing table|neighbor)s? information for VRF ([^\s,]+)(?:, address family:? (.+?))?\s*$/,
    (match) => ({ ...ofVrf(match[1]), ...ofFamily(match[2]), peers: undefined }),
  ],
  [
    /^\s*(?:BGP table version is \d+, .*config |)peers (\d+), (?:capable|established) peers (\d+)/,
    (match) => ({ peers: { configured: Number(match[1]), established: Number(match[2]) } }),
  ],
  [
    /^\s*Peer (\S+) routes for address family (.+?):\s*$/,
    (match) => ({ peer: canonicalAddress(match[1] ?? ''), ...ofFamily(match[2]) }),
  ],
  [/^\s*IP(?:v6)? Rout(?:e|ing) Table for VRF "(.+)"\s*$/, (match) => ofVrf(match[1])],
  [/^IPv[46] routes for table ([^\s/]+)\//, (match) => ofVrf(match[1])],
  [
    /^VRF (\S+), local ASN ([\d.]+)/,
    (match) => ({ ...ofVrf(match[1]), ...ofAsn(match[2]), peers: undefined }),
  ],
  // IOS: the tables of all families below each other; IOS-XR: `Address Family:`
  [/^For address family: (.+)$/, (match) => ({ ...ofFamily(match[1]), localAsn: null })],
  [/^\s*Address Family: (.+)$/, (match) => ofFamily(match[1])],
  [/^\s*Routing Table: (\S+)/, (match) => ofVrf(match[1])],
  [
    /^\s*IPv6 Routing Table - (?:(\S+) - )?(\d+) entries/,
    (match) => ({ ...ofVrf(match[1]), entries: Number(match[2]) }),
  ],
  [/^\s*Displaying (\d+) of \d+ IPv6 routing table entries/, (match) => ({ shown: Number(match[1]) })],
  [/^\s*IPv6 Routing Table - (\S+) - /, (match) => ofVrf(match[1])],
  // EOS and IOS-XR
  [/^\s*VRF(?: name)?: (\S+)\s*$/, (match) => ({ ...ofVrf(match[1]), shown: undefined })],
  [/^\s*BGP VRF (\S+), state: /, (match) => ofVrf(match[1])],
  [/^\s*BGP instance \d+: '/, () => ({ vrf: 'default' })],
  [/^\s*(?:BGP r|R)outer identifier \S+, local AS number ([\d.]+)/, (match) => ofAsn(match[1])],
  [/^\s*BGP main routing table version \d+/, () => ({ totalled: true })],
  [/^\s*BGP table version is \d+, local router ID/i, () => ({})],
];

/** The context below a heading; undefined when the line is none. */
export function headingOf(line: string, context: TableContext): TableContext | undefined {
  for (const [pattern, change] of headings) {
    const match = pattern.exec(line);
    if (match) return { ...context, ...change(match, context) };
  }
  return undefined;
}
