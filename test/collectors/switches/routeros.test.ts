// The RouterOS driver: other people's captures in place, hand-written ones of versions 6 and 7 for what those lack, damaged
// ones, and the choice between the versions through a real SSH server.

import { afterEach, describe, expect, it } from 'vitest';
import { routeros } from '../../../src/collectors/switches/routeros.ts';
import { sshCollector } from '../../../src/collectors/switches/ssh.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { because } from '../../because.ts';
import { answer, optionsFor, sshServer } from '../../transport/ssh-server.ts';
import {
  damaged,
  ownText,
  records,
  routesIn,
  sessionsIn,
  sharedPresent,
  sharedText,
} from './vrp-like-captures.ts';

const ntc = 'mikrotik-ros/networktocode__ntc-templates/tests/mikrotik_routeros';
const peers = '/routing bgp peer print status without-paging';
const session = '/routing bgp session print';
const terse = '/ip route print terse without-paging';

describe.skipIf(!sharedPresent('mikrotik-ros'))(
  because(
    !sharedPresent('mikrotik-ros'),
    'captures of real routers',
    'needs the public captures in ../shared',
  ),
  () => {
    it.each([
      ['routing_bgp_peer_print_status_without-paging', '', ['4758576', '4758583']],
      ['routing_bgp_peer_print_status_without-paging', '_2', ['3287568', '-']],
      ['routing_bgp_peer_print_status', '', ['-']],
    ])('reads %s%s as ntc-templates does', (folder, number, seconds) => {
      const file = `${ntc}/${folder}/mikrotik_routeros_${folder}${number}`;
      const { sessions } = routeros.parse(peers, sharedText(`${file}.raw`));
      // One of the results names its columns differently.
      const expected = records(`${file}.yml`).map((row) => [
        row.remote_address ?? row.bgp_neighbor,
        row.remote_as ?? row.neighbor_as,
        row.state,
        row.prefix_count || undefined,
        row.local_address || undefined,
      ]);
      expect(
        sessions.map(({ peerAddress, peerAsn, state, prefixesReceived, localAddress }) => [
          peerAddress,
          String(peerAsn),
          state,
          prefixesReceived === undefined ? undefined : String(prefixesReceived),
          localAddress,
        ]),
      ).toEqual(expected);
      expect(sessions.map(({ establishedSeconds }) => String(establishedSeconds ?? '-'))).toEqual(seconds);
    });

    it.each(['IPv4', 'IPv6'])('reads routes as ntc-templates does, %s', (name) => {
      const file = `${ntc}/ip_route_print_terse/mikrotik_routeros_ip_route_print_terse${name}`;
      const rows = routeros.parse(terse, sharedText(`${file}.raw`)).routes.flatMap((table) => table.rows);
      const expected = records(`${file}.yml`);
      expect(rows.map(({ prefix, best }) => [prefix, best])).toEqual(
        expected.map((row) => [parsePrefix(row.dst_address ?? ''), row.flags?.includes('A')]),
      );
      // Of two gateways one does not answer: the other carries the traffic.
      const gateways = expected.map((row) => row.gateway?.replace('185.138.116.222,', ''));
      expect(
        rows.map(({ nextHops }) => nextHops.map((hop) => hop.address ?? hop.interface).join(',')),
      ).toEqual(gateways);
    });

    it('reads a session of version 7, keys without their beginning included', () => {
      const text = sharedText('mikrotik-ros/transcribed/ros7-antifilter.routing_bgp_session_print.txt');
      expect(routeros.parse(session, text).sessions).toEqual([
        {
          peerAddress: '45.148.244.55',
          peerAsn: 65444,
          localAsn: 64999,
          state: 'established',
          afi: 'ipv4',
          vrf: 'default',
          localAddress: '192.168.88.1',
          description: 'antifilter_bgp-1',
          establishedSeconds: 181,
          prefixesReceived: 19725,
        },
      ]);
    });
  },
);

const v7 = ownText('mikrotik-routeros/v7.txt');
const v7Routes = ownText('mikrotik-routeros/v7-routes.txt');
const v6 = ownText('mikrotik-routeros/v6.txt');
const sessions7 = [
  'default 192.0.2.11 4200000701 established 126',
  'default 192.0.2.12 64512 idle -',
  'default 2001:db8:20::13 64512 idle (admin down) -',
  'red 192.0.2.11 64512 idle -',
];

describe('hand-written captures', () => {
  it('reads version 7: a connection without a session is down, a range of peers is none', () => {
    const parsed = routeros.parse(session, v7);
    expect(sessionsIn(parsed)).toEqual(sessions7);
    expect(parsed.sessions[0]).toMatchObject({
      description: 'node 1',
      localAddress: '192.0.2.4',
      localAsn: 65012,
      establishedSeconds: (9 * 24 + 3) * 3600 + 4 * 60 + 5,
    });
    expect(parsed.notes).toEqual(['line 13: 10.233.0.0/16 is a range of peers, not one: left out']);
  });

  it('takes the VRF of a session of version 7 from its connection', () => {
    const red = `Flags: E - established 
 0 E name="red1-2" 
     remote.address=192.0.2.11 .as=64512 .id=192.0.2.11 .afi=ip .messages=4 .bytes=76 .eor="" 
     local.address=192.0.2.5 .as=65012 .id=192.0.2.5 .afi=ip .messages=4 .bytes=76 .eor="" 
     hold-time=1m30s keepalive-time=30s uptime=3m4s190ms prefix-count=7 
`;
    const connections = v7.split('\n').slice(1, 13).join('\n');
    expect(sessionsIn(routeros.parse(session, `${connections}\n${red}`))).toEqual([
      'red 192.0.2.11 64512 established 7',
      'default 192.0.2.11 4200000701 idle -',
      'default 192.0.2.12 64512 idle -',
      'default 2001:db8:20::13 64512 idle (admin down) -',
    ]);
  });

  it('does not know the state of a connection when sessions were not asked for', () => {
    const connections = v7.split('\n').slice(1, 13).join('\n');
    const { sessions } = routeros.parse('/routing bgp connection print detail', connections);
    expect(sessions.map(({ state }) => state)).toEqual([null, null, 'idle', null]);
  });

  it('reads routes of version 7: two next hops, a candidate, a blackhole, another table', () => {
    const parsed = routeros.parse(terse, v7Routes);
    expect(routesIn(parsed)).toEqual([
      '*0.0.0.0/0 static 198.51.100.5%ether1',
      '*10.233.64.0/24 bgp 192.0.2.11%vlan20 192.0.2.12%vlan20',
      '10.233.64.0/24 bgp 192.0.2.13%vlan20'.padStart(37),
      '*192.0.2.0/24 connected vlan20',
      '*10.233.0.0/16 static',
      '10.8.0.0/24 static 192.0.2.18'.padStart(30),
    ]);
    expect(routesIn(parsed, 'installed', 'red')).toEqual(['*10.9.0.0/24 bgp 192.0.2.19%vlan40']);
    const rows = parsed.routes.flatMap((table) => table.rows);
    expect(rows.filter(({ discard }) => discard)).toHaveLength(1);
    expect(rows.filter(({ unusable }) => unusable)).toHaveLength(1);
  });

  it('reads version 6: a comment that looks like a value, columns, further gateways, details', () => {
    const parsed = routeros.parse(peers, v6);
    expect(sessionsIn(parsed)).toEqual([
      'default 192.0.2.11 4200000701 established 126',
      'default 2001:db8:20::12 64512 active -',
      'default 192.0.2.13 64512 idle (admin down) -',
    ]);
    expect(parsed.sessions[1]).toMatchObject({ description: 'node 2, rack=b', afi: 'ipv6' });
    expect(routesIn(parsed)).toEqual([
      '*0.0.0.0/0 static 198.51.100.5',
      '*10.233.64.0/24 bgp 192.0.2.11 192.0.2.12',
      '*192.0.2.0/24 connected vlan20',
      '*10.233.0.0/16 static',
      '*10.233.65.0/26 bgp 192.0.2.11%vlan20',
    ]);
    expect(parsed.routes[0]?.rows.at(-1)).toMatchObject({ asPath: '64512 64513', localPref: 100 });
  });

  it('reads columns with a comment above the cells', () => {
    const text = [
      'Flags: X - disabled, E - established ',
      ' #   INSTANCE                          REMOTE-ADDRESS                        REMOTE-AS  ',
      ' 0 E ;;; node 1',
      '     default                           192.0.2.11                            64512      ',
      ' 1 E default                           192.0.2.12                            4200000701 ',
    ].join('\n');
    expect(sessionsIn(routeros.parse('/routing bgp peer print', text))).toEqual([
      'default 192.0.2.11 64512 established -',
      'default 192.0.2.12 4200000701 established -',
    ]);
  });

  it('tells an empty list from no answer', () => {
    expect(routeros.parse(peers, 'Flags: X - disabled, E - established \n').sessions).toEqual([]);
    expect(() => routeros.parse(peers, '[admin@r] > \n')).toThrow('the answer is empty');
    expect(() => routeros.parse(peers, 'bad command name peer (line 1 column 14)\n')).toThrow(
      'the device says: "bad command name peer (line 1 column 14)"',
    );
  });

  it('refuses lists from which an item is gone', () => {
    const lines = v7Routes.split('\n');
    // Items without a number cannot be counted: of the numbered ones the second may not be missing.
    expect(() => routeros.parse(terse, lines.toSpliced(6, 1).join('\n'))).toThrow(
      'item 2 follows item 0: items are missing',
    );
    const status = v6.slice(0, v6.indexOf('[admin@leaf05] > /ip'));
    expect(() => routeros.parse(peers, status.replace(/^ 1 {3};;;[\s\S]*?\n\n/m, ''))).toThrow(ParseError);
    expect(() => routeros.parse(peers, status.slice(0, status.indexOf('used-hold-time')))).toThrow(
      'has no state',
    );
  });

  it('only ever reads or refuses damaged captures', () => {
    for (const text of [v7, v7Routes, v6]) {
      // A damaged address parts a connection from its session.
      const whole = routeros.parse(session, text).sessions.length + 1;
      for (const { sessions } of damaged(routeros, session, text))
        expect(sessions.length).toBeLessThanOrEqual(whole);
    }
  });
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe('by exec', () => {
  const body = (text: string, part: number) =>
    (text.split(/^\[admin.*\n/m)[part] ?? '').replace(/\n$/, '\r\n');

  /** A router that knows some commands and refuses the rest as RouterOS does. */
  async function collect(known: Record<string, string>) {
    const server = await sshServer({
      exec: (command, channel) => {
        const said = Object.entries(known).find(([start]) => command.startsWith(start))?.[1];
        answer(channel, said ?? 'bad command name (line 1 column 14)\r\n', said === undefined ? 1 : 0);
      },
    });
    closers.push(() => server.close());
    const collector = sshCollector({
      device: 'leaf04',
      driver: routeros,
      connection: optionsFor(server.port),
      commandTimeoutMs: 5000,
      maxOutputBytes: 1_000_000,
      now: () => 1_700_000_000_000,
    });
    closers.push(() => collector.close());
    const query = { prefixes: [], ranges: [parsePrefix('10.233.0.0/16')] };
    return collector.collect(query, new AbortController().signal);
  }

  const read = (collected: Awaited<ReturnType<typeof collect>>) => {
    if (!collected.sessions.ok) throw new Error(collected.sessions.error.message);
    return sessionsIn({ sessions: collected.sessions.value, routes: [], notes: [] });
  };

  it('reads a router of version 7', async () => {
    const collected = await collect({
      '/routing bgp connection': body(v7, 1),
      '/ip route': body(v7Routes, 1),
    });
    expect(read(collected)).toEqual(sessions7);
    if (!collected.routes.ok) throw new Error(collected.routes.error.message);
    const [view] = collected.routes.value;
    expect(view?.table.rowsOf(parsePrefix('10.233.64.0/24'))).toHaveLength(2);
    // In the table of VRF red only.
    expect(view?.table.has(parsePrefix('10.9.0.0/24'))).toBe(false);
  });

  it('reads a router of version 6', async () => {
    const collected = await collect({ '/routing bgp peer': body(v6, 1), '/ip route': body(v7Routes, 1) });
    expect(read(collected)).toHaveLength(3);
  });

  it('says so when neither version answers', async () => {
    const { sessions, routes } = await collect({ '/ip route': body(v7Routes, 1) });
    expect(sessions).toMatchObject({ ok: false, error: { kind: 'parse' } });
    if (!sessions.ok) expect(sessions.error.message).toMatch(/RouterOS 7 and RouterOS 6: .*bad command name/);
    expect(routes.ok).toBe(true);
  });
});
