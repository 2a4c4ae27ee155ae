// Names of the columns that are read of vendors' tables of BGP peers, for walks printed with MIB files loaded: those of
// BGP4-V2-MIB-JUNIPER, FORCE10-BGP4-V2-MIB, ARISTA-BGP4V2-MIB, DELLEMC-OS10-BGP4V2-MIB, BGP4V2-MIB, HUAWEI-BGP-VPN-MIB,
// HH3C-BGP-VPN-MIB, HH3C-BGP4V2-MIB, TIMETRA-BGP-MIB and TIMETRA-VRTR-MIB. Data alone.

/** The OID above the column numbers, what every name begins with, and the names behind it by column. */
type NamedColumns = readonly [entry: string, prefix: string, columns: Readonly<Record<number, string>>];

const enterprise = '1.3.6.1.4.1.';

/** Juniper's draft; Force10 has the instance first, so that every column of peers is one higher. */
function bgpM2(root: string, prefix: string, shift: number, times: number): NamedColumns[] {
  return [
    [
      `${root}.2.1.1.1`,
      `${prefix}Peer`,
      {
        [2 + shift]: 'State',
        [3 + shift]: 'Status',
        [7 + shift]: 'LocalAddr',
        [9 + shift]: 'LocalAs',
        [11 + shift]: 'RemoteAddr',
        [13 + shift]: 'RemoteAs',
        [14 + shift]: 'Index',
      },
    ],
    [`${root}.2.2.1.1`, `${prefix}PeerLastError`, { 1: 'Received', 2: 'Sent' }],
    [`${root}.2.${times}.1.1`, `${prefix}Peer`, { 1: 'FsmEstablishedTime' }],
    [`${root}.2.6.1.1`, `${prefix}Peer`, { 5: 'FsmEstablishedTrans' }],
    [
      `${root}.2.6.2.1`,
      `${prefix}Prefix`,
      { 7: 'InPrefixes', 8: 'InPrefixesAccepted', 9: 'InPrefixesRejected', 10: 'OutPrefixes' },
    ],
  ];
}

function bgp4V2(root: string, prefix: string): NamedColumns[] {
  return [
    [
      `${root}.2.1`,
      `${prefix}Peer`,
      {
        1: 'Instance',
        3: 'LocalAddr',
        7: 'LocalAs',
        10: 'RemoteAs',
        12: 'AdminStatus',
        13: 'State',
        14: 'Description',
      },
    ],
    [
      `${root}.3.1`,
      `${prefix}PeerLastError`,
      {
        1: 'CodeReceived',
        2: 'SubCodeReceived',
        4: 'ReceivedText',
        6: 'CodeSent',
        7: 'SubCodeSent',
        9: 'SentText',
      },
    ],
    [`${root}.4.1`, `${prefix}Peer`, { 1: 'FsmEstablishedTime' }],
    [`${root}.7.1`, `${prefix}Peer`, { 5: 'FsmEstablishedTransitions' }],
    [`${root}.8.1`, `${prefix}Prefix`, { 3: 'InPrefixes', 4: 'InPrefixesAccepted', 5: 'OutPrefixes' }],
  ];
}

/** Huawei's tables and H3C's, which are their offspring; the columns of peers differ. */
function byInstance(root: string, prefix: string, peers: Record<number, string>, vrf: number, name: string) {
  const tables: NamedColumns[] = [
    [`${root}.1.1`, prefix, { [vrf]: name }],
    [`${root}.2.1`, prefix, peers],
    [`${root}.3.1`, prefix, { 1: 'PrefixRcvCounter', 2: 'PrefixActiveCounter', 3: 'PrefixAdvCounter' }],
  ];
  return tables;
}

const timetra = `${enterprise}6527.3.1.2`;

export const vendorColumns: readonly NamedColumns[] = [
  ...bgpM2(`${enterprise}2636.5.1.1`, 'jnxBgpM2', 0, 4),
  ...bgpM2(`${enterprise}6027.20.1`, 'f10BgpM2', 1, 3),
  ...bgp4V2(`${enterprise}30065.4.1.1`, 'aristaBgp4V2'),
  ...bgp4V2(`${enterprise}674.11000.5000.200.1.1`, 'os10bgp4V2'),
  ...bgp4V2('1.3.6.1.3.5.1.1', 'bgp4V2'),
  ...byInstance(
    `${enterprise}2011.5.25.177.1.1`,
    'hwBgpPeer',
    {
      2: 'RemoteAs',
      4: 'RemoteAddr',
      5: 'State',
      6: 'FsmEstablishedCounter',
      7: 'FsmEstablishedTime',
      9: 'LastError',
      11: 'AdminStatus',
    },
    6,
    'VrfName',
  ),
  ...byInstance(
    `${enterprise}25506.2.202.1.1`,
    'hh3cBgpPeer',
    {
      2: 'RemoteAs',
      3: 'RemoteAddr',
      4: 'State',
      5: 'FsmEstablishedCounter',
      6: 'FsmEstablishedTime',
      8: 'LastError',
      10: 'AdminStatus',
    },
    7,
    'VpnName',
  ),
  [`${enterprise}25506.2.183.1.1.1`, 'hh3cBgp4v2Peer', { 2: 'LastError', 3: 'State' }],
  [
    `${timetra}.14.4.7.1`,
    'tBgpPeerNg',
    {
      6: 'Shutdown',
      7: 'Description',
      13: 'LocalAddress',
      53: 'Family',
      59: 'ConnState',
      65: 'LocalAS4Byte',
      66: 'PeerAS4Byte',
    },
  ],
  [
    `${timetra}.14.4.8.1`,
    'tBgpPeerNgOper',
    { 5: 'ReceivedPrefixes', 6: 'SentPrefixes', 7: 'ActivePrefixes', 177: 'EstablishedTime' },
  ],
  [`${timetra}.3.1.1`, 'vRtr', { 4: 'Name' }],
];
