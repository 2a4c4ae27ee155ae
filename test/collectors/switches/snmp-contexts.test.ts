// VRFs behind a community each, and the paths of the BGP table, of an agent on 127.0.0.1. Rows by RFC 4273 and RFC 4292.
import { afterEach, describe, expect, it } from 'vitest';
import { snmpCollector } from '../../../src/collectors/switches/snmp.ts';
import type { Collected } from '../../../src/model/collector.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import type { RouteView } from '../../../src/model/route-view.ts';
import { parseOid } from '../../../src/transport/snmp-value.ts';
import {
  type AgentRow,
  type Cell,
  honestAnswer,
  startAgent,
  type TestAgent,
} from '../../transport/snmp-agent.ts';

const row = (oid: string, cell: Cell): AgentRow => ({ oid: parseOid(oid) ?? [], cell });
const peer = (address: string, state = 6) => [
  row('1.3.6.1.2.1.15.2.0', { integer: 65009 }),
  row(`1.3.6.1.2.1.15.3.1.2.${address}`, { integer: state }),
  row(`1.3.6.1.2.1.15.3.1.9.${address}`, { integer: 64512 }),
];
const route = (prefix: string, hop: string) =>
  row(`1.3.6.1.2.1.4.24.7.1.9.1.4.${prefix.replace('/', '.')}.2.0.0.1.4.${hop}`, { integer: 14 });
const path = (prefix: string, from: string, best: boolean) => {
  const index = `${prefix.replace('/', '.')}.${from}`;
  return [
    row(`1.3.6.1.2.1.15.6.1.5.${index}`, { octets: [2, 1, 0xfc, 0] }),
    row(`1.3.6.1.2.1.15.6.1.6.${index}`, { address: from }),
    row(`1.3.6.1.2.1.15.6.1.8.${index}`, { integer: -1 }),
    row(`1.3.6.1.2.1.15.6.1.13.${index}`, { integer: best ? 2 : 1 }),
  ];
};

let agent: TestAgent | undefined;
afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

async function collect(
  tables: Readonly<Record<string, readonly AgentRow[]>>,
  changes: { vrfs?: Readonly<Record<string, string>>; paths?: boolean } = {},
): Promise<Collected> {
  agent = await startAgent((request) => {
    const rows = tables[request.community];
    return rows && honestAnswer(rows, request);
  });
  const { vrfs = {}, paths = false } = changes;
  return snmpCollector({
    device: 'leaf01',
    host: '127.0.0.1',
    port: agent.port,
    credentials: { version: '2c', community: 'main' },
    timeoutMs: 1500,
    retries: 0,
    maxRepetitions: 10,
    maxRows: 1000,
    paths,
    vrfs: Object.entries(vrfs).map(([name, community]) => ({
      name,
      credentials: { version: '2c', community },
    })),
    now: () => 1_700_000_000_000,
  }).collect(
    { ranges: [parsePrefix('10.1.0.0/16')], prefixes: [parsePrefix('192.0.2.7/32')] },
    AbortSignal.timeout(5000),
  );
}

const rowsOf = (view: RouteView | undefined) =>
  [...(view?.table.rows() ?? [])].map(
    ({ prefix, vrf, from, best }) =>
      `${vrf} ${formatPrefix(prefix)}${from ? ` from ${from}` : ''}${best ? ' best' : ''}`,
  );

const tables = {
  main: [...peer('192.0.2.1'), route('10.1.1.0/24', '192.0.2.1')],
  'main@blue': [...peer('192.0.2.1', 1), ...peer('192.0.2.9'), route('10.1.2.0/24', '192.0.2.9')],
};

describe('VRFs behind contexts', () => {
  it('are sessions and routes under the name of the VRF', async () => {
    const { sessions, routes, facts } = await collect(tables, { vrfs: { blue: 'main@blue' } });
    if (!sessions.ok || !routes.ok) throw new Error('not read');
    expect(sessions.value.map(({ vrf, peerAddress, state }) => [vrf, peerAddress, state])).toEqual([
      ['default', '192.0.2.1', 'established'],
      ['blue', '192.0.2.1', 'idle'],
      ['blue', '192.0.2.9', 'established'],
    ]);
    expect(routes.value.map((view) => [view.vrf, rowsOf(view)])).toEqual([
      ['default', ['default 10.1.1.0/24 best']],
      ['blue', ['blue 10.1.2.0/24 best']],
    ]);
    expect(facts?.capabilities?.routes?.vrfs).toEqual(['default', 'blue']);
    expect(facts?.capabilities?.sessions?.vrfs).toEqual(['default', 'blue']);
  });

  it('that do not answer leave no session out in silence, and a partial table of routes', async () => {
    const { sessions, routes } = await collect(tables, { vrfs: { red: 'main@red' } });
    expect(sessions).toMatchObject({
      ok: false,
      error: { kind: 'timeout', message: expect.stringMatching(/^VRF red: no answer/) },
    });
    if (!routes.ok) throw new Error('not read');
    expect(routes.value[0]).not.toHaveProperty('partial');
    expect(routes.value[1]).toMatchObject({
      vrf: 'red',
      partial: expect.stringMatching(/^VRF red: no answer/),
    });
  });
});

describe('paths of the BGP table', () => {
  const withPaths = [
    ...tables.main,
    ...path('10.1.1.0/24', '192.0.2.1', true),
    ...path('10.1.1.0/24', '192.0.2.2', false),
    ...path('10.2.0.0/24', '192.0.2.1', true),
    ...path('192.0.2.7/32', '192.0.2.1', true),
  ];

  it('are read for the prefixes in question, with whom they came from', async () => {
    const { routes, facts } = await collect({ main: withPaths }, { paths: true });
    if (!routes.ok) throw new Error('not read');
    const [, paths] = routes.value;
    expect(paths).toMatchObject({ layer: 'bgp', vrf: 'default', allNextHops: false });
    expect(paths).not.toHaveProperty('partial');
    expect(rowsOf(paths)).toEqual([
      'default 10.1.1.0/24 from 192.0.2.1 best',
      'default 10.1.1.0/24 from 192.0.2.2',
      'default 192.0.2.7/32 from 192.0.2.1 best',
    ]);
    expect([...(paths?.table.rows() ?? [])][0]).toMatchObject({
      asPath: '64512',
      nextHops: [{ address: '192.0.2.1' }],
    });
    expect(facts?.capabilities?.routes?.layers).toEqual(['installed', 'bgp']);
  });

  it('that the agent does not show are a partial view', async () => {
    const { routes } = await collect(tables, { paths: true });
    if (!routes.ok) throw new Error('not read');
    expect(routes.value[1]).toMatchObject({ layer: 'bgp', partial: expect.stringMatching(/shows no path/) });
  });

  it('are not asked for unless they are wanted', async () => {
    const { routes } = await collect({ main: withPaths });
    expect(routes.ok && routes.value.map(({ layer }) => layer)).toEqual(['installed']);
  });
});
