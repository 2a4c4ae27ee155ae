// `parse --bird FILE`: our captures against BIRD's own counts, other people's captures and the results that their authors
// expect, saved text of every form, and captures with random damage.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBirdText } from '../../../src/collectors/nodes/bird-parse.ts';
import { cutText } from '../../../src/collectors/nodes/bird-text.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import { because } from '../../because.ts';
import { hasShared, ownCaptures, readOwn, readReference, readShared } from './fixtures.ts';

/** A raw transcript as birdc prints it: prompts for commands, no codes, one blank less on continued lines. */
function asBirdcPrints(raw: string): string {
  return raw
    .replace(/^>>> /gm, 'bird> ')
    .replace(/^0001 (BIRD \S+ ready\.)$/gm, '$1')
    .replace(/^0000 $/gm, '')
    .replace(/^(?:\d{4}[- ]| )/gm, '');
}

describe('our captures', () => {
  const captures = ownCaptures();

  it('are there', () => {
    expect(captures.length).toBeGreaterThan(6);
  });

  it.each(captures)('%s is read whole', (capture) => {
    expect(() => parseBirdText(readOwn(capture), capture)).not.toThrow();
  });

  it.each(captures.filter((name) => name.startsWith('1.6/')))(
    '%s holds as many routes as BIRD counts',
    (capture) => {
      const text = readOwn(capture);
      const counted = /^0014 (\d+) of \d+ routes/m.exec(text)?.[1];
      const local = parseBirdText(text, capture).routes.find(({ layer }) => layer === 'local');
      expect(counted).toBeDefined();
      expect(local?.rows).toHaveLength(Number(counted));
    },
  );

  it.each(captures.filter((name) => name.startsWith('1.6/')))(
    '%s sends what its session counts',
    (capture) => {
      const { sessions, routes } = parseBirdText(readOwn(capture), capture);
      for (const { peer, rows } of routes.filter(({ layer }) => layer === 'exported')) {
        expect(rows).toHaveLength(sessions.find((one) => one.peerAddress === peer)?.prefixesAdvertised ?? -1);
      }
    },
  );

  it.each(captures.filter((name) => /^(?:1\.6|2\.0)/.test(name)))(
    '%s says the same as birdc prints it',
    (capture) => {
      const raw = parseBirdText(readOwn(capture), capture);
      const printed = parseBirdText(asBirdcPrints(readOwn(capture)), capture);
      expect(printed.sessions).toEqual(raw.sessions);
      // An error that ended a reply is no line of its own any more, so an empty listing may be one fewer.
      const withRows = (parsed: typeof raw) => parsed.routes.filter(({ rows }) => rows.length > 0);
      expect(withRows(printed)).toEqual(withRows(raw));
    },
  );

  it('tell what was not read', () => {
    const { notes } = parseBirdText(readOwn('own/out.txt'), 'out.txt');
    expect(notes).toContain('status: BIRD 1.6.8');
    expect(notes).toContain('"bogus cmd": BIRD answered "9001 syntax error"');
    expect(notes).toContain('"show memory" was not read');
  });

  it('mark the routes of a silent peer as stale', () => {
    const text = readOwn('1.6/stale-node1.txt');
    const local = parseBirdText(text, 'x').routes.find(({ layer }) => layer === 'local');
    const stale = local?.rows.filter((row) => row.stale);
    expect(stale?.length).toBeGreaterThan(0);
    expect(stale?.every(({ from }) => from === '172.20.0.12')).toBe(true);
    expect(local?.rows.some((row) => row.from === '172.20.0.12' && !row.stale)).toBe(false);
  });

  it('name layer and peer of what is exported and received', () => {
    const { routes } = parseBirdText(readOwn('own/out.txt'), 'x');
    const exported = routes.find(({ layer }) => layer === 'exported');
    expect(exported?.peer).toBe('10.0.0.254');
    expect(exported?.rows.map(({ prefix }) => formatPrefix(prefix))).toEqual([
      '192.168.99.0/26',
      '10.101.0.101/32',
      '192.168.10.0/26',
      '192.168.10.5/32',
      '10.101.0.0/16',
      '192.168.221.64/26',
    ]);
    expect(routes.find(({ layer }) => layer === 'received')).toMatchObject({ peer: '10.0.0.2' });
  });
});

describe.skipIf(!hasShared)(
  because(!hasShared, 'captures of others', 'needs the public captures in ../shared'),
  () => {
    const calico = 'calico-bird/projectcalico__calico/node/pkg/status/populators';
    const brief = (path: string) =>
      parseBirdText(readShared(path), path).sessions.map(
        ({ peerAddress, state, kind, peerAsn }) => `${peerAddress} ${state} ${kind ?? '-'} ${peerAsn}`,
      );

    // Expected by calico's own peers_test.go.
    it.each([
      [
        'peers_test.go.block01.txt',
        [
          '172.17.8.102 established mesh null',
          '172.17.8.103 established global null',
          '172.17.8.104 idle node null',
        ],
      ],
      ['peers_test.go.block02.txt', ['172.17.8.102 established - 65530']],
      ['peers_test.go.block03.txt', ['172.17.8.103 established - 65530']],
      ['peers_test.go.block04.txt', ['172.17.8.104 opensent - 65530']],
      ['peers_test.go.block07.txt', ['2001:20::8 established mesh null']],
      ['peers_test.go.block08.txt', ['2001:20::8 established - 65530']],
    ])('calico %s', (file, expected) => {
      expect(brief(`${calico}/${file}`)).toEqual(expected);
    });

    it.each([
      ['peers_test.go.block05.txt', 2, "a heading that is not BIRD's"],
      ['peers_test.go.block06.txt', 5, 'a listing that ends in an error'],
    ])('calico %s is refused: %s', (file, line) => {
      const path = `${calico}/${file}`;
      expect(() => parseBirdText(readShared(path), file)).toThrow(
        expect.objectContaining({ name: 'ParseError', line }),
      );
    });

    it('calico bird_status_test.go is a status', () => {
      const path = `${calico}/bird_status_test.go.block01.txt`;
      expect(parseBirdText(readShared(path), 'x').notes[0]).toBe('status: BIRD v0.3.3+birdv1.6.8');
    });

    it('birdwatcher: a session with error lines at odd indentation, and pipes around it', () => {
      const path = 'bird/alice-lg__birdwatcher/test/protocols_bgp_pipe.sample';
      expect(parseBirdText(readShared(path), path).sessions).toEqual([
        {
          name: 'R194_42',
          peerAddress: '172.31.194.42',
          peerAsn: 1764,
          localAsn: null,
          localAddress: '172.31.192.157',
          description: 'Nada Co',
          state: 'established',
          afi: 'ipv4',
          vrf: 'default',
          prefixesReceived: 710,
          prefixesAccepted: 710,
          prefixesAdvertised: 154998,
          routeChanges: {
            importUpdates: [710, 0, 0, 0, 710],
            importWithdraws: [0, 0, null, 0, 0],
            exportUpdates: [172_100, 710, 0, null, 171_390],
            exportWithdraws: [0, null, null, null, 0],
          },
          lastError: 'Socket: Connection closed',
          protocolState: 'up',
        },
      ]);
    });

    it('birdwatcher: eleven sessions in a short listing, one with an error', () => {
      const path = 'bird/alice-lg__birdwatcher/test/protocols_short.sample';
      const { sessions, notes } = parseBirdText(readShared(path), path);
      expect(sessions).toHaveLength(11);
      expect(sessions.filter(({ state }) => state === 'established')).toHaveLength(9);
      expect(sessions.find(({ name }) => name === 'R194_205')).toMatchObject({
        state: 'idle',
        lastError: 'BGP Error: Bad peer AS',
      });
      expect(notes).toContain(
        'no neighbor address in the text for 11 of the sessions: "show protocols all" has it',
      );
    });

    it.each([
      ['bird/alice-lg__birdwatcher/test/routes_bird1_ipv4.sample', 4, 3],
      ['bird/alice-lg__birdwatcher/test/routes_bird3_ipv4.sample', 4, 3],
      ['bird/alice-lg__birdwatcher/test/routes_bird1_ipv6.sample', 3, 2],
      ['bird/xddxdd__bird-lg-go/frontend/test_data/bgpmap_case1.txt', 15, 1],
    ])('%s: %i routes, %i of them best', (path, count, best) => {
      const [listing] = parseBirdText(readShared(path), path).routes;
      expect(listing?.rows).toHaveLength(count);
      expect(listing?.rows.filter((row) => row.best)).toHaveLength(best);
      expect(listing?.rows.every(({ protocol, asPath, from }) => protocol === 'bgp' && asPath && from)).toBe(
        true,
      );
    });

    it('a route of BIRD 3', () => {
      const path = 'bird/alice-lg__birdwatcher/test/routes_bird3_ipv4.sample';
      expect(parseBirdText(readShared(path), path).routes[0]?.rows[1]).toMatchObject({
        nextHops: [{ address: '1.2.3.15', interface: 'eno7' }],
        asPath: '1339',
        localPref: 100,
        communities: '65011:40 9033:3251 9033:65666:12 9033:65666:9',
      });
    });

    it('a terminal session with birdcl in a Calico pod', () => {
      const path =
        'calico-bird/ddella__Kubernetes-Cluster/201-Calico/00-Install-Calico-Kube-Proxy.md.block04.txt';
      const { routes, notes } = parseBirdText(readShared(path), path);
      expect(routes[0]?.rows).toHaveLength(25);
      expect(notes).toHaveLength(1); // The completion list of the shell.
    });

    it('the reference article, whose tables have lost their line ends', () => {
      const text = readReference('000_da8e045ed104792b.txt');
      const shown = text.split('\n').filter((line) => line.includes('calicoctl node status Calico'));
      // Before the peers are configured one node shows that it has none; then all six show their sessions.
      const racks = ['172.20.0', '173.20.0'].map((net) =>
        ['12 13 254', '11 13 254', '11 12'].map((hosts) => hosts.split(' ').map((host) => `${net}.${host}`)),
      );
      const read = shown.map((line) => parseBirdText(line, 'x').sessions);
      expect(read.map((sessions) => sessions.map(({ peerAddress }) => peerAddress))).toEqual([
        [],
        ...racks.flat(),
      ]);
      for (const session of read.flat())
        expect(session).toMatchObject({ state: 'established', kind: 'node', afi: 'ipv4', peerAsn: null });
      // The whole article holds them, too, among much else.
      const whole = parseBirdText(text, 'x');
      expect(new Set(whole.sessions.map(({ peerAddress }) => peerAddress))).toEqual(new Set(racks.flat(2)));
    });

    it('calicoctl node status', () => {
      const folder = 'calico-bird/ddella__Kubernetes-Cluster/201-Calico';
      expect(brief(`${folder}/BGP_peering_not_established.md.block01.txt`)).toHaveLength(4);
      const paths = [1, 4].map((n) => `${folder}/BGP_peering_not_established.md.block0${n}.txt`);
      const all = paths.flatMap((path) => brief(path));
      expect(all).toContain('10.250.12.185 connect mesh null');
      expect(all).toContain('10.250.12.185 established mesh null');
      expect(all).toContain('10.250.12.1 established node null');
    });
  },
);

describe('forms', () => {
  const heading = 'name     proto    table    state  since       info';

  it('takes several answers after each other, at any prompt', () => {
    const text = [
      '$ kubectl exec -n calico-system calico-node-x -- birdcl -s /var/run/calico/bird.ctl show protocols',
      'BIRD v0.3.3+birdv1.6.8 ready.',
      heading,
      'Node_10_0_0_1 BGP      master   up     12:00:00    Established   ',
      '/ # birdcl',
      'BIRD v0.3.3+birdv1.6.8 ready.',
      'bird> show route export Node_10_0_0_1',
      '10.1.0.0/16        blackhole [static1 12:00:00] * (200)',
      'bird> quit',
      '/ # ',
    ].join('\r\n');
    const { sessions, routes } = parseBirdText(text, 'x');
    expect(sessions).toMatchObject([{ peerAddress: '10.0.0.1', state: 'established' }]);
    expect(routes).toMatchObject([{ layer: 'exported', peer: '10.0.0.1', rows: [{ protocol: 'static' }] }]);
  });

  it('takes a table of calicoctl with a configured port and a session that is down', () => {
    const text = [
      'IPv4 BGP status',
      '+----------------+---------------+-------+------------+--------------------------------+',
      '|  PEER ADDRESS  |   PEER TYPE   | STATE |   SINCE    |              INFO              |',
      '+----------------+---------------+-------+------------+--------------------------------+',
      '| 10.0.0.1.port.179 | global     | start | 2026-01-02 | Active Socket: Connection refused |',
      '| fd00::1        | node specific | down  | 12:00:00   |                                |',
      '+----------------+---------------+-------+------------+--------------------------------+',
    ].join('\n');
    expect(parseBirdText(text, 'x').sessions).toMatchObject([
      { peerAddress: '10.0.0.1', kind: 'global', state: 'active', lastError: 'Socket: Connection refused' },
      { peerAddress: 'fd00::1', kind: 'node', state: 'idle', adminDown: true, afi: 'ipv6' },
    ]);
  });

  it.each([
    ['', 1],
    ['hello\nworld', 1],
    ['x'.repeat(10_000), 1],
    [`2002-${heading}\n1002-a        BGP      master   up     12:00:00    Established`, 2], // No last line: cut.
    [`2002-${heading}\nKernel panic`, 2],
    ['1007-10.1.0.0/16        blackhole [static1 12:00:00] * (200)\n8004 Stopped due to reconfiguration', 2],
    [
      '| PEER ADDRESS | PEER TYPE | STATE | SINCE | INFO |\n| 10.0.0.x | global | up | 12:00:00 | Established |',
      2,
    ],
  ])('refuses %j', (text, line) => {
    expect(() => parseBirdText(text, 'x')).toThrow(expect.objectContaining({ name: 'ParseError', line }));
  });
});

describe('damage', () => {
  const texts = ownCaptures().map((name) => readOwn(name));
  const all = hasShared
    ? [...texts, readShared('bird/alice-lg__birdwatcher/test/routes_bird1_ipv6.sample')]
    : texts;

  type Damage = { readonly at: number; readonly how: number; readonly text: string };

  function damage(text: string, { at, how, text: insert }: Damage): string {
    const i = at % (text.length + 1);
    const end = Math.min(text.length, i + (how % 40));
    switch (how % 5) {
      case 0:
        return text.slice(0, i);
      case 1:
        return text.slice(0, i) + text.slice(end);
      case 2:
        return text.slice(0, i) + insert + text.slice(i);
      case 3:
        return text.slice(0, i) + insert + text.slice(end);
      default:
        return text.slice(0, end) + text.slice(i);
    }
  }

  it('is read or refused with a ParseError, soon', () => {
    const insert = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '\n',
        '[',
        ']',
        '0000 \n',
        '9001 x\n',
        ' ',
        '\t',
        '>>> ',
        '8000-<line overflow>\n',
        '\n\n',
        '@'.repeat(5000),
      ),
    );
    const step = fc.record({ at: fc.nat(), how: fc.nat({ max: 999 }), text: insert });
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.array(step, { minLength: 1, maxLength: 4 }), (text, steps) => {
        const damaged = steps.reduce(damage, text);
        const started = performance.now();
        try {
          parseBirdText(damaged, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
          expect((error as ParseError).line).toBeGreaterThan(0);
        }
        expect(performance.now() - started).toBeLessThan(2000);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('never makes a raw listing shorter in silence: cut anywhere, it is refused', () => {
    const text = readOwn('own/out.txt');
    const start = text.indexOf('>>> show route all');
    const listing = text.slice(start, text.indexOf('\n0000 ', start) + 1);
    expect(cutText(`${listing}0000 \n`, 'x').answers).toHaveLength(1);
    fc.assert(
      fc.property(fc.integer({ min: 25, max: listing.length - 1 }), (length) => {
        expect(() => parseBirdText(listing.slice(0, length), 'x')).toThrow(ParseError);
      }),
      { numRuns: 200 },
    );
  });

  it('of a line in the middle of a listing is refused or leaves all other routes', () => {
    const text = readOwn('own/out.txt');
    const start = text.indexOf('>>> show route\n');
    const lines = text.slice(start, text.indexOf('\n0000 ', start) + 6).split('\n');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: lines.length - 2 }),
        fc.string({ maxLength: 20 }),
        (i, garbage) => {
          const broken = lines.with(i, ` ${garbage}`).join('\n');
          try {
            const rows = parseBirdText(broken, 'x').routes[0]?.rows.length ?? 0;
            // 17 routes; a lost line that was blanked out takes one with it only where nothing tells.
            expect(rows).toBeGreaterThanOrEqual(garbage.trim() === '' ? 15 : 17);
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
          }
        },
      ),
    );
  });
});
