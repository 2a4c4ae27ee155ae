// Forms in which BIRD's output comes to us that are not in a capture of our own: written by hand after BIRD's sources
// (nest/proto.c, nest/rt-table.c, lib/net.c, lib/timer.c), olekukonko/tablewriter as calicoctl uses it, and what terminals
// and people do to a text.
import { describe, expect, it } from 'vitest';
import { parseBirdText } from '../../../src/collectors/nodes/bird-parse.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';

const lines = (...all: string[]) => all.join('\n');
const heading = 'name     proto    table    state  since       info';
const rowsOf = (text: string) => parseBirdText(text, 'x').routes.flatMap(({ rows }) => rows);
const refusal = (text: string): unknown => {
  try {
    return parseBirdText(text, 'x');
  } catch (error) {
    return error;
  }
};

describe('the since column', () => {
  it.each([
    '12:00:01',
    '12:00:01.234',
    '12:00',
    '2026-11-22',
    '2026-11-22 12:00:01',
    '2026-11-22T12:00:01+02:00',
    '1511900000',
    'Nov21',
    '2016',
    '21.11.2016 10:00',
    '31-05-2018 10:00:01',
  ])('as %s does not hide the state', (since) => {
    const text = lines(
      heading,
      `Node_10_0_0_1 BGP      master   start  ${since}    Active        Socket: Connection refused`,
      `Node_10_0_0_2 BGP      master   up     ${since}    Established   `,
      `Node_10_0_0_3 BGP      master   down   ${since}`,
    );
    const { sessions } = parseBirdText(text, 'x');
    expect(sessions.map(({ state }) => state)).toEqual(['active', 'established', 'idle']);
    expect(sessions.map(({ lastError }) => lastError)).toEqual([
      'Socket: Connection refused',
      undefined,
      undefined,
    ]);
  });
});

describe('calicoctl node status', () => {
  const border = '+--------------+-------------------+-------+------------+--------------------------------+';
  const head = '| PEER ADDRESS |     PEER TYPE     | STATE |   SINCE    |              INFO              |';
  const row = '| 10.4.0.1     | node-to-node mesh | start | 2020-05-13 | Active Socket: Connection      |';
  const rest = '|              |                   |       |            | refused                        |';

  it('wraps a long cell into the next row', () => {
    const { sessions } = parseBirdText(lines(border, head, border, row, rest, border), 'x');
    expect(sessions).toMatchObject([
      { peerAddress: '10.4.0.1', state: 'active', lastError: 'Socket: Connection refused', kind: 'mesh' },
    ]);
    expect(sessions).toHaveLength(1);
  });

  it('says what is not there', () => {
    const text = lines(
      'Calico process is running.',
      '',
      'IPv4 BGP status',
      'No IPv4 peers found.',
      '',
      "INFO: BIRDv6 process: 'bird6' is not running.",
    );
    expect(parseBirdText(text, 'x')).toMatchObject({
      sessions: [],
      notes: ['No IPv4 peers found.', "INFO: BIRDv6 process: 'bird6' is not running."],
    });
    expect(parseBirdText('Calico process is not running.\n', 'x').notes).toEqual([
      'Calico process is not running.',
    ]);
  });

  it('without its last border was cut', () => {
    expect(refusal(lines(border, head, border, row))).toMatchObject({
      name: 'ParseError',
      line: 4,
      read: { sessions: [{ peerAddress: '10.4.0.1' }] },
    });
  });
});

describe('routes in a text that lost its tabs', () => {
  const text = (indent: string) =>
    lines(
      'bird> show route all',
      'Table master4:',
      '10.0.0.0/24          unicast [edge 2026-04-10 from 10.0.0.9] * (100/?) [AS65001i]',
      `${indent}via 10.0.0.1 on eth0 weight 1`,
      `${indent}via 10.0.0.2 on eth1 weight 1`,
      `${indent}Type: BGP univ`,
      `${indent}BGP.as_path: 65003 65001`,
      `${indent}BGP.community: (64512,1)`,
      `${indent || ' '}${indent}(64512,3)`,
      `${indent}BGP.ext_community: (rt, 64512, 1) (generic, 0x43000000, 0x1)`,
      '                     unicast [e2 2026-04-10] (100) [AS65001i]',
      `${indent}via fe80::1 on eth0`,
      '10.0.1.0/24          blackhole [static1 2026-04-10] * (200)',
      'bird> ',
    );

  it.each(['\t', '        ', '  ', ''])('indented by %j', (indent) => {
    expect(rowsOf(text(indent))).toMatchObject([
      {
        nextHops: [
          { address: '10.0.0.1', interface: 'eth0' },
          { address: '10.0.0.2', interface: 'eth1' },
        ],
        asPath: '65003 65001',
        communities: '64512:1 64512:3',
        from: '10.0.0.9',
      },
      { nextHops: [{ address: 'fe80::1' }], best: false },
      { discard: true, protocol: 'static' },
    ]);
  });
});

describe('tables of BIRD 2', () => {
  it('that hold no IP prefixes are told of, and the others read', () => {
    const text = lines(
      'BIRD 2.0.12 ready.',
      'Table master4:',
      '10.0.0.0/24          unicast [edge 2026-04-10 from 10.0.0.1] * (100/-) [AS65001i]',
      '\tvia 10.0.0.1 on eth0 mpls 100/200 onlink weight 2',
      '                     unreachable [e2 10:00:00.123 from 10.0.0.7] (100s/-) [AS65001?]',
      '10.0.0.9/32          unicast [ospf1 2026-04-10] * E2 (150/10/10000) [10.0.0.1]',
      '\tdev eth0',
      '',
      'Table roa4:',
      '10.0.0.0/8-24 AS65000  [rpki1 2026-04-10] * (100)',
      'Table vpn4:',
      '65000:1 10.0.0.0/8  unicast [edge 2026-04-10 from 10.0.0.1] * (100/-) [AS65001i]',
      '\tvia 10.0.0.1 on eth0',
      '                    unicast [e3 2026-04-10 from 10.0.0.2] (100/-) [AS65001i]',
      '\tvia 10.0.0.2 on eth0',
      'Table flow4:',
      'flow4 { dst 10.0.0.0/8; } [edge 2026-04-10 from 10.0.0.1] * (100) [AS65001i]',
      'Table master6:',
      '2001:db8::/32        unicast [edge 2026-04-10 from fe80::1] * (100) [AS65001e]',
      '\tvia fe80::1 on eth0',
    );
    const { notes } = parseBirdText(text, 'x');
    expect(notes).toEqual(['not read: 4 route(s) to no IP prefix (VPN, flow, ROA, MPLS)']);
    expect(
      rowsOf(text).map(({ prefix, best, stale = false }) => [formatPrefix(prefix), best, stale]),
    ).toEqual([
      ['10.0.0.0/24', true, false],
      ['10.0.0.0/24', false, true],
      ['10.0.0.9/32', true, false],
      ['2001:db8::/32', true, false],
    ]);
  });

  it('of what came in and what went out are of the session', () => {
    const text = lines(
      "bird> show route export table 'edge.ipv4'",
      '10.0.0.0/24          blackhole [static1 2026-04-10] * (200)',
      'bird> show route import table edge.ipv4',
      '10.0.9.0/24          unicast [edge 2026-04-10] * (100) [AS65001i]',
      '\tvia 10.0.0.1 on eth0',
    );
    expect(parseBirdText(text, 'x').routes.map(({ layer }) => layer)).toEqual(['exported', 'received']);
  });

  it('are counted in all', () => {
    const text = lines(
      '12 of 12 routes for 10 networks in table master4',
      '3 of 3 routes for 3 networks in table master6',
      'Total: 15 of 15 routes for 13 networks in 2 tables',
      '',
    );
    expect(parseBirdText(text, 'x').notes).toEqual([
      'count: Total: 15 of 15 routes for 13 networks in 2 tables',
    ]);
  });
});

describe('one command in a pod', () => {
  const kubectl = '$ kubectl exec -n calico-system calico-node-x -c calico-node -- birdcl';
  const greeting = 'BIRD v0.3.3+birdv1.6.8 ready.';
  const row = '10.244.2.0/26      via 10.0.0.2 on eth0 [Mesh_10_0_0_2 2026-11-20] * (100/0) [i]';

  it('is the question that is answered, whatever stands between', () => {
    const text = lines(
      `${kubectl} show route export Node_10_0_0_253`,
      'Defaulted container "calico-node" out of: calico-node, upgrade-ipam (init)',
      greeting,
      'Access restricted',
      row,
      `${kubectl} show route noexport Node_10_0_0_253`,
      greeting,
      row,
    );
    const { routes, notes } = parseBirdText(text, 'x');
    expect(routes).toMatchObject([{ layer: 'exported', peer: '10.0.0.253', rows: [{}] }]);
    expect(routes).toHaveLength(1);
    expect(notes).toEqual([expect.stringContaining('noexport Node_10_0_0_253" was not read')]);
  });

  it.each(['...', '[...]', '<snip>', '…', '[output omitted]'])(
    'shown in part (%s) is read, and said not to be whole',
    (mark) => {
      const other = row.replace('.2.0/26', '.3.0/26');
      expect(refusal(lines(greeting, row, mark, other))).toMatchObject({
        line: 3,
        read: { routes: [{ rows: [{}, {}] }] },
      });
    },
  );

  it('in a recorded terminal is read as it was seen', () => {
    const text = `${kubectl} show route\r\n${greeting}\r\n\x1b[0m${row.replace(' via', '\x1b[32m via\x1b[0m')}\r\n`;
    expect(rowsOf(text)).toMatchObject([{ nextHops: [{ address: '10.0.0.2' }] }]);
  });
});

describe('reply codes', () => {
  it('that end a reply end it, and messages in between are none of it', () => {
    const text = lines(
      '0001 BIRD v0.3.3+birdv1.6.8 ready.',
      '0016 Access restricted',
      `2002-${heading}`,
      '1002-Mesh_10_0_0_2 BGP      master   wait   23:00:55    Established   ',
      '+1002 a message of its own',
      ' Node_10_0_0_253_port_1179 BGP      master   start  23:00:55    Active        Socket: Connection reset by peer',
      '0000 ',
      '1007-192.168.99.0/26    unreachable [Mesh_10_0_0_2 23:00:55 from 10.0.0.2] * (100/-) [i]',
      '                     prohibited [static1 23:00:55] ! (200)',
      '+x',
      ' 10.60.0.0/16       multipath [kernel1 23:00:53] * (10)',
      ' \tvia 10.50.0.2 on calix0 weight 1',
      ' \tvia 10.50.0.3 on calix0 weight 2',
      '0000 ',
      '0014 17 of 17 routes for 16 networks',
      '8001 Network not in table',
      '8003 No protocols match',
      '8005 Protocol is down',
      '8007 Access denied',
      '9001 syntax error',
      '9002 Mesh_x is not a protocol',
      '0009 Mesh_x: disabled',
      '1018-BIRD memory usage',
      ' Routing tables:     12 kB',
      '0000 ',
    );
    const { sessions, notes } = parseBirdText(text, 'x');
    expect(sessions.map(({ name, state, protocolState }) => [name, state, protocolState])).toEqual([
      ['Mesh_10_0_0_2', 'established', 'wait'],
      ['Node_10_0_0_253_port_1179', 'active', 'start'],
    ]);
    expect(rowsOf(text)).toMatchObject([
      { discard: true, unusable: true, from: '10.0.0.2' },
      { discard: true, unusable: true, protocol: 'static' },
      { nextHops: [{ address: '10.50.0.2' }, { address: '10.50.0.3' }] },
    ]);
    for (const code of [8001, 8003, 8005, 8007, 9001, 9002]) {
      expect(notes.filter((note) => note.includes(`answered "${code} `))).toHaveLength(1);
    }
    expect(notes).toContain('count: 17 of 17 routes for 16 networks');
  });
});

describe('calicoctl node status that lost its line ends', () => {
  const table = (...rows: string[]) => {
    const border = '+--------------+---------------+-------+------------+-------------+';
    return [border, '| PEER ADDRESS | PEER TYPE | STATE | SINCE | INFO |', border, ...rows, border].join(' ');
  };
  const row = (peer: string, info = 'Established') =>
    `| ${peer} | node specific | up | 2021-02-16 | ${info} |`;
  const head = '[root@node1 calico]# calicoctl node status Calico process is running. IPv4 BGP status';
  const none6 = 'IPv6 BGP status No IPv6 peers found.';
  const peers = (text: string) =>
    parseBirdText(text, 'x').sessions.map(({ peerAddress, state, lastError = '' }) =>
      `${peerAddress} ${state} ${lastError}`.trim(),
    );

  it('is read row by row, and what follows on the next line is no part of it', () => {
    const text = `${head} ${table(row('172.20.0.12'), row('172.20.0.254'))} ${none6}\nAs you can see, all is well.\n`;
    const { sessions, notes } = parseBirdText(text, 'x');
    expect(sessions).toMatchObject([
      { peerAddress: '172.20.0.12', state: 'established', kind: 'node', afi: 'ipv4' },
      { peerAddress: '172.20.0.254', state: 'established', kind: 'node', afi: 'ipv4' },
    ]);
    expect(notes).toEqual(['No IPv6 peers found.', expect.stringContaining('line 2: "As you can see')]);
  });

  it('has both families, wrapped cells and empty ones', () => {
    const wrapped = `${row('10.4.0.1', 'Active Socket: Connection').replace(' up ', ' start ')} | | | | | refused |`;
    const down = '| fd00::1 | global | down | 12:00:00 | |';
    expect(peers(`${head} ${table(wrapped, row('10.4.0.2'))} IPv6 BGP status ${table(down)}`)).toEqual([
      '10.4.0.1 active Socket: Connection refused',
      '10.4.0.2 established',
      'fd00::1 idle',
    ]);
  });

  it('has no peers at all', () => {
    const text = `${head} No IPv4 peers found. ${none6}`;
    expect(parseBirdText(text, 'x')).toMatchObject({
      sessions: [],
      notes: ['No IPv4 peers found.', 'No IPv6 peers found.'],
    });
  });

  it('that was cut in a row says which', () => {
    const whole = `${head} ${table(row('172.20.0.12'), row('172.20.0.254'))}`;
    const cut = `line one\n${whole.slice(0, whole.lastIndexOf('| up'))}`;
    expect(refusal(cut)).toMatchObject({
      name: 'ParseError',
      line: 2,
      message: expect.stringContaining('"| 172.20.0.254 | node specific" is no row of calicoctl node status'),
    });
  });
});
