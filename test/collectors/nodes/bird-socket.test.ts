// The BIRD collector against a server that talks like BIRD on a real unix socket: what it asks, that every reading fails
// by itself, and how each kind of misbehaviour ends.
import { afterEach, describe, expect, it } from 'vitest';
import { birdCapabilities } from '../../../src/collectors/nodes/bird-capabilities.ts';
import { type BirdSocketOptions, birdSocketCollector } from '../../../src/collectors/nodes/bird-socket.ts';
import type { CollectQuery } from '../../../src/model/collector.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import type { Reading } from '../../../src/model/reading.ts';
import { RouteTable } from '../../../src/model/route-table.ts';
import { type FakeBird, type FakeBirdOptions, startFakeBird } from './fake-bird.ts';

const status = [
  '1000-BIRD 1.6.8',
  '1011-Router ID is 10.0.0.1',
  ' Current server time is 2026-11-22 23:01:18',
  ' Last reboot on 2026-11-22 23:00:53',
  ' Last reconfiguration on 2026-11-22 23:00:58',
  '0013 Daemon is up and running',
  '',
].join('\n');

const row = (name: string, state: string, info: string) =>
  `1002-${name} BGP      master   ${state}     23:00:55    ${info}\n`;
const detail = (peer: string, routes = '') =>
  `1006-  Preference:     100\n${routes === '' ? '' : `   Routes:         ${routes}\n`}   BGP state:          ${routes === '' ? 'Active' : 'Established'}\n     Neighbor address: ${peer}\n     Neighbor AS:      65009\n \n`;
const up = '2 imported, 1 exported, 2 preferred';
const protocols = [
  '2002-name     proto    table    state  since       info\n',
  row('Node_10_0_0_254', 'up', 'Established   '),
  detail('10.0.0.254', up),
  row('Mesh_10_0_0_2', 'up', 'Established   '),
  detail('10.0.0.2', up),
  row('Global_10_0_0_253', 'start', 'Active        Socket: Connection refused'),
  detail('10.0.0.253'),
  '0000 \n',
].join('');

const blackhole = '10.1.0.0/26        blackhole [static1 23:00:53] * (200)';
const local = `1007-${blackhole}\n1008-\tType: static unicast univ\n1007-10.1.1.0/26       via 10.0.0.253 on eth0 [Global_10_0_0_253 23:00:53] * (100/0) [AS65009i]\n1008-\tType: BGP unicast univ\n0000 \n`;
const exported = `1007-${blackhole}\n1008-\tType: static unicast univ\n1012-\tBGP.as_path: 64512\n \tBGP.next_hop: 10.0.0.1\n0000 \n`;

/** The usual replies, with some of them replaced. */
function replies(
  other: Partial<Record<string, string | undefined>> = {},
): (command: string) => string | undefined {
  const usual: Record<string, string> = {
    restrict: '0016 Access restricted\n',
    'show status': status,
    'show protocols all': protocols,
    'show route where net ~ [10.1.0.0/16+,192.0.2.1/32] all': local,
    "show route export 'Node_10_0_0_254' where net ~ [10.1.0.0/16+,192.0.2.1/32] all": exported,
    "show route export 'Mesh_10_0_0_2' where net ~ [10.1.0.0/16+,192.0.2.1/32] all": '0000 \n',
  };
  return (command) => (command in other ? other[command] : (usual[command] ?? '9001 syntax error\n'));
}

const query: CollectQuery = {
  prefixes: [parsePrefix('10.1.0.0/26'), parsePrefix('192.0.2.1/32'), parsePrefix('fd00::/64')],
  ranges: [parsePrefix('10.1.0.0/16')],
};

const localCommand = 'show route where net ~ [10.1.0.0/16+,192.0.2.1/32] all';
const exportCommand = "show route export 'Node_10_0_0_254' where net ~ [10.1.0.0/16+,192.0.2.1/32] all";

const birds: FakeBird[] = [];

async function fake(options: FakeBirdOptions): Promise<FakeBird> {
  const bird = await startFakeBird(options);
  birds.push(bird);
  return bird;
}

afterEach(async () => {
  for (const bird of birds.splice(0)) await bird.close();
});

function collect(bird: { readonly path: string }, options: Partial<BirdSocketOptions> = {}, deadline = 5000) {
  const collector = birdSocketCollector({
    device: 'node1',
    socket: bird.path,
    now: () => 60_000,
    ...options,
  });
  return collector.collect(query, AbortSignal.timeout(deadline));
}

function value<T>(reading: Reading<T>): T {
  if (!reading.ok) throw new Error(`${reading.error.kind}: ${reading.error.message}`);
  return reading.value;
}

const failed = <T>(reading: Reading<T>) => (reading.ok ? 'ok' : reading.error.kind);

describe('a healthy node', () => {
  it('is asked to restrict first, then for what is in question and no more', async () => {
    const bird = await fake({ reply: replies() });
    await collect(bird);
    expect(bird.commands).toEqual([
      'restrict',
      'show status',
      'show protocols all',
      localCommand,
      exportCommand,
    ]);
  });

  it.each([1, 7, 100])('is read the same in pieces of %i bytes', async (chunk) => {
    const whole = await fake({ reply: replies() });
    const pieces = await fake({ reply: replies(), chunk });
    expect(await collect(pieces)).toEqual(await collect(whole));
  });

  it('gives sessions, views with their scopes, and facts', async () => {
    const { sessions, routes, facts } = await collect(await fake({ reply: replies() }));
    expect(value(sessions)).toMatchObject([
      {
        device: 'node1',
        name: 'Node_10_0_0_254',
        state: 'established',
        establishedSeconds: 23,
        prefixesAdvertised: 1,
      },
      { name: 'Mesh_10_0_0_2', state: 'established' },
      { name: 'Global_10_0_0_253', state: 'active', lastError: 'Socket: Connection refused' },
    ]);
    const scopes = [
      { kind: 'ranges', prefixes: [parsePrefix('10.1.0.0/16')] },
      { kind: 'exact', prefixes: [parsePrefix('192.0.2.1/32')] },
    ];
    const [own, sent, ...more] = value(routes);
    expect(more).toEqual([]);
    expect(own).toMatchObject({ layer: 'local', vrf: 'default', scopes, allNextHops: true });
    expect(sent).toMatchObject({ layer: 'exported', peer: '10.0.0.254', scopes });
    expect(own).not.toHaveProperty('partial');
    expect([...(sent?.table.rows() ?? [])].map(({ nextHops, asPath }) => [nextHops, asPath])).toEqual([
      [[{ address: '10.0.0.1' }], '64512'],
    ]);
    expect(facts).toEqual({
      software: 'BIRD 1.6.8',
      routerId: '10.0.0.1',
      startedAt: 35,
      reconfiguredAt: 40,
      timesWithinSeconds: 3600,
      recovering: false,
      capabilities: birdCapabilities,
    });
  });

  it('marks routes of a peer without a session as stale', async () => {
    const { routes } = await collect(await fake({ reply: replies() }));
    const rows = [...(value(routes)[0]?.table.rows() ?? [])];
    expect(rows.map(({ prefix, stale }) => [formatPrefix(prefix), stale])).toEqual([
      ['10.1.0.0/26', undefined],
      ['10.1.1.0/26', true],
    ]);
  });

  it('is asked for its mesh sessions on request', async () => {
    const bird = await fake({ reply: replies() });
    const { routes } = await collect(bird, { includeMesh: true });
    expect(value(routes).map(({ layer, peer }) => `${layer} ${peer}`)).toEqual([
      'local undefined',
      'exported 10.0.0.254',
      'exported 10.0.0.2',
    ]);
  });

  it('may say things in between that belong to no reply', async () => {
    const usual = replies();
    const chatty = (command: string) => usual(command)?.replace(/\n1002-/g, '\n+2 Something happened\n1002-');
    const quiet = await fake({ reply: usual });
    expect(await collect(await fake({ reply: chatty }))).toEqual(await collect(quiet));
  });
});

describe('a long query', () => {
  it('never sends more over one connection than BIRD holds, and restricts each', async () => {
    const bird = await fake({
      reply: (command) => (command.startsWith('show route') ? '0000 \n' : replies()(command)),
    });
    const prefixes = Array.from({ length: 300 }, (_, i) => parsePrefix(`10.9.${i >> 8}.${i & 255}/32`));
    const collector = birdSocketCollector({ device: 'node1', socket: bird.path, now: () => 0 });
    const { routes } = await collector.collect({ prefixes, ranges: [] }, AbortSignal.timeout(5000));
    expect(value(routes).map(({ layer }) => layer)).toEqual(['local', 'exported']);
    // 300 prefixes of some 12 bytes, twice: at least eight commands of at most 900 bytes.
    expect(bird.conversations.length).toBeGreaterThan(7);
    for (const said of bird.conversations) {
      expect(said.length).toBeLessThanOrEqual(1000);
      expect(said.startsWith('restrict\n')).toBe(true);
    }
    for (const { family, a, b, c, d } of prefixes) {
      const text = formatPrefix({ family, a, b, c, d, length: 32 });
      expect(
        bird.commands.filter((command) => /[[,]/.test(command) && command.split(/[[\],]/).includes(text)),
      ).toHaveLength(2);
    }
  });
});

describe('two daemons', () => {
  const status6 = status.replace('10.0.0.1', '10.0.0.6');
  const protocols6 = `2002-name     proto    table    state  since       info\n${row('Node_fd00__254', 'up', 'Established   ')}${detail('fd00::254', up)}0000 \n`;
  const six = (other: Partial<Record<string, string | undefined>> = {}) => ({
    reply: replies({
      'show status': status6.replace('0013', '0024-Graceful restart recovery in progress\n0013'),
      'show protocols all': protocols6,
      'show route where net ~ [fd00::/64] all':
        '1007-fd00::/64         blackhole [static1 23:00:53] * (200)\n1008-\tType: static unicast univ\n0000 \n',
      "show route export 'Node_fd00__254' where net ~ [fd00::/64] all": '8005 Protocol is down\n',
      ...other,
    }),
  });

  it('are one device: sessions and views of both, each asked for its own family', async () => {
    const bird6 = await fake(six());
    const { sessions, routes, facts } = await collect(await fake({ reply: replies() }), {
      socket6: bird6.path,
    });
    expect(value(sessions).map(({ afi }) => afi)).toEqual(['ipv4', 'ipv4', 'ipv4', 'ipv6']);
    expect(value(routes).map(({ layer, peer }) => `${layer} ${peer}`)).toEqual([
      'local undefined',
      'exported 10.0.0.254',
      'local undefined',
      'exported fd00::254',
    ]);
    expect(facts).toMatchObject({ routerId: '10.0.0.1', recovering: true, familiesDown: [] });
  });

  /** The view that stands for what the daemon of IPv6 would have shown: no rows, and no proof that any is missing. */
  const lost6 = (partial: unknown) => ({
    layer: 'local',
    vrf: 'default',
    table: RouteTable.of([]),
    scopes: [{ kind: 'exact', prefixes: [parsePrefix('fd00::/64')] }],
    partial,
    allNextHops: true,
  });

  it('of which one is gone: the routes of the other are kept, and nobody says that BIRD is not running', async () => {
    const { sessions, routes, facts } = await collect(await fake({ reply: replies() }), {
      socket6: '/nonexistent/bird6.ctl',
    });
    expect(facts?.familiesDown).toEqual([6]);
    const error = '/nonexistent/bird6.ctl: there is no such socket (connecting to BIRD)';
    expect(sessions).toEqual({
      ok: false,
      at: 60_000,
      error: {
        kind: 'protocol',
        message: `the BIRD of IPv6 (/nonexistent/bird6.ctl): ${error}; that of IPv4 answers`,
      },
    });
    const [local4, exported4, local6, ...more] = value(routes);
    expect(local4?.table.size).toBe(2);
    expect(exported4).toMatchObject({ layer: 'exported', peer: '10.0.0.254' });
    expect(local4).not.toHaveProperty('partial');
    expect(local6?.table.size).toBe(0);
    expect(local6).toEqual(lost6(`the BIRD of IPv6 (/nonexistent/bird6.ctl) cannot be read: ${error}`));
    expect(more).toEqual([]);
  });

  it('that are both gone are a node without BIRD', async () => {
    const collected = await collect({ path: '/nonexistent/bird.ctl' }, { socket6: '/nonexistent/bird6.ctl' });
    for (const reading of [collected.sessions, collected.routes]) {
      expect(reading).toMatchObject({
        ok: false,
        error: {
          kind: 'not-found',
          message: expect.stringMatching(
            /^the BIRD of IPv4 .*; the BIRD of IPv6 \(\/nonexistent\/bird6\.ctl\): /,
          ),
        },
      });
    }
  });

  it('of which one is gone and one hangs are not known to be gone', async () => {
    const hanging = await fake({ greeting: '', reply: () => undefined });
    const { sessions, routes } = await collect(hanging, { socket6: '/nonexistent/bird6.ctl' }, 200);
    expect([failed(sessions), failed(routes)]).toEqual(['timeout', 'timeout']);
  });

  it('keep their sessions when the routes of one cannot be read', async () => {
    const bird6 = await fake(six({ 'show route where net ~ [fd00::/64] all': '9001 syntax error\n' }));
    const { sessions, routes } = await collect(await fake({ reply: replies() }), { socket6: bird6.path });
    expect(value(sessions)).toHaveLength(4);
    expect(value(routes)).toHaveLength(3);
    expect(value(routes)[2]).toEqual(lost6(expect.stringContaining('9001 syntax error')));
  });
});

describe('BIRD 2 on one socket', () => {
  it('is asked for both families', async () => {
    const bird = await fake({
      greeting: '0001 BIRD 2.0.12 ready.\n',
      reply: replies({ 'show route where net ~ [fd00::/64] all': '0000 \n' }),
    });
    const { routes } = await collect(bird);
    expect(bird.commands).toContain('show route where net ~ [fd00::/64] all');
    expect(value(routes)[0]?.scopes).toHaveLength(3);
  });

  it("is not mistaken for Calico's 1.6.8", async () => {
    const bird = await fake({ greeting: '0001 BIRD v0.3.3+birdv1.6.8 ready.\n', reply: replies() });
    expect(failed((await collect(bird)).routes)).toBe('ok');
    expect(bird.commands.join()).not.toContain('fd00');
  });
});

describe('a session that is not up after all', () => {
  it.each(['8005 Protocol is down\n', '9001 Node_10_0_0_254 is not a protocol\n', '9001 No valid tables\n'])(
    '%j leaves a view that proves nothing',
    async (answer) => {
      const { routes } = await collect(await fake({ reply: replies({ [exportCommand]: answer }) }));
      expect(value(routes)[1]).toMatchObject({
        layer: 'exported',
        partial: 'session Node_10_0_0_254 went down while it was read',
      });
    },
  );

  it('sends nothing while BIRD recovers: an empty view, and that is certain', async () => {
    const waiting = protocols.replace(
      'Node_10_0_0_254 BGP      master   up ',
      'Node_10_0_0_254 BGP      master   wait ',
    );
    const bird = await fake({
      reply: replies({ 'show protocols all': waiting, [exportCommand]: '8005 Protocol is down\n' }),
    });
    const sent = value((await collect(bird)).routes)[1];
    expect(sent?.table.size).toBe(0);
    expect(sent).not.toHaveProperty('partial');
  });
});

describe('reconfiguration in mid-listing', () => {
  it('is asked again, and nothing is counted twice', async () => {
    const usual = replies();
    const bird = await fake({
      reply: (command, nth) =>
        command === localCommand && nth === 1
          ? `1007-${blackhole}\n1008-\tType: static unicast univ\n8004 Stopped due to reconfiguration\n`
          : usual(command),
    });
    const { routes } = await collect(bird);
    expect(value(routes)[0]?.table.size).toBe(2);
    expect(bird.commands.filter((command) => command === localCommand)).toHaveLength(2);
  });

  it('twice in a row is a failure of the routes alone', async () => {
    const bird = await fake({ reply: replies({ [localCommand]: '8004 Stopped due to reconfiguration\n' }) });
    const { sessions, routes } = await collect(bird);
    expect(failed(sessions)).toBe('ok');
    expect(routes).toMatchObject({
      error: {
        kind: 'protocol',
        message: `"${localCommand}": BIRD answered 8004 Stopped due to reconfiguration`,
      },
    });
  });
});

describe('misbehaviour', () => {
  it('no greeting ends with the deadline and says so', async () => {
    const bird = await fake({ greeting: '', reply: () => undefined });
    const started = Date.now();
    const { sessions, routes } = await collect(bird, {}, 200);
    expect(Date.now() - started).toBeLessThan(2000);
    expect([failed(sessions), failed(routes)]).toEqual(['timeout', 'timeout']);
    expect(sessions).toMatchObject({
      error: {
        message: `${bird.path}: no answer in time (connected, but BIRD does not greet: it hangs or is stopped)`,
      },
    });
  });

  it('a connection that BIRD does not restrict is not used', async () => {
    const bird = await fake({ reply: replies({ restrict: '0000 \n' }) });
    expect(failed((await collect(bird)).sessions)).toBe('protocol');
    expect(bird.commands).toEqual(['restrict']);
  });

  it.each(['SSH-2.0-OpenSSH_9.2\n', '0001 FRR 8.4 ready.\n', '9000 Go away\n'])(
    '%j is not BIRD',
    async (greeting) => {
      expect(failed((await collect(await fake({ greeting, reply: replies() }))).sessions)).toBe('protocol');
    },
  );

  it('routes that do not come in time leave the sessions', async () => {
    const { sessions, routes } = await collect(
      await fake({ reply: replies({ [exportCommand]: undefined }) }),
      {},
      300,
    );
    expect([failed(sessions), failed(routes)]).toEqual(['ok', 'timeout']);
  });

  it('a connection closed in the middle of the routes leaves the sessions', async () => {
    const { sessions, routes } = await collect(await fake({ reply: replies({ [localCommand]: 'hang up' }) }));
    expect([failed(sessions), failed(routes)]).toEqual(['ok', 'protocol']);
  });

  it('a listing that cannot be read is a parse failure with its line, and the rest goes on', async () => {
    const broken = local.replace(
      '1008-\tType: static',
      '1007-10.2.0.0/99 blackhole [static1 23:00:53] * (200)\n1008-\tType: static',
    );
    const bird = await fake({ reply: replies({ [localCommand]: broken }) });
    const { sessions, routes } = await collect(bird);
    expect(failed(sessions)).toBe('ok');
    expect(routes).toMatchObject({ error: { kind: 'parse' } });
    expect(routes.ok ? '' : routes.error.message).toContain('line 2: "10.2.0.0/99 blackhole');
  });

  it('sessions that cannot be read make the routes unknown too, but not the facts', async () => {
    const bird = await fake({ reply: replies({ 'show protocols all': '2002-surprise\n0000 \n' }) });
    const { sessions, routes, facts } = await collect(bird);
    expect([failed(sessions), failed(routes)]).toEqual(['parse', 'parse']);
    expect(facts).toMatchObject({ software: 'BIRD 1.6.8' });
  });

  it('a status that cannot be read leaves sessions without their age', async () => {
    const { sessions, facts } = await collect(
      await fake({ reply: replies({ 'show status': '9001 syntax error\n' }) }),
    );
    expect(value(sessions)[0]).not.toHaveProperty('establishedSeconds');
    expect(facts).toBeUndefined();
  });

  it('a reply larger than allowed is refused', async () => {
    const { sessions, routes } = await collect(
      await fake({ reply: replies({ [localCommand]: local.repeat(100) }) }),
      { maxReplyBytes: 4096 },
    );
    expect([failed(sessions), failed(routes)]).toEqual(['ok', 'protocol']);
  });

  it('an endless list of protocols is cut off long before one of routes is', async () => {
    const flood = protocols.replace('0000 \n', ' \n'.repeat(2_200_000));
    const flooding = await collect(await fake({ reply: replies({ 'show protocols all': flood }) }));
    expect([failed(flooding.sessions), failed(flooding.routes)]).toEqual(['protocol', 'protocol']);
    expect(flooding.sessions.ok ? '' : flooding.sessions.error.message).toContain('4194304 bytes');
    const long = local.replace('0000 \n', `${' '.repeat(99)}\n`.repeat(50_000) + '0000 \n');
    expect(failed((await collect(await fake({ reply: replies({ [localCommand]: long }) }))).routes)).toBe(
      'ok',
    );
  });

  it('a route row that BIRD lost makes the routes unknown', async () => {
    const overflow = local
      .replace('1007-10.1.0.0', '8000-<line overflow>\n1007-10.1.0.0')
      .replace(
        '1007-10.1.1.0/26       via',
        '8000-<line overflow>\n1008-\tType: BGP unicast univ\n1007-10.1.1.0/26       via',
      );
    const { sessions, routes } = await collect(await fake({ reply: replies({ [localCommand]: overflow }) }));
    expect([failed(sessions), failed(routes)]).toEqual(['ok', 'parse']);
  });

  it('leaves no connection behind, whatever happened', async () => {
    const bird = await fake({ reply: replies({ [localCommand]: 'hang up' }) });
    await collect(bird);
    await collect(bird);
    expect(bird.conversations).toHaveLength(2);
  });
});
