// The FRR driver against captures of FRR 8.4.4 (test/fixtures/frr/8.4.4, see its README), with expectations written out
// from the captures' text; and against made answers for what no capture shows.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { uptimeSeconds } from '../../../src/collectors/switches/cli-text.ts';
import { frr } from '../../../src/collectors/switches/frr.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import type { RouteRow } from '../../../src/model/route-table.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/frr/8.4.4');
const capture = (where: string, command: string) =>
  readFileSync(path.join(folder, where, `${command.replace(/[ /:]/g, '_')}.txt`), 'utf8');
const parse = (where: string, command: string) => frr.parse(command, capture(where, command));
const rows = (parsed: Parsed) => parsed.routes.flatMap((routes) => routes.rows);

/** One line a route: prefix, status, next hops, AS path, sender. */
const short = (row: RouteRow) => {
  const marks = [
    row.best && 'best',
    row.stale && 'stale',
    row.unusable && 'unusable',
    row.discard && 'discard',
  ];
  const hops = row.nextHops.map((hop) => [hop.address, hop.interface].filter((part) => part).join('%'));
  const parts = [
    formatPrefix(row.prefix),
    row.protocol,
    ...marks,
    `[${hops.join(' ')}]`,
    row.asPath,
    row.from,
  ];
  return parts.filter((part) => part !== false && part !== undefined && part !== '').join(' ');
};
const lines = (parsed: Parsed) => rows(parsed).map(short);

describe('sessions', () => {
  it('reads the summary of all VRFs and families', () => {
    const { sessions, notes } = parse('up', 'show bgp vrf all summary json');
    expect(sessions).toEqual([
      {
        peerAddress: 'sfac',
        name: 'sfac',
        peerAsn: 64512,
        localAsn: 65009,
        state: 'established',
        afi: 'ipv4',
        vrf: 'default',
        establishedSeconds: 10,
        prefixesReceived: 3,
        prefixesAdvertised: 6,
        transitions: 3,
      },
      {
        peerAddress: '10.1.0.2',
        peerAsn: 4200000701,
        localAsn: 65009,
        state: 'established',
        afi: 'ipv4',
        vrf: 'default',
        description: 'rack 1 "node" 1',
        establishedSeconds: 10,
        prefixesReceived: 3,
        prefixesAdvertised: 6,
        transitions: 4,
      },
      {
        peerAddress: '10.1.0.9',
        peerAsn: 64512,
        localAsn: 65009,
        state: 'idle',
        afi: 'ipv4',
        vrf: 'default',
        prefixesReceived: 0,
        prefixesAdvertised: 0,
        transitions: 0,
        adminDown: true,
      },
      {
        peerAddress: '10.9.9.9',
        peerAsn: 65001,
        localAsn: 65009,
        state: 'active',
        afi: 'ipv4',
        vrf: 'default',
        prefixesReceived: 0,
        prefixesAdvertised: 0,
        transitions: 0,
      },
      {
        peerAddress: 'fd01::2',
        peerAsn: 4200000701,
        localAsn: 65009,
        state: 'established',
        afi: 'ipv6',
        vrf: 'default',
        establishedSeconds: 10,
        prefixesReceived: 1,
        prefixesAdvertised: 1,
        transitions: 3,
      },
      {
        peerAddress: '10.1.0.3',
        peerAsn: 65101,
        localAsn: 65100,
        state: 'active',
        afi: 'ipv4',
        vrf: 'red',
        prefixesReceived: 0,
        prefixesAdvertised: 0,
        transitions: 0,
      },
    ]);
    expect(notes).toEqual([
      'l2VpnEvpn of VRF default: counts are left out, only IPv4 and IPv6 unicast are read',
    ]);
  });

  it('takes the address of an unnumbered peer, last errors and accepted counts from neighbors', () => {
    const { sessions } = parse('up', 'show bgp vrf all neighbors json');
    expect(sessions.find((session) => session.name === 'sfac')).toEqual({
      peerAddress: '10.2.0.2',
      name: 'sfac',
      peerAsn: 64512,
      localAsn: 65009,
      state: 'established',
      afi: 'ipv4',
      vrf: 'default',
      localAddress: '10.2.0.1',
      establishedSeconds: 10,
      prefixesAccepted: 3,
      prefixesAdvertised: 6,
      transitions: 3,
      lastError: 'User reset',
    });
    expect(sessions.find((session) => session.peerAddress === '10.1.0.9')).toMatchObject({
      state: 'idle',
      adminDown: true,
      lastError: 'Admin. shutdown',
    });
    expect(sessions.find((session) => session.peerAddress === '10.9.9.9')?.lastError).toBe('Waiting for NHT');
    expect(sessions.filter((session) => session.vrf === 'red').map(({ peerAddress }) => peerAddress)).toEqual(
      ['10.1.0.3'],
    );
  });

  it.each(['show bgp vrf all summary json', 'show bgp vrf all neighbors json'])(
    'sees in "%s" that the routes of a peer that went away are kept',
    (command) => {
      const { sessions } = parse('stale', command);
      const away = sessions.filter((session) => ['10.1.0.2', 'fd01::2'].includes(session.peerAddress));
      expect(away.map(({ state, gracefulRestart }) => [state, gracefulRestart])).toEqual([
        ['active', true],
        ['active', true],
      ]);
      // A session that is away has no time of being up.
      expect(away.some((session) => 'establishedSeconds' in session)).toBe(false);
      expect(sessions.find((session) => session.name === 'sfac')?.gracefulRestart).toBeUndefined();
    },
  );

  // As FRR 8.4.4 shows a neighbour with `neighbor 172.20.0.12 password …` and one without, cut to what counts.
  it('tells that a neighbour signs with a password', () => {
    const peer = { remoteAs: 64512, localAs: 64512, bgpState: 'Connect' };
    const json = JSON.stringify({
      default: { '172.20.0.12': { ...peer, authenticationEnabled: 1 }, '172.20.0.13': peer },
    });
    const block = (address: string, more: string) =>
      `BGP neighbor is ${address}, remote AS 64512, local AS 64512, internal link\n  BGP state = Connect\n${more}`;
    const text = block('172.20.0.12', 'Peer Authentication Enabled\n') + block('172.20.0.13', '');
    for (const [command, output] of [
      ['show bgp vrf all neighbors json', json],
      ['show bgp neighbors', text],
    ] as const) {
      const { sessions } = frr.parse(command, output);
      expect(sessions.map(({ peerAddress, passwordSet }) => [peerAddress, passwordSet])).toEqual([
        ['172.20.0.12', true],
        ['172.20.0.13', undefined],
      ]);
    }
  });

  it('reads the text form like the JSON form', () => {
    const text = parse('up', 'show bgp summary').sessions;
    const json = parse('up', 'show bgp summary json').sessions;
    const common = (session: (typeof json)[number]) => ({
      ...session,
      establishedSeconds: undefined,
      transitions: undefined,
      // Text has the state in place of the count.
      prefixesReceived: session.state === 'established' ? session.prefixesReceived : undefined,
    });
    expect(text.map(common)).toEqual(json.filter((session) => session.vrf === 'default').map(common));
    expect(text).toHaveLength(5);
  });

  it('says why an Established session carries nothing', () => {
    const peers = { '10.0.0.2': { remoteAs: 65001, state: 'Established', peerState: 'Policy', pfxRcd: 0 } };
    const answer = JSON.stringify({ default: { ipv4Unicast: { as: 65009, peers } } });
    const [session] = frr.parse('show bgp vrf all summary json', answer).sessions;
    expect(session?.lastError).toContain('RFC 8212');
    const text = [
      'IPv4 Unicast Summary (VRF default):',
      'BGP router identifier 172.20.0.254, local AS number 65009 vrf-id 0',
      'Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc',
      '10.1.0.2        4 1.10            11        12        0    0    0 01w2d03h     (Policy) (Policy) N/A',
      'dead:beef:cafe:feed::1',
      '                4      64512         0         0        0    0    0    never Idle (PfxCt)        0 the other',
      '',
      'Total number of neighbors 2',
    ].join('\n');
    expect(frr.parse('show bgp summary', text).sessions).toMatchObject(
      [
        { peerAddress: '10.1.0.2', peerAsn: 65546, state: 'established', establishedSeconds: 788_400 },
        {
          peerAddress: 'dead:beef:cafe:feed::1',
          state: 'idle',
          lastError: /PfxCt/,
          description: 'the other',
        },
      ].map((row) =>
        expect.objectContaining({ ...row, lastError: expect.stringMatching(row.lastError ?? /RFC 8212/) }),
      ),
    );
  });

  it.each([
    ['00:05:13', 313],
    ['100:00:00', 360_000],
    ['1d02h03m', 93_780],
    ['02w3d04h', 1_483_200],
    ['never', undefined],
  ])('reads the uptime %s as %s s', (text, seconds) => {
    expect(uptimeSeconds(text)).toBe(seconds);
  });
});

describe('BGP paths', () => {
  const inRange = [
    '10.233.0.0/18 bgp [10.2.0.2] 64512 10.2.0.2',
    '10.233.0.0/18 bgp best [10.1.0.2] 4200000701 10.1.0.2',
    '10.233.0.10/32 bgp [10.2.0.2] 64512 10.2.0.2',
    '10.233.0.10/32 bgp best [10.1.0.2] 4200000701 10.1.0.2',
    '10.233.64.0/24 bgp [10.2.0.2] 64512 10.2.0.2',
    '10.233.64.0/24 bgp best [10.1.0.2] 4200000701 10.1.0.2',
    '10.233.100.0/24 bgp best [0.0.0.0]',
  ];

  it('reads all paths inside a range', () => {
    expect(lines(parse('up', 'show bgp ipv4 unicast 10.233.0.0/16 longer-prefixes json'))).toEqual(inRange);
  });

  it('marks paths kept for a peer that went away', () => {
    const stale = inRange.map((line) => line.replace('best [10.1.0.2]', 'best stale [10.1.0.2]'));
    const parsed = parse('stale', 'show bgp ipv4 unicast 10.233.0.0/16 longer-prefixes json');
    expect(lines(parsed)).toEqual(stale);
    expect(lines(parse('stale', 'show bgp ipv4 unicast 10.233.64.0/24 json'))).toEqual(stale.slice(4, 6));
  });

  it('reads the answer about one prefix, and that there is none', () => {
    expect(lines(parse('up', 'show bgp ipv4 unicast 10.233.64.0/24 json'))).toEqual(inRange.slice(4, 6));
    const absent = parse('up', 'show bgp ipv4 unicast 10.99.0.0/24 json');
    expect(absent.routes).toEqual([{ layer: 'bgp', vrf: 'default', rows: [], allNextHops: true }]);
  });

  it('knows an aggregate of its own', () => {
    expect(lines(parse('aggregate', 'show bgp ipv4 unicast 10.233.0.0/16 json'))).toEqual([
      '10.233.0.0/16 aggregate best [::]',
    ]);
    // Suppressed paths are in the table and used, they are only not announced.
    const parsed = parse('aggregate', 'show bgp ipv4 unicast 10.233.0.0/16 longer-prefixes json');
    expect(lines(parsed).filter((line) => line.startsWith('10.233.64'))).toEqual(inRange.slice(4, 6));
  });

  it('shows the global next hop of an IPv6 path', () => {
    expect(lines(parse('up', 'show bgp ipv6 unicast fd00:10::/32 longer-prefixes json'))).toEqual([
      'fd00:10:244::/64 bgp best [fd01::2] 4200000701 fd01::2',
    ]);
  });

  it.each(['up', 'stale', 'aggregate'])('reads text like JSON (%s)', (where) => {
    const bare = (row: RouteRow) => ({ ...row, from: undefined });
    const text = rows(parse(where, 'show bgp ipv4 unicast'));
    expect(text.length).toBeGreaterThan(8);
    expect(text.map(bare)).toEqual(rows(parse(where, 'show ip bgp json')).map(bare));
  });

  it('reads wrapped IPv6 rows of the text form', () => {
    expect(lines(parse('up', 'show bgp ipv6 unicast'))).toEqual([
      'fd00:10:244::/64 bgp best [fe80::1064:88ff:fe07:f403] 4200000701',
    ]);
  });

  it('tells the overall best from the best of one AS, and leaves removed paths unusable', () => {
    const paths = [
      {
        valid: true,
        bestpath: { bestpathFromAs: 1299 },
        aspath: { string: '1.10 2' },
        nexthops: [{ ip: '10.0.0.1' }],
      },
      {
        valid: true,
        bestpath: { overall: true },
        aspath: { string: '{64512,64513}' },
        nexthops: [{ ip: '10.0.0.2' }],
      },
      { removed: true, valid: true, aspath: { string: 'Local' }, nexthops: [{ ip: '10.0.0.3' }] },
      { aspath: { string: '7' }, nexthops: [{ ip: '10.0.0.4', accessible: false }] },
    ];
    const answer = JSON.stringify({ prefix: '10.0.0.0/8', paths });
    expect(lines(frr.parse('show bgp ipv4 unicast 10.0.0.0/8 json', answer))).toEqual([
      '10.0.0.0/8 bgp [10.0.0.1] 65546 2',
      '10.0.0.0/8 bgp best [10.0.0.2] {64512,64513}',
      '10.0.0.0/8 bgp unusable [10.0.0.3]',
      '10.0.0.0/8 bgp unusable [10.0.0.4] 7',
    ]);
  });
});

describe('the routing table', () => {
  const both = '[10.1.0.2%sfab 10.2.0.2%sfac]';

  it('reads routes with all their next hops', () => {
    expect(lines(parse('up', 'show ip route json'))).toEqual([
      '0.0.0.0/0 static best [10.1.0.2%sfab]',
      '10.1.0.0/30 connected best [sfab]',
      '10.2.0.0/30 connected best [sfac]',
      `10.50.0.0/24 static best ${both}`,
      `10.233.0.0/18 bgp best ${both}`,
      `10.233.0.10/32 bgp best ${both}`,
      `10.233.64.0/24 bgp best ${both}`,
      '10.233.100.0/24 static best discard []',
    ]);
  });

  it.each(['up', 'stale', 'aggregate'])('reads text like JSON (%s)', (where) => {
    expect(rows(parse(where, 'show ip route'))).toEqual(rows(parse(where, 'show ip route json')));
  });

  it('reads IPv6', () => {
    expect(lines(parse('up', 'show ipv6 route fd00:10::/32 longer-prefixes json'))).toEqual([
      'fd00:10::/48 static best [fd01::2%sfab]',
      'fd00:10:244::/64 bgp best [fe80::1064:88ff:fe07:f403%sfab]',
    ]);
    expect(lines(parse('up', 'show ipv6 route'))).toEqual([
      'fd00:10::/48 static best [fd01::2%sfab]',
      'fd00:10:244::/64 bgp best [fe80::1064:88ff:fe07:f403%sfab]',
      'fd01::/64 connected best [sfab]',
      'fd02::/64 connected best [sfac]',
      'fe80::/64 connected [sfab]',
      'fe80::/64 connected best [sfac]',
    ]);
  });

  it('shows what covers an address, and the discard route of an aggregate', () => {
    // 10.233.77.1 is in neither /24: the aggregate covers it.
    expect(lines(parse('aggregate', 'show ip route 10.233.77.1 json'))).toEqual([
      '10.233.0.0/16 bgp best discard []',
    ]);
    const parsed = parse('aggregate', 'show ip route 10.233.0.0/16 longer-prefixes json');
    expect(lines(parsed)[0]).toBe('10.233.0.0/16 bgp best discard []');
  });

  it('reads an absent prefix as none', () => {
    expect(parse('up', 'show ip route 10.99.0.0/24 json').routes).toEqual([
      { layer: 'installed', vrf: 'default', rows: [], allNextHops: true },
    ]);
    expect(rows(frr.parse('show ip route 10.99.0.0/24', '% Network not in table\n'))).toEqual([]);
  });

  it('does not call a route usable that the kernel refused', () => {
    const route = { protocol: 'bgp', selected: true, nexthops: [{ ip: '10.0.0.1', active: true }] };
    const answer = JSON.stringify({
      '10.0.0.0/24': [route],
      '10.0.1.0/24': [{ ...route, queued: true }],
      '10.0.2.0/24': [{ ...route, installed: true, failed: true }],
      '10.0.3.0/24': [{ protocol: 'static', nexthops: [{ ip: '10.0.0.9' }] }],
    });
    expect(lines(frr.parse('show ip route json', answer))).toEqual([
      '10.0.0.0/24 bgp best unusable [10.0.0.1]',
      '10.0.1.0/24 bgp best [10.0.0.1]',
      '10.0.2.0/24 bgp best unusable [10.0.0.1]',
      '10.0.3.0/24 static unusable [10.0.0.9]',
    ]);
  });
});

describe('answers that are none', () => {
  it.each<[string, string, RegExp]>([
    [
      'show bgp vrf all summary json',
      '{\n}\n',
      /^show bgp vrf all summary json: no BGP instance is configured/,
    ],
    ['show bgp vrf all neighbors json', '{\n}\n', /no BGP instance is configured/],
    [
      'show bgp vrf all summary json',
      'bgpd is not running\n',
      /line 1: the device says: "bgpd is not running"/,
    ],
    [
      'show bgp ipv4 unicast 10.0.0.0/8 json',
      '{\n  "warning":"Default BGP instance not found"\n}\n',
      /the device says: Default BGP instance not found/,
    ],
    [
      'show bgp ipv4 unicast 10.0.0.0/8 json',
      "% Can't find BGP instance\n",
      /the device says: "% Can't find BGP instance"/,
    ],
    ['show ip route json', '% Unknown command: show ip route json\n', /the device says: "% Unknown command/],
    ['show ip route json', '', /the answer is empty/],
    [
      'show ip route json',
      'Exiting: failed to connect to any daemons.\n',
      /failed to connect to any daemons/,
    ],
    ['show ip route json', '{\n"10.0.0.0/8": [\n', /line 1: the answer ends in the middle of its JSON/],
    ['show ip route json', '{\n"10.0.0.0/8": [\n oops ] }', /line 3: not valid JSON near "oops/],
    [
      'show ip route json',
      '{"10.0.0.0/8":[{}]}\n% Something failed\n',
      /line 2: the device says: "% Something failed"/,
    ],
    ['show ip route json', '{"colour": {"red": {}}}', /nothing known under "colour"/],
    [
      'show ip bgp json',
      '{"vrfName":"default","routes":{"10.0.0.300/8":[]}}',
      /"10.0.0.300\/8" is not a prefix/,
    ],
    ['show version', 'FRRouting 8.4.4 (leaf01)', /not an answer this driver knows: "FRRouting 8.4.4/],
  ])('%s: %j', (command, output, message) => {
    expect(() => frr.parse(command, output)).toThrow(ParseError);
    expect(() => frr.parse(command, output)).toThrow(message);
  });

  it.each(['show bgp ipv4 unicast', 'show bgp summary', 'show ip bgp json', 'show ip route json'])(
    'never reads a cut capture of "%s" as a shorter list without saying so',
    (command) => {
      const text = capture('up', command).trimEnd();
      const sizeOf = (parsed: Parsed) => rows(parsed).length + parsed.sessions.length;
      const whole = sizeOf(frr.parse(command, text));
      let cutsSeen = 0;
      for (let length = 0; length < text.length; length += 37) {
        let parsed: Parsed;
        try {
          parsed = frr.parse(command, text.slice(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
          cutsSeen++;
          continue;
        }
        // Between two families' tables nothing tells that another should follow.
        const open = /BGP router identifier/.test(text.slice(0, length).split('Total number').at(-1) ?? '');
        if (sizeOf(parsed) === whole || (command === 'show bgp summary' && !open)) continue;
        expect(parsed.notes).toContainEqual(expect.stringContaining('the capture may be cut'));
        cutsSeen++;
      }
      expect(cutsSeen).toBeGreaterThan(10);
    },
  );

  it('reads a pasted answer with the prompts around it, and with carriage returns', () => {
    const text = capture('up', 'show bgp ipv4 unicast');
    const pasted = `leaf01# show bgp ipv4 unicast\r\n${text.replaceAll('\n', '\r\n')}leaf01# \r\n`;
    expect(lines(frr.parse('show bgp ipv4 unicast', pasted))).toEqual(
      lines(frr.parse('show bgp ipv4 unicast', text)),
    );
  });

  it('says that BGP has no neighbours only where the device says so', () => {
    expect(frr.parse('show bgp vrf all summary json', '{"default":{}}').sessions).toEqual([]);
    expect(frr.parse('show bgp summary', '% No BGP neighbors found in VRF default\n').sessions).toEqual([]);
  });
});
