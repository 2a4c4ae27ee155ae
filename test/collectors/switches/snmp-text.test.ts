// Saved walks: every form in which snmpwalk and .snmprec write a value, what people paste around them, and what must be an
// error rather than a shorter list.
import { describe, expect, it } from 'vitest';
import { parseSnmpText } from '../../../src/collectors/switches/snmp-text.ts';
import { readSavedVarbinds } from '../../../src/collectors/switches/snmp-text-lines.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import { formatOid, type SnmpValue } from '../../../src/transport/snmp-value.ts';

const read = (text: string) => readSavedVarbinds(text, 'walk.txt', { needed: [[1]], matters: () => false });
const valueIn = (text: string): SnmpValue | undefined => read(text).varbinds[0]?.value;
const octets = (text: string) => ({ type: 'octets', value: Uint8Array.from(Buffer.from(text)) });

describe('values of snmpwalk', () => {
  it.each([
    ['INTEGER: 6', { type: 'integer', value: 6 }],
    ['INTEGER: -94966295', { type: 'integer', value: -94966295 }],
    ['INTEGER: established(6)', { type: 'integer', value: 6 }],
    ['INTEGER: 30 seconds', { type: 'integer', value: 30 }],
    ['Gauge32: 22497219', { type: 'integer', value: 22497219 }],
    ['Counter32: 1', { type: 'integer', value: 1 }],
    ['Counter64: 12345678901', { type: 'integer', value: 12345678901 }],
    ['Timeticks: (1546) 0:00:15.46', { type: 'integer', value: 1546 }],
    ['Wrong Type (should be INTEGER): Gauge32: 65503', { type: 'integer', value: 65503 }],
    ['IpAddress: 172.20.0.254', { type: 'address', value: '172.20.0.254' }],
    ['Network Address: AC:14:00:FE', { type: 'address', value: '172.20.0.254' }],
    ['OID: .1.3.6.1.4.1.8072', { type: 'oid', value: [1, 3, 6, 1, 4, 1, 8072] }],
    ['OID: iso.3.6.1', { type: 'oid', value: [1, 3, 6, 1] }],
    ['Hex-STRING: 06 02 ', { type: 'octets', value: Uint8Array.from([6, 2]) }],
    ['STRING: "leaf of the \\"laboratory\\""', octets('leaf of the "laboratory"')],
    ['STRING: eth0', octets('eth0')],
    ['""', octets('')],
    ['NULL', { type: 'null' }],
    ['No Such Object available on this agent at this OID', { type: 'absent', reason: 'noSuchObject' }],
    ['No Such Instance currently exists at this OID', { type: 'absent', reason: 'noSuchInstance' }],
    [
      'No more variables left in this MIB View (It is past the end of the MIB tree)',
      { type: 'absent', reason: 'endOfMibView' },
    ],
    ['BITS: 80 0', octets('80 0')],
  ])('%s', (text, value) => {
    expect(valueIn(`.1.3.6.1.2.1.1.1.0 = ${text}`)).toEqual(value);
  });

  it('reads OIDs that begin with a name of net-snmp alone', () => {
    const { varbinds, notes } = read(
      [
        'SNMPv2-MIB::sysDescr.0 = STRING: H3C Comware Platform Software',
        'SNMPv2-MIB::sysObjectID.0 = OID: SNMPv2-SMI::enterprises.25506.11.1.172',
        'SNMPv2-MIB::sysContact.0 = STRING: somebody',
        'else',
        'SNMPv2-SMI::mib-2.15.2.0 = INTEGER: 65009',
        'SNMPv2-SMI::experimental.3.5.1 = INTEGER: 1',
      ].join('\n'),
    );
    expect(varbinds.map(({ oid }) => formatOid(oid))).toEqual([
      '1.3.6.1.2.1.1.1.0',
      '1.3.6.1.2.1.1.2.0',
      '1.3.6.1.2.1.15.2.0',
      '1.3.6.1.3.3.5.1',
    ]);
    expect(varbinds[1]?.value).toEqual({ type: 'oid', value: [1, 3, 6, 1, 4, 1, 25506, 11, 1, 172] });
    expect(notes).toEqual(['line 3 is not a varbind: not read']);
  });

  it.each([
    ['BGP4-MIB::bgpPeerState.192.0.2.1', '1.3.6.1.2.1.15.3.1.2.192.0.2.1'],
    ['bgpPeerState[192.0.2.1]', '1.3.6.1.2.1.15.3.1.2.192.0.2.1'],
    [
      '.iso.org.dod.internet.mgmt.mib-2.bgp.bgpPeerTable.bgpPeerEntry.bgpPeerRemoteAs.192.0.2.1',
      '1.3.6.1.2.1.15.3.1.9.192.0.2.1',
    ],
    ['bgp.bgpPeerTable.bgpPeerEntry.bgpPeerFsmEstablishedTime.192.0.2.1', '1.3.6.1.2.1.15.3.1.16.192.0.2.1'],
    ['mib-2.15.2.0', '1.3.6.1.2.1.15.2.0'],
    ['CISCO-BGP4-MIB::cbgpPeer2State.ipv4."192.0.2.1"', '1.3.6.1.4.1.9.9.187.1.2.5.1.3.1.4.192.0.2.1'],
    [
      'CISCO-BGP4-MIB::cbgpPeer2AcceptedPrefixes.ipv4."192.0.2.1".ipv4.unicast',
      '1.3.6.1.4.1.9.9.187.1.2.8.1.1.1.4.192.0.2.1.1.1',
    ],
    [
      'CISCO-BGP4-MIB::cbgpPeer3VrfName.2.ipv6."20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:01"',
      '1.3.6.1.4.1.9.9.187.1.2.9.1.4.2.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1',
    ],
    [
      'IP-FORWARD-MIB::inetCidrRouteProto.ipv4."10.0.0.0".8.2.0.0.ipv4."192.0.2.1"',
      '1.3.6.1.2.1.4.24.7.1.9.1.4.10.0.0.0.8.2.0.0.1.4.192.0.2.1',
    ],
    [
      'inetCidrRouteIfIndex[ipv4]["10.0.0.0"][8][2.0.0][unknown][""]',
      '1.3.6.1.2.1.4.24.7.1.7.1.4.10.0.0.0.8.2.0.0.0.0',
    ],
  ])('reads the name %s', (name, oid) => {
    expect(read(`${name} = INTEGER: established(6)`).varbinds).toEqual([
      { oid: oid.split('.').map(Number), value: { type: 'integer', value: 6 } },
    ]);
  });

  it('says how to walk where a table has names that are not known', () => {
    const line = 'FIREBRICK-BGP-MIB::fbBgpPeerState.ipv4."192.0.2.1" = INTEGER: established(5)';
    const { lack } = read(`.1.3.6.1.2.1.1.1.0 = STRING: Linux\n${line}`);
    expect(lack).toEqual({ line: 2, reason: expect.stringContaining('walk with -On') });
  });

  it.each([
    ['.1.3.6.1.2.1.1.1.0 = 6', { type: 'integer', value: 6 }],
    ['.1.3.6.1.2.1.1.1.0 6', { type: 'integer', value: 6 }],
    ['.1.3.6.1.2.1.1.1.0 = established', { type: 'integer', value: 6 }],
    ['.1.3.6.1.2.1.1.1.0 = 192.0.2.1', { type: 'address', value: '192.0.2.1' }],
    ['.1.3.6.1.2.1.1.1.0 = "06 02 "', { type: 'octets', value: Uint8Array.from([6, 2]) }],
    ['.1.3.6.1.2.1.1.1.0 "Linux leaf01"', octets('Linux leaf01')],
    ['.1.3.6.1.2.1.1.1.0 = Timeticks: 1546', { type: 'integer', value: 1546 }],
    ['.1.3.6.1.2.1.1.1.0 = Hex-STRING: 48 65  [He]', octets('He')],
  ])('reads %s, a form of -OQ, -Oq, -Ot or -OT', (line, value) => {
    expect(valueIn(line)).toEqual(value);
  });

  it('reads OIDs that begin with iso', () => {
    expect(read('iso.3.6.1.2.1.15.2.0 = INTEGER: 5').varbinds.map(({ oid }) => formatOid(oid))).toEqual([
      '1.3.6.1.2.1.15.2.0',
    ]);
  });

  it('joins values of several lines', () => {
    const { varbinds, notes } = read(
      [
        '.1.3.6.1.2.1.1.1.0 = STRING: "Cisco IOS Software',
        '.1.3.6 = INTEGER: a line of the text',
        'Copyright"',
        '.1.3.6.1.2.1.1.4.0 = STRING: two lines',
        'without quotes',
        '.1.3.6.1.2.1.1.5.0 = Hex-STRING: 00 01 ',
        '02 FF ',
        '.1.3.6.1.2.1.1.6.0 = INTEGER: 1',
      ].join('\n'),
    );
    expect(varbinds.map(({ value }) => value)).toEqual([
      octets('Cisco IOS Software\n.1.3.6 = INTEGER: a line of the text\nCopyright'),
      octets('two lines\nwithout quotes'),
      { type: 'octets', value: Uint8Array.from([0, 1, 2, 255]) },
      { type: 'integer', value: 1 },
    ]);
    expect(notes).toEqual([]);
  });

  it('passes over what people paste around it, and says so', () => {
    const { varbinds, notes } = read('$ snmpwalk -v2c -On leaf01 .1\n.1.3.6.1 = INTEGER: 1\n\n$ exit\n');
    expect(varbinds).toHaveLength(1);
    expect(notes).toEqual(['2 lines are not varbinds (the first is line 1): not read']);
  });
});

describe('values of .snmprec', () => {
  it.each([
    ['2|-94966295', { type: 'integer', value: -94966295 }],
    ['66|7', { type: 'integer', value: 7 }],
    ['70|12345678901', { type: 'integer', value: 12345678901 }],
    ['4|Linux', octets('Linux')],
    ['4|', octets('')],
    ['4x|0602', { type: 'octets', value: Uint8Array.from([6, 2]) }],
    ['5|', { type: 'null' }],
    ['6|.1.3.6.1.4.1.44641', { type: 'oid', value: [1, 3, 6, 1, 4, 1, 44641] }],
    ['64|192.168.1.43', { type: 'address', value: '192.168.1.43' }],
    ['64x|c0a8012b', { type: 'address', value: '192.168.1.43' }],
  ])('%s', (text, value) => {
    expect(valueIn(`1.3.6.1.2.1.1.1.0|${text}`)).toEqual(value);
  });

  it('passes over simulated and broken values elsewhere, and says so', () => {
    const { varbinds, notes } = read(
      '1.3.6.1|2|1\n1.3.7|2:numeric|rate=100\n1.3.8|4x|58AC78XX\nsecond line of a text\n1.3.9|99|?',
    );
    expect(varbinds).toHaveLength(1);
    expect(notes).toEqual(['4 lines are not varbinds (the first is line 2): not read']);
  });
});

describe('errors', () => {
  const message = (text: string) => {
    try {
      parseSnmpText(text, 'walk.txt');
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
      return error instanceof Error ? error.message : '';
    }
    return 'no error';
  };

  it.each([
    ['nothing', ''],
    ['another command', 'Interface  Status\nEthernet1  up\n'],
  ])('%s is no walk', (_, text) => {
    expect(message(text)).toContain('walk.txt: no line reads as output of "snmpwalk -On"');
  });

  it.each([
    'Timeout: No Response from 192.0.2.1',
    'Error: OID not increasing: .1.3.6.1.2.1.15.3.1.2.10.0.0.2',
    'Error in packet.',
  ])('a walk that ends with "%s" is not a shorter table', (last) => {
    expect(message(`.1.3.6.1.2.1.15.3.1.2.10.0.0.1 = INTEGER: 6\n${last}\n`)).toMatch(
      /walk.txt: line 2: the walk was cut/,
    );
  });

  it('a value of a table we read must be readable', () => {
    expect(message('.1.3.6.1.2.1.15.3.1.2.10.0.0.1 = INTEGER: up')).toMatch(
      /line 1: the value "INTEGER: up"/,
    );
    expect(message('1.3.6.1|2|1\n1.3.6.1.2.1.15.3.1.2.10.0.0.1|2|six')).toMatch(/line 2: .* cannot be read/);
    expect(message('.1.3.6 = INTEGER: 1\n.1.3.6.1.2.1.15.3.1.2.10.0.0.1 INTEGER: 6')).toMatch(
      /line 2: .* cannot be read/,
    );
  });
});

describe('a walk that is not whole', () => {
  it.each([
    ['was cut', 'Timeout: No Response from 192.0.2.1', /line 3: the walk was cut short/],
    [
      'has a value that cannot be read',
      '.1.3.6.1.2.1.15.3.1.16.192.0.2.1 = Gauge32: long',
      /line 3: .*"Gauge32: long"/,
    ],
  ])('and %s gives what is there, and why it is not all', (_, last, message) => {
    const text = `.1.3.6.1.2.1.15.3.1.2.192.0.2.1 = INTEGER: 6\n.1.3.6.1.2.1.15.3.1.9.192.0.2.1 = INTEGER: 64512\n${last}\n`;
    let error: unknown;
    try {
      parseSnmpText(text, 'walk.txt');
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof ParseError)) throw new Error('nothing was thrown');
    expect(error.message).toMatch(message);
    expect(error.read?.sessions).toMatchObject([
      { peerAddress: '192.0.2.1', peerAsn: 64512, state: 'established' },
    ]);
  });
});

describe('parseSnmpText', () => {
  it('reads the examples of the MIBs', () => {
    const text = `
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.25506.11.1.172
.1.3.6.1.2.1.15.2.0 = INTEGER: -94966295
.1.3.6.1.2.1.15.3.1.2.192.168.1.57 = INTEGER: 6
.1.3.6.1.2.1.15.3.1.9.192.168.1.57 = INTEGER: 65503
.1.3.6.1.2.1.15.3.1.16.192.168.1.57 = Gauge32: 22497219
.1.3.6.1.2.1.4.24.7.1.9.1.4.10.101.155.0.24.2.0.0.1.4.10.199.0.1 = INTEGER: 3
.1.3.6.1.2.1.4.24.7.1.7.1.4.169.254.255.0.24.3.0.0.4.1.4.0.0.0.0 = INTEGER: 4
.1.3.6.1.2.1.4.24.7.1.9.1.4.169.254.255.0.24.3.0.0.4.1.4.0.0.0.0 = INTEGER: 2
.1.3.6.1.2.1.31.1.1.1.1.4 = STRING: "Vlan-interface4"
`;
    const { sessions, routes, notes } = parseSnmpText(text, 'walk.txt');
    expect(sessions).toEqual([
      {
        peerAddress: '192.168.1.57',
        peerAsn: 65503,
        localAsn: 4200001001,
        state: 'established',
        afi: 'ipv4',
        vrf: 'default',
        establishedSeconds: 22497219,
      },
    ]);
    expect(notes).toEqual([]);
    expect(routes).toMatchObject([{ layer: 'installed', vrf: 'default', allNextHops: true }]);
    expect(
      routes[0]?.rows.map(({ prefix, nextHops, protocol }) => [formatPrefix(prefix), protocol, ...nextHops]),
    ).toEqual([
      ['10.101.155.0/24', 'static', { address: '10.199.0.1' }],
      ['169.254.255.0/24', 'connected', { interface: 'Vlan-interface4' }],
    ]);
  });

  it('takes IPv4 from the older table where the newer one has IPv6 only', () => {
    const text = `
1.3.6.1.2.1.4.24.4.1.7.0.0.0.0.0.0.0.0.0.96.43.223.194|2|14
1.3.6.1.2.1.4.24.7.1.9.2.16.253.0.0.16.0.0.0.0.0.0.0.0.0.0.0.0.64.2.0.0.2.16.253.253.0.0.0.2.2.85.0.0.0.0.0.0.0.1|2|14
`;
    const { routes } = parseSnmpText(text, 'walk.snmprec');
    expect(routes.flatMap(({ rows }) => rows.map(({ prefix }) => formatPrefix(prefix)))).toEqual([
      'fd00:10::/64',
      '0.0.0.0/0',
    ]);
  });

  it('says what it did not find', () => {
    const { sessions, routes, notes } = parseSnmpText('1.3.6.1.2.1.1.1.0|4|Linux', 'walk.snmprec');
    expect({ sessions, routes }).toEqual({ sessions: [], routes: [] });
    expect(notes).toEqual([
      'no row of a table of BGP peers in it (BGP4-MIB bgpPeerTable or a vendor table)',
      'no row of inetCidrRouteTable, ipCidrRouteTable or ipRouteTable in it',
    ]);
  });
});
