// The Junos driver on answers written by hand after Juniper's documentation: every state, both notations of a 4-octet ASN,
// routing instances, ECMP, pager remnants, and what is cut off.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { junos } from '../../../src/collectors/switches/junos.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/juniper-junos');
const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
const rows = (parsed: Parsed) => parsed.routes.flatMap((routes) => routes.rows);

describe('sessions', () => {
  it('reads a summary with every state', () => {
    const { sessions, notes } = junos.parse('show bgp summary', read('summary-down.txt'));
    expect(
      sessions.map((session) => [
        session.vrf,
        session.peerAddress,
        session.afi,
        session.peerAsn,
        session.state,
        session.adminDown,
        session.establishedSeconds,
        session.prefixesReceived,
        session.prefixesAccepted,
      ]),
    ).toEqual([
      ['default', '172.20.0.11', 'ipv4', 64512, 'established', undefined, 5635417, 6, 6],
      ['default', '172.20.0.11', 'ipv6', 64512, 'established', undefined, 5635417, 2, 2],
      ['default', '172.20.0.12', 'ipv4', 4200000002, 'established', undefined, 247, 8, 7],
      ['default', '172.20.0.13', 'ipv4', 65546, 'active', undefined, undefined, undefined, undefined],
      ['default', '172.20.0.14', 'ipv4', 64512, 'idle', true, undefined, undefined, undefined],
      ['default', 'fd00:20::11', 'ipv6', 64512, 'established', undefined, 23712, 2, 2],
      ['RED', '10.99.0.1', 'ipv4', 65020, 'established', undefined, 3313, 3, 2],
      ['default', '10.99.0.2', 'ipv4', 65020, 'connect', undefined, undefined, undefined, undefined],
    ]);
    expect(notes).toEqual([]);
  });

  it('reads counts that stand in place of the state, with and without an accepted count', () => {
    const head =
      'Groups: 1 Peers: 1 Down peers: 0\nPeer AS InPkt OutPkt OutQ Flaps Last Up/Dwn State|#Active/Received\n';
    const of = (state: string) =>
      junos.parse('show bgp summary', `${head}10.0.0.1  65001 1 2 0 0 1:02:03 ${state}\n`).sessions[0];
    expect(of('1/5/4/0 0/0/0/0')).toMatchObject({
      state: 'established',
      prefixesReceived: 5,
      prefixesAccepted: 4,
      establishedSeconds: 3723,
    });
    expect(of('1/5/0')).toMatchObject({ state: 'established', prefixesReceived: 5 });
    expect(of('1/5/0')?.prefixesAccepted).toBeUndefined();
  });

  it('reads neighbours in routing instances, a port and a zone behind the address', () => {
    const { sessions } = junos.parse('show bgp neighbor', read('neighbor.txt'));
    const down = {
      peerAddress: '172.20.0.14',
      peerAsn: 4200000002,
      localAsn: 65009,
      state: 'idle',
      vrf: 'RED',
      description: 'node4',
      localAddress: '172.20.0.254',
      lastError: 'Hold Timer Expired Error',
    };
    const up = {
      peerAddress: 'fe80::1',
      peerAsn: 64512,
      localAsn: 65009,
      state: 'established',
      vrf: 'default',
      localAddress: 'fe80::2',
    };
    expect(sessions).toEqual([
      { ...down, afi: 'ipv4' },
      { ...down, afi: 'ipv6' },
      { ...up, afi: 'ipv4', prefixesReceived: 3, prefixesAccepted: 2, prefixesAdvertised: 7 },
      { ...up, afi: 'ipv6', prefixesReceived: 0, prefixesAccepted: 0, prefixesAdvertised: 5 },
    ]);
  });

  it('reads XML with entities, comments and a banner', () => {
    const { sessions } = junos.parse('show bgp summary | display xml', read('summary.xml'));
    expect(sessions).toEqual([
      {
        peerAddress: '172.20.0.11',
        peerAsn: 64512,
        localAsn: null,
        state: 'established',
        afi: 'ipv4',
        vrf: 'default',
        description: 'a <node> & more',
        establishedSeconds: 5721817,
        prefixesReceived: 6,
        prefixesAccepted: 5,
      },
      {
        peerAddress: '172.20.0.12',
        peerAsn: 4200000002,
        localAsn: null,
        state: 'idle',
        afi: 'ipv4',
        vrf: 'default',
      },
    ]);
  });

  it('takes "BGP is not running" for an answer and complaints for errors', () => {
    expect(junos.parse('show bgp summary', 'BGP is not running\n')).toEqual({
      sessions: [],
      routes: [],
      notes: ['BGP is not running'],
    });
    const json = '{"output": [{"data": "BGP is not running"}]}';
    expect(junos.parse('show bgp neighbor | display json', json).notes).toEqual(['BGP is not running']);
    for (const text of [
      'error: permission denied: show',
      '                ^\nsyntax error, expecting <command>.',
    ]) {
      expect(() => junos.parse('show bgp summary', text)).toThrow(ParseError);
    }
  });

  it('refuses what is cut', () => {
    const text = read('summary-down.txt');
    expect(() => junos.parse('show bgp summary', text.slice(0, text.indexOf('10.99.0.1')))).toThrow(
      'were read of 7',
    );
    expect(() => junos.parse('show bgp summary', text.slice(0, text.indexOf(' Active\n')))).toThrow(
      ParseError,
    );
    const xml = read('summary.xml');
    expect(() => junos.parse('x', xml.slice(0, xml.indexOf('<peer-state>Idle')))).toThrow('cut off');
    const neighbor = read('neighbor.txt');
    expect(() =>
      junos.parse('show bgp neighbor', neighbor.slice(0, neighbor.indexOf('  Type: External    State: Est'))),
    ).toThrow('the capture ends inside it');
  });
});

describe('routes', () => {
  it('reads the usual form: ECMP, second paths, aggregates, a pager in the middle', () => {
    const parsed = junos.parse('show route table inet.0', read('route-brief.txt'));
    expect(parsed.routes.map(({ layer, vrf }) => [layer, vrf])).toEqual([['installed', 'default']]);
    expect(rows(parsed).map(({ prefix, vrf, ...row }) => ({ prefix: formatPrefix(prefix), ...row }))).toEqual(
      [
        {
          prefix: '0.0.0.0/0',
          nextHops: [{ address: '10.0.0.1', interface: 'ae0.0' }],
          protocol: 'static',
          best: true,
        },
        {
          prefix: '10.233.64.0/26',
          nextHops: [
            { address: '172.20.0.11', interface: 'irb.100' },
            { address: '172.20.0.12', interface: 'irb.100' },
          ],
          protocol: 'bgp',
          best: true,
          asPath: '64512 64512',
          from: '172.20.0.11',
          localPref: 100,
        },
        {
          prefix: '10.233.64.0/26',
          nextHops: [{ address: '172.20.0.12', interface: 'irb.100' }],
          protocol: 'bgp',
          best: false,
          asPath: '4200000002 4259840001',
          localPref: 100,
        },
        {
          prefix: '10.233.64.64/26',
          nextHops: [{ address: '172.20.0.12', interface: 'irb.100' }],
          protocol: 'bgp',
          best: true,
          asPath: '64512',
          localPref: 100,
        },
        { prefix: '10.250.0.0/16', nextHops: [], protocol: 'aggregate', best: true, discard: true },
        { prefix: '172.20.0.0/24', nextHops: [{ interface: 'irb.100' }], protocol: 'connected', best: true },
        { prefix: '172.20.0.254/32', nextHops: [{ interface: 'irb.100' }], protocol: 'local', best: true },
      ],
    );
    expect(parsed.notes).toEqual([]);
  });

  it('reads the terse form', () => {
    const parsed = junos.parse('show route 10.233.64.0/18 terse', read('route-terse.txt'));
    expect(
      rows(parsed).map(({ prefix, best, protocol, nextHops, asPath, discard }) => [
        formatPrefix(prefix),
        best,
        protocol,
        nextHops.map((hop) => hop.address ?? hop.interface).join(','),
        asPath,
        discard,
      ]),
    ).toEqual([
      ['10.233.64.0/26', true, 'bgp', '172.20.0.11,172.20.0.12', '64512', undefined],
      ['10.233.64.0/26', false, 'bgp', '172.20.0.12', '64513 64512', undefined],
      ['10.233.64.64/26', true, 'bgp', '172.20.0.12', undefined, undefined],
      ['10.250.0.0/16', true, 'aggregate', '', undefined, true],
      ['172.20.0.0/24', true, 'connected', 'irb.100', undefined, undefined],
    ]);
  });

  it('reads received routes, a long prefix on a line of its own', () => {
    const parsed = junos.parse('show route receive-protocol bgp fd00:20::11', read('received.txt'));
    expect(parsed.routes).toMatchObject([{ layer: 'received', peer: 'fd00:20::11', vrf: 'default' }]);
    expect(
      rows(parsed).map(({ prefix, best, nextHops, asPath, localPref }) => [
        formatPrefix(prefix),
        best,
        nextHops[0]?.address,
        asPath,
        localPref,
      ]),
    ).toEqual([
      ['fd00:10:244:0:1234:5678:9abc:0/122', true, 'fd00:20::11', '64512', undefined],
      ['fd00:10:244::/122', false, 'fd00:20::11', '64512 4200000002', 100],
    ]);
  });

  it('writes out asdot numbers of a path, also where they stand in front of the next hop', () => {
    // `set routing-options autonomous-system asdot-notation`.
    const head = 'inet.0: 1 destinations, 1 routes (1 active, 0 holddown, 0 hidden)\n\n';
    const brief = `${head}10.233.64.0/26     *[BGP/170] 1w0d 05:23:37, localpref 100
                      AS path: 64512.7 {1.5} I, validation-state: unverified
                    >  to 172.20.0.11 via irb.100
`;
    const terse = `${head}A V Destination        P Prf   Metric 1   Metric 2  Next hop        AS path
* ? 10.233.64.0/26     B 170        100                             64512.7 1.5 I
  unverified                                       >172.20.0.11
`;
    const paths = (command: string, text: string) =>
      junos
        .parse(command, text)
        .routes.flatMap(({ rows }) => rows)
        .map(({ asPath, nextHops }) => [asPath, nextHops]);
    expect(paths('show route', brief)).toEqual([
      ['4227858439 {65541}', [{ address: '172.20.0.11', interface: 'irb.100' }]],
    ]);
    expect(paths('show route terse', terse)).toEqual([['4227858439 65541', [{ address: '172.20.0.11' }]]]);
  });

  it('says that a summary of tables lists no routes', () => {
    const text =
      'inet.0: 9 destinations, 9 routes (9 active, 0 holddown, 0 hidden)\n  Direct: 2 routes, 2 active\n';
    expect(junos.parse('show route summary', text).notes).toEqual([
      'table inet.0: a summary counts routes and lists none',
    ]);
  });

  it('reads abbreviated commands, and an answer behind a banner', () => {
    const json = '{"route-information": [{"route-table": []}]}';
    const parsed = junos.parse(
      'sh route prot bgp tab RED.inet.0',
      `Authorized use only!\n\n${json}\n{master:0}\n`,
    );
    expect(parsed.routes).toEqual([{ layer: 'bgp', vrf: 'RED', rows: [], allNextHops: true }]);
  });

  it('takes an answer without routes for none', () => {
    const json = '{"route-information": [{"attributes": {"xmlns": "http://xml.juniper.net"}}]}';
    const parsed = junos.parse('show route protocol bgp table inet.0 10.0.0.0/8 | display json', json);
    expect(parsed).toEqual({
      sessions: [],
      routes: [{ layer: 'bgp', vrf: 'default', rows: [], allNextHops: true }],
      notes: [],
    });
  });

  it('refuses what is cut, and says when a table counts more', () => {
    const text = read('route-brief.txt');
    const cut = text.slice(0, text.indexOf('                    >  to 172.20.0.12 via irb.100\n10.250'));
    expect(() => junos.parse('show route', cut)).toThrow('without next hop');
    expect(() => junos.parse('show route', cut.slice(0, cut.indexOf('*[BGP/170] 00:00:13')))).toThrow(
      ParseError,
    );
    const short = text.slice(0, text.indexOf('10.250.0.0/16'));
    expect(junos.parse('show route', short).notes).toEqual([
      'table inet.0 counts 8 routes, 4 are in the answer: filtered or cut',
    ]);
  });
});
