// The SNMP collector against agents on 127.0.0.1: sessions and routes, each failing by itself, and what must never be taken
// for "nothing there".
import { afterEach, describe, expect, it } from 'vitest';
import { snmpCollector } from '../../../src/collectors/switches/snmp.ts';
import type { Collected } from '../../../src/model/collector.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import { type RouteView, wasAsked } from '../../../src/model/route-view.ts';
import { parseOid } from '../../../src/transport/snmp-value.ts';
import {
  type AgentRow,
  type Cell,
  honestAnswer,
  startAgent,
  type TestAgent,
} from '../../transport/snmp-agent.ts';

const row = (oid: string, cell: Cell): AgentRow => ({ oid: parseOid(oid) ?? [], cell });
const peerColumn = (column: number, peer: string) => `1.3.6.1.2.1.15.3.1.${column}.${peer}`;
const inet = (column: number, index: string) => `1.3.6.1.2.1.4.24.7.1.${column}.${index}`;
const ipCidr = (column: number, index: string) => `1.3.6.1.2.1.4.24.4.1.${column}.${index}`;

const comware: AgentRow[] = [
  row('1.3.6.1.2.1.1.1.0', { text: 'H3C Comware Platform Software, Software Version 7.1.070\r\nCopyright' }),
  row('1.3.6.1.2.1.1.2.0', { oid: '1.3.6.1.4.1.25506.11.1.172' }),
];
const netSnmp: AgentRow[] = [
  row('1.3.6.1.2.1.1.1.0', { text: 'Linux leaf01 6.1.0' }),
  row('1.3.6.1.2.1.1.2.0', { oid: '1.3.6.1.4.1.8072.3.2.10' }),
];
const bgpScalars: AgentRow[] = [
  row('1.3.6.1.2.1.15.1.0', { octets: [16] }),
  row('1.3.6.1.2.1.15.2.0', { integer: -94966295 }),
  row('1.3.6.1.2.1.15.4.0', { address: '2.2.2.2' }),
];
const peers: AgentRow[] = ['172.20.0.11', '172.20.0.12'].flatMap((peer, i) => [
  row(peerColumn(2, peer), { integer: i === 0 ? 6 : 1 }),
  row(peerColumn(3, peer), { integer: 2 }),
  row(peerColumn(5, peer), { address: i === 0 ? '172.20.0.254' : '0.0.0.0' }),
  row(peerColumn(9, peer), { integer: 64512 }),
  row(peerColumn(14, peer), { octets: i === 0 ? [0, 0] : [6, 1] }),
  row(peerColumn(15, peer), { gauge: 2 }),
  row(peerColumn(16, peer), { gauge: 100 }),
]);
const hop = '2.0.0.1.4.172.20.0.11';
const routes: AgentRow[] = [
  row(inet(9, `1.4.0.0.0.0.0.${hop}`), { integer: 3 }),
  row(inet(9, `1.4.10.0.0.0.8.${hop}`), { integer: 14 }),
  row(inet(9, `1.4.10.232.0.0.14.${hop}`), { integer: 14 }),
  row(inet(9, `1.4.10.233.0.0.17.${hop}`), { integer: 14 }),
  row(inet(9, `1.4.10.233.64.0.26.${hop}`), { integer: 14 }),
  row(inet(9, '1.4.10.233.64.64.26.2.0.0.1.4.172.20.0.11'), { integer: 14 }),
  row(inet(9, '1.4.10.233.64.64.26.2.0.0.1.4.172.20.0.12'), { integer: 14 }),
  row(inet(9, '1.4.10.233.70.0.24.2.0.0.1.4.0.0.0.0'), { integer: 3 }),
  row(inet(8, '1.4.10.233.70.0.24.2.0.0.1.4.0.0.0.0'), { integer: 5 }),
  row(inet(9, `1.4.10.234.0.0.16.${hop}`), { integer: 14 }),
  row(inet(9, '1.4.172.20.0.0.24.2.0.0.1.4.0.0.0.0'), { integer: 2 }),
  row(inet(8, '1.4.172.20.0.0.24.2.0.0.1.4.0.0.0.0'), { integer: 3 }),
  row(inet(7, '1.4.172.20.0.0.24.2.0.0.1.4.0.0.0.0'), { integer: 20 }),
  row('1.3.6.1.2.1.31.1.1.1.1.20', { text: 'Vlan-interface20' }),
  row(inet(9, `1.4.192.0.2.7.32.${hop}`), { integer: 14 }),
];
const query = {
  ranges: [parsePrefix('10.233.64.0/18')],
  prefixes: ['10.233.64.0/26', '192.0.2.7/32', '192.0.2.8/32', '172.20.0.0/24'].map(parsePrefix),
};

let agent: TestAgent | undefined;
afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

async function collect(
  rows: readonly AgentRow[] | Parameters<typeof startAgent>[0],
  changes: { query?: typeof query; maxRows?: number; deadlineMs?: number } = {},
): Promise<Collected> {
  agent = await startAgent(typeof rows === 'function' ? rows : (request) => honestAnswer(rows, request));
  const collector = snmpCollector({
    device: 'leaf01',
    host: '127.0.0.1',
    port: agent.port,
    credentials: { version: '2c', community: 'secret-community' },
    timeoutMs: 800,
    retries: 0,
    maxRepetitions: 10,
    maxRows: changes.maxRows ?? 1000,
    now: () => 1_700_000_000_000,
  });
  const deadline = AbortSignal.timeout(changes.deadlineMs ?? 5000);
  const collected = await collector.collect(changes.query ?? query, deadline);
  collector.close();
  expect(JSON.stringify(collected)).not.toContain('secret');
  return collected;
}

function views(collected: Collected): readonly RouteView[] {
  if (!collected.routes.ok) throw new Error(collected.routes.error.message);
  return collected.routes.value;
}
const shown = (view: RouteView | undefined) =>
  [...(view?.table.rows() ?? [])]
    .map(
      ({ prefix, nextHops, protocol, discard }) =>
        `${formatPrefix(prefix)} ${protocol}${discard ? ' discard' : ''} ` +
        nextHops.map(({ address, interface: name }) => address ?? name).join(' '),
    )
    .map((line) => line.trim());

describe('a switch with everything', () => {
  it('says what it is', async () => {
    const { facts } = await collect([...comware, ...bgpScalars, ...peers, ...routes]);
    expect(facts).toEqual({
      software: 'H3C Comware Platform Software, Software Version 7.1.070',
      localAsn: 4200001001,
      routerId: '2.2.2.2',
      capabilities: {
        sessions: {
          families: ['ipv4'],
          vrfs: ['default'],
          counts: [],
          limits: 'bgpPeerTable has IPv4 peers only; bgpPeerTable shows one VRF',
        },
        routes: {
          families: ['ipv4'],
          vrfs: ['default'],
          limits: 'SNMP shows the routing tables of one VRF',
          layers: ['installed'],
          allNextHops: true,
          questions: ['ranges', 'exact'],
          cacheSeconds: 0,
        },
      },
    });
  });

  it('gives its sessions', async () => {
    const { sessions } = await collect([...comware, ...bgpScalars, ...peers, ...routes]);
    const common = {
      device: 'leaf01',
      peerAsn: 64512,
      localAsn: 4200001001,
      afi: 'ipv4',
      vrf: 'default',
      adminDown: false,
    };
    expect(sessions).toEqual({
      ok: true,
      at: 1_700_000_000_000,
      value: [
        {
          ...common,
          peerAddress: '172.20.0.11',
          state: 'established',
          localAddress: '172.20.0.254',
          establishedSeconds: 100,
          transitions: 2,
        },
        {
          ...common,
          peerAddress: '172.20.0.12',
          state: 'idle',
          transitions: 2,
          lastError: 'Cease: Maximum Number of Prefixes Reached (6/1)',
        },
      ],
    });
  });

  it('gives the routes inside the range, the single ones beside it, and those that cover them', async () => {
    const [view, ...others] = views(await collect([...comware, ...bgpScalars, ...peers, ...routes]));
    expect(others).toEqual([]);
    // 10.234.0.0/16 is neither inside the range nor does it cover anything asked for.
    expect(shown(view).sort()).toEqual([
      '0.0.0.0/0 static 172.20.0.11',
      '10.0.0.0/8 bgp 172.20.0.11',
      '10.232.0.0/14 bgp 172.20.0.11',
      '10.233.0.0/17 bgp 172.20.0.11',
      '10.233.64.0/26 bgp 172.20.0.11',
      '10.233.64.64/26 bgp 172.20.0.11 172.20.0.12',
      '10.233.70.0/24 other discard',
      '172.20.0.0/24 connected Vlan-interface20',
      '192.0.2.7/32 bgp 172.20.0.11',
    ]);
    expect(view).toMatchObject({ layer: 'installed', vrf: 'default', allNextHops: true });
    expect(view).not.toHaveProperty('partial');
    expect(view).not.toHaveProperty('cacheSeconds');
  });

  it('says what was asked, absent prefixes included', async () => {
    const [view] = views(await collect([...comware, ...routes]));
    if (!view) throw new Error('no view');
    const asked = (text: string) => wasAsked(view, parsePrefix(text));
    for (const text of [
      '10.233.64.0/26',
      '10.233.100.0/26',
      '192.0.2.7/32',
      '192.0.2.8/32',
      '0.0.0.0/0',
      '10.0.0.0/8',
    ])
      expect([text, asked(text)]).toEqual([text, true]);
    for (const text of ['10.234.0.0/16', '192.0.2.9/32']) expect([text, asked(text)]).toEqual([text, false]);
    expect(view.table.has(parsePrefix('192.0.2.8/32'))).toBe(false);
    expect(view.table.coveringRows(parsePrefix('192.0.2.8/32'))[0]?.prefix.length).toBe(0);
  });

  it('is asked prefix by prefix in a range crowded with foreign routes, which is said', async () => {
    const at = (i: number) => `10.50.${i >> 8}.${i & 255}`;
    const crowd = Array.from({ length: 900 }, (_, i) =>
      row(inet(9, `1.4.${at(i)}.32.${hop}`), { integer: 14 }),
    );
    const size = row('1.3.6.1.2.1.4.24.6.0', { gauge: 30_000 });
    const wanted = Array.from({ length: 60 }, (_, i) => parsePrefix(`${at(11 * i)}/32`));
    const lost = parsePrefix('10.50.200.1/32');
    const collected = await collect([...comware, ...bgpScalars, ...peers, size, ...crowd], {
      query: { ranges: [parsePrefix('10.50.0.0/16')], prefixes: [...wanted, lost] },
    });
    const [view] = views(collected);
    if (!view) throw new Error('no view');
    expect(view).not.toHaveProperty('partial');
    expect(view.scopes.map(({ kind }) => kind)).toEqual(['exact']);
    for (const prefix of wanted) expect(view.table.rowsOf(prefix)).toHaveLength(1);
    expect([wasAsked(view, lost), view.table.rowsOf(lost)]).toEqual([true, []]);
    expect(collected.facts?.capabilities?.routes).toMatchObject({
      questions: ['exact'],
      limits: expect.stringContaining('a range holds many more routes than are expected'),
    });
  });

  it('costs a number of requests that grows with what is asked and not with its table', async () => {
    const many = Array.from({ length: 400 }, (_, i) =>
      row(inet(9, `1.4.100.64.${i % 256}.${Math.floor(i / 256)}.32.${hop}`), { integer: 14 }),
    );
    await collect([...comware, ...bgpScalars, ...peers, ...routes, ...many]);
    const count = agent?.requests.length ?? 0;
    // One for the scalars, seven for the columns of two peers, and less than a dozen for the routes.
    expect(count).toBeLessThan(20);
  });
});

describe('net-snmp', () => {
  it('shows one next hop of several and is up to 60 s old', async () => {
    const [view] = views(await collect([...netSnmp, ...routes]));
    expect(view).toMatchObject({ allNextHops: false, cacheSeconds: 60 });
  });

  it('is not trusted to show all next hops when it does not say what it is', async () => {
    const [view] = views(await collect(routes));
    expect(view?.allNextHops).toBe(false);
    expect(view).not.toHaveProperty('cacheSeconds');
  });
});

describe('the older route table', () => {
  const old = [
    row(ipCidr(7, '0.0.0.0.0.0.0.0.0.172.20.0.1'), { integer: 3 }),
    row(ipCidr(7, '10.233.64.0.255.255.255.192.0.172.20.0.11'), { integer: 14 }),
    row(ipCidr(7, '10.240.0.0.255.255.0.0.0.172.20.0.11'), { integer: 14 }),
  ];

  it('is read where the newer one has no rows', async () => {
    const [view] = views(await collect([...comware, ...old]));
    expect(shown(view)).toEqual(['10.233.64.0/26 bgp 172.20.0.11', '0.0.0.0/0 static 172.20.0.1']);
  });

  it('says nothing of IPv6', async () => {
    const ranges = [...query.ranges, parsePrefix('fd00:10::/48')];
    const [view4, view6] = views(await collect([...comware, ...old], { query: { ...query, ranges } }));
    expect(shown(view4)).toHaveLength(2);
    expect(view4).not.toHaveProperty('partial');
    expect(view6?.partial).toContain('not a single IPv6 route');
    expect(shown(view6)).toEqual([]);
  });
});

describe('the oldest route table', () => {
  const route = (dest: string, mask: string, nextHop: string, proto = 14) => [
    row(`1.3.6.1.2.1.4.21.1.7.${dest}`, { address: nextHop }),
    row(`1.3.6.1.2.1.4.21.1.8.${dest}`, { integer: 4 }),
    row(`1.3.6.1.2.1.4.21.1.9.${dest}`, { integer: proto }),
    row(`1.3.6.1.2.1.4.21.1.11.${dest}`, { address: mask }),
  ];
  const oldest = [
    ...route('0.0.0.0', '0.0.0.0', '172.20.0.1', 3),
    ...route('10.233.64.0', '255.255.255.192', '172.20.0.11'),
    ...route('10.233.64.64', '255.255.255.192', '172.20.0.12'),
    ...route('10.233.128.0', '255.255.255.192', '172.20.0.12'),
    ...route('192.0.2.7', '255.255.255.255', '172.20.0.11'),
  ];

  it('is the last resort, and an absent route in it proves nothing', async () => {
    const [view] = views(await collect([...comware, ...oldest]));
    expect(shown(view).sort()).toEqual([
      '0.0.0.0/0 static 172.20.0.1',
      '10.233.64.0/26 bgp 172.20.0.11',
      '10.233.64.64/26 bgp 172.20.0.12',
      '192.0.2.7/32 bgp 172.20.0.11',
    ]);
    expect(view).toMatchObject({ layer: 'installed', allNextHops: false });
    expect(view?.partial).toContain('ipRouteTable shows one route for each address');
  });

  it('is not asked where a newer one has rows', async () => {
    const [view] = views(await collect([...comware, ...routes, ...oldest]));
    expect(view).not.toHaveProperty('partial');
    expect(agent?.requests.some(({ oids }) => oids[0]?.[7] === 21)).toBe(false);
  });
});

describe('IPv6', () => {
  const six = (bytes: string, length: number) =>
    `2.16.${bytes}.${length}.2.0.0.2.16.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.2`;
  const rows = [
    ...comware,
    row(inet(7, six('0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0', 0)), { integer: 1 }),
    row(inet(7, six('253.0.0.16.2.68.0.1.0.0.0.0.0.0.0.0', 122)), { integer: 1 }),
    row(inet(7, six('253.0.0.16.2.69.0.0.0.0.0.0.0.0.0.0', 64)), { integer: 1 }),
  ];

  it('walks IPv6 ranges, by another column where the protocol is not served', async () => {
    const ask = { prefixes: [], ranges: [parsePrefix('fd00:10:244::/48')] };
    const [view] = views(await collect(rows, { query: ask }));
    expect(shown(view)).toEqual(['fd00:10:244:1::/122 other fe80::2', '::/0 other fe80::2']);
    expect(view?.scopes.map(({ kind, prefixes }) => [kind, ...prefixes.map(formatPrefix)])).toEqual([
      ['ranges', 'fd00:10:244::/48'],
      ['exact', '::/0'],
    ]);
  });
});

describe('could not look is not missing', () => {
  it('fails the sessions when nobody serves the BGP objects, and reads the routes', async () => {
    const collected = await collect([...netSnmp, ...routes]);
    expect(collected.sessions).toMatchObject({ ok: false, error: { kind: 'not-found' } });
    expect(collected.routes.ok).toBe(true);
  });

  it('has no sessions when BGP answers and has no peers', async () => {
    const { sessions } = await collect([...netSnmp, ...bgpScalars]);
    expect(sessions).toMatchObject({ ok: true, value: [] });
  });

  it('fails the routes when no table has a single row, and reads the sessions', async () => {
    const collected = await collect([...comware, ...bgpScalars, ...peers]);
    expect(collected.sessions).toMatchObject({ ok: true, value: [{}, {}] });
    expect(collected.routes).toMatchObject({ ok: false, error: { kind: 'unsupported' } });
    expect(collected.routes).toMatchObject({
      error: { message: expect.stringContaining('allow 1.3.6.1.2.1.4.24') },
    });
  });

  it('gives an empty table when there are routes, but none of those asked for', async () => {
    const elsewhere = [row(inet(9, `1.4.203.0.113.0.24.${hop}`), { integer: 14 })];
    const [view] = views(await collect([...comware, ...elsewhere]));
    expect(view?.table.size).toBe(0);
    expect(view).not.toHaveProperty('partial');
    expect(view && wasAsked(view, parsePrefix('10.233.64.0/26'))).toBe(true);
  });

  it('does not take SONiC, which shows loopbacks and a default route only, for a whole table', async () => {
    const sonic = [1, 16].map((column) =>
      row(ipCidr(column, '0.0.0.0.0.0.0.0.0.172.20.0.1'), { integer: 1 }),
    );
    expect((await collect([...comware, ...sonic])).routes).toMatchObject({
      ok: false,
      error: { kind: 'unsupported' },
    });
  });

  it('says when the row limit cut the table', async () => {
    const [view] = views(await collect([...comware, ...routes], { maxRows: 2 }));
    expect(view?.partial).toContain('2 rows');
  });

  it('says when an index cannot be read: it may have been the one', async () => {
    const odd = row(inet(9, '1.4.10.233.64.0.26.9.9'), { integer: 14 });
    const [view] = views(await collect([...comware, ...routes, odd]));
    expect(view?.partial).toContain('1 rows have an index that cannot be read');
    expect(shown(view)).toContain('10.233.64.0/26 bgp 172.20.0.11');
  });

  it('fails the sessions when the peers do not come in order', async () => {
    const all = [...comware, ...bgpScalars, ...peers, ...routes];
    const { sessions, routes: read } = await collect((request) => {
      const answer = honestAnswer(all, request);
      const ofPeers = request.kind === 'getBulk' && request.oids[0]?.[6] === 15;
      return ofPeers ? { rows: answer.rows.toReversed() } : answer;
    });
    expect(sessions).toMatchObject({ ok: false, error: { kind: 'protocol' } });
    expect(read.ok).toBe(true);
  });

  it('fails both when the agent is silent, within its deadline', async () => {
    const started = performance.now();
    const collected = await collect(() => undefined);
    expect(collected).toMatchObject({
      sessions: { ok: false, error: { kind: 'timeout' } },
      routes: { ok: false, error: { kind: 'timeout' } },
    });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('keeps the sessions when the route table never comes, within the deadline', async () => {
    const all = [...comware, ...bgpScalars, ...peers, ...routes];
    const started = performance.now();
    const collected = await collect(
      (request) => (request.oids[0]?.[6] === 4 ? undefined : honestAnswer(all, request)),
      { deadlineMs: 1000 },
    );
    expect(collected.sessions.ok).toBe(true);
    expect(collected.routes).toMatchObject({ ok: false, error: { kind: 'timeout' } });
    expect(performance.now() - started).toBeLessThan(2500);
  });

  it('asks nothing of the route table when nothing is asked for', async () => {
    const collected = await collect([...comware, ...routes], { query: { prefixes: [], ranges: [] } });
    expect(collected.routes).toMatchObject({ ok: true, value: [] });
  });
});
