// OIDs as snmpwalk prints them with MIB files loaded (`BGP4-MIB::bgpPeerState.10.0.0.1`, `bgpPeerState[10.0.0.1]`, the long
// and the short forms of -Of, -Os and -Ou) back to numbers. Names are those of RFC 4273, RFC 4292, RFC 2096, RFC 1213 and of
// CISCO-BGP4-MIB, and other vendors' in a file of their own; indexes by net-snmp's snmpcmd(1): an InetAddress is its type's name and its octets in quotes.
import { vendorColumns } from './snmp-text-vendor-names.ts';

/** Columns of a table: name of column i+1, empty where it is of no use. */
type Table = readonly [entry: string, prefix: string, columns: readonly string[]];

const peer =
  'Identifier State AdminStatus NegotiatedVersion LocalAddr LocalPort RemoteAddr RemotePort RemoteAs InUpdates OutUpdates ' +
  'InTotalMessages OutTotalMessages LastError FsmEstablishedTransitions FsmEstablishedTime ConnectRetryInterval HoldTime ' +
  'KeepAlive HoldTimeConfigured KeepAliveConfigured MinASOriginationInterval MinRouteAdvertisementInterval InUpdateElapsedTime';
const peer2 =
  'Type RemoteAddr State AdminStatus NegotiatedVersion LocalAddr LocalPort LocalAs LocalIdentifier RemotePort RemoteAs ' +
  'RemoteIdentifier InUpdates OutUpdates InTotalMessages OutTotalMessages LastError FsmEstablishedTransitions ' +
  'FsmEstablishedTime ConnectRetryInterval HoldTime KeepAlive HoldTimeConfigured KeepAliveConfigured ' +
  'MinASOriginationInterval MinRouteAdvertisementInterval InUpdateElapsedTime LastErrorTxt PrevState';
const counts =
  'AcceptedPrefixes DeniedPrefixes PrefixAdminLimit PrefixThreshold PrefixClearThreshold AdvertisedPrefixes SuppressedPrefixes WithdrawnPrefixes';
const words = (text: string) => text.split(' ');

const tables: readonly Table[] = [
  ['1.3.6.1.2.1.15.3.1', 'bgpPeer', words(peer)],
  [
    '1.3.6.1.2.1.15.6.1',
    'bgp4PathAttr',
    words(
      'Peer IpAddrPrefixLen IpAddrPrefix Origin ASPathSegment NextHop MultiExitDisc LocalPref AtomicAggregate AggregatorAS ' +
        'AggregatorAddr CalcLocalPref Best Unknown',
    ),
  ],
  [
    '1.3.6.1.2.1.4.24.7.1',
    'inetCidrRoute',
    words(
      'DestType Dest PfxLen Policy NextHopType NextHop IfIndex Type Proto Age NextHopAS Metric1 Metric2 Metric3 Metric4 Metric5 Status',
    ),
  ],
  [
    '1.3.6.1.2.1.4.24.4.1',
    'ipCidrRoute',
    words(
      'Dest Mask Tos NextHop IfIndex Type Proto Age Info NextHopAS Metric1 Metric2 Metric3 Metric4 Metric5 Status',
    ),
  ],
  [
    '1.3.6.1.2.1.4.21.1',
    'ipRoute',
    words('Dest IfIndex Metric1 Metric2 Metric3 Metric4 NextHop Type Proto Age Mask Metric5 Info'),
  ],
  ['1.3.6.1.4.1.9.9.187.1.2.5.1', 'cbgpPeer2', words(peer2)],
  ['1.3.6.1.4.1.9.9.187.1.2.4.1', 'cbgpPeer', words(counts)],
  ['1.3.6.1.4.1.9.9.187.1.2.8.1', 'cbgpPeer2', words(counts)],
  [
    '1.3.6.1.4.1.9.9.187.1.2.9.1',
    'cbgpPeer3',
    ['VrfId', 'Type', 'RemoteAddr', 'VrfName', ...words(peer2).slice(2)],
  ],
];

const names = new Map<string, string>([
  ['iso', '1'],
  ['org', '1.3'],
  ['dod', '1.3.6'],
  ['internet', '1.3.6.1'],
  ['mgmt', '1.3.6.1.2'],
  ['mib-2', '1.3.6.1.2.1'],
  ['transmission', '1.3.6.1.2.1.10'],
  ['experimental', '1.3.6.1.3'],
  ['private', '1.3.6.1.4'],
  ['enterprises', '1.3.6.1.4.1'],
  ['system', '1.3.6.1.2.1.1'],
  ['sysDescr', '1.3.6.1.2.1.1.1'],
  ['sysObjectID', '1.3.6.1.2.1.1.2'],
  ['netSnmpAgentOIDs', '1.3.6.1.4.1.8072.3.2'],
  ['ifName', '1.3.6.1.2.1.31.1.1.1.1'],
  ['ip', '1.3.6.1.2.1.4'],
  ['ipForward', '1.3.6.1.2.1.4.24'],
  ['bgp', '1.3.6.1.2.1.15'],
  ['bgpVersion', '1.3.6.1.2.1.15.1'],
  ['bgpLocalAs', '1.3.6.1.2.1.15.2'],
  ['bgpIdentifier', '1.3.6.1.2.1.15.4'],
  ['ciscoMgmt', '1.3.6.1.4.1.9.9'],
  ['cbgpLocalAs', '1.3.6.1.4.1.9.9.187.1.3.2'],
  ...tables.flatMap(([entry, prefix, columns]) =>
    columns.map((column, i): [string, string] => [`${prefix}${column}`, `${entry}.${i + 1}`]),
  ),
  ...vendorColumns.flatMap(([entry, prefix, columns]) =>
    Object.entries(columns).map(([column, name]): [string, string] => [
      `${prefix}${name}`,
      `${entry}.${column}`,
    ]),
  ),
]);

const addressTypes: Readonly<Record<string, string>> = {
  unknown: '0',
  ipv4: '1',
  ipv6: '2',
  ipv4z: '3',
  ipv6z: '4',
};
// AFIs and SAFIs as CISCO-BGP4-MIB, the draft's tables and Huawei's name them in an index.
const indexWords: Readonly<Record<string, string>> = {
  ...addressTypes,
  vpls: '25',
  unicast: '1',
  multicast: '2',
  unicastAndMulticast: '3',
  mpls: '4',
  evpn: '70',
  vpn: '128',
};

/** Octets of a quoted part with their number before them: an address as text or in hexadecimal pairs, or a name. */
function quotedArcs(quoted: string): string {
  // A zone stands as a number behind the address, and as four octets in the index.
  const [, zoned, zone] = /^([\d.]+|[0-9a-f]{1,2}(?::[0-9a-f]{1,2})+)%(\d+)$/i.exec(quoted) ?? [];
  const text = zoned ?? quoted;
  const number = Number(zone);
  const behind = zone === undefined ? [] : [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
  const pairs = /^[0-9a-f]{1,2}(:[0-9a-f]{1,2})+$/i.test(text);
  const octets = /^\d+(\.\d+){3,}$/.test(text)
    ? text.split('.')
    : pairs
      ? text.split(':').map((pair) => Number.parseInt(pair, 16))
      : [...Buffer.from(text, 'utf8')];
  return [octets.length + behind.length, ...octets, ...behind].join('.');
}

const part = /\.?(?:"((?:[^"\\]|\\.)*)"|([A-Za-z][\w-]*)|(\d+))/y;

function indexArcs(text: string): string | undefined {
  const plain = text.replaceAll('][', '.').replace(/^\[/, '.').replace(/\]$/, '');
  const arcs: string[] = [];
  part.lastIndex = 0;
  for (let at = 0; at < plain.length; at = part.lastIndex) {
    part.lastIndex = at;
    const [, quoted, word, number] = part.exec(plain) ?? [];
    const arc = quoted !== undefined ? quotedArcs(quoted) : (number ?? indexWords[word ?? '']);
    if (arc === undefined) return undefined;
    arcs.push(arc);
  }
  return arcs.map((arc) => `.${arc}`).join('');
}

/** The dotted form of an OID as net-snmp prints it, names in it or not; undefined for a name that is not known. */
export function dottedOid(text: string): string | undefined {
  const plain = text.startsWith('.') ? text.slice(1) : text;
  if (/^\d+(\.\d+)*$/.test(plain)) return plain;
  const [, path = '', index = ''] =
    /^((?:[A-Z][\w-]*::)?[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*?)((?:[.[](?:\d|"|ipv[46]z?\b|unknown\b)|\[).*)?$/.exec(
      plain,
    ) ?? [];
  const name = path.split('::').at(-1)?.split('.').at(-1) ?? '';
  const root = names.get(name);
  const arcs = root === undefined ? undefined : indexArcs(index);
  return arcs === undefined ? undefined : `${root}${arcs}`;
}
