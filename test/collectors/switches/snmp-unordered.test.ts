// An agent whose rows stand in no order (RouterOS): a real UDP agent that goes through its list, as it stands. What is asked
// for is found wherever it is; an agent that comes back to a row, or never ends, is left with what it gave.
import { afterEach, describe, expect, it } from 'vitest';
import { snmpCollector } from '../../../src/collectors/switches/snmp.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import { type AgentAnswer, type AgentRow, startAgent, type TestAgent } from '../../transport/snmp-agent.ts';

const oid = (text: string) => text.split('.').map(Number);
const proto = '1.3.6.1.2.1.4.24.4.1.7';
const mask = (length: number) =>
  [0, 8, 16, 24].map((at) => 256 - 2 ** Math.max(0, Math.min(8, at + 8 - length)));
const route = (network: string, length: number, hop: string): AgentRow => ({
  oid: oid(`${proto}.${network}.${mask(length).join('.')}.0.${hop}`),
  cell: { integer: 14 },
});
const routes = [
  route('10.1.0.0', 16, '192.0.2.1'),
  route('10.9.0.0', 16, '192.0.2.9'),
  route('192.168.0.0', 16, '192.0.2.1'),
  route('10.2.0.0', 16, '192.0.2.2'),
  route('0.0.0.0', 0, '192.0.2.254'),
  route('10.2.0.0', 16, '192.0.2.3'),
];

const end: AgentRow['cell'] = { tag: 130, bytes: [] };

/** Goes through the list as it stands; an OID that is not in it is where its subtree begins. */
function answers(list: readonly AgentRow[], after: (row: AgentRow) => AgentRow | undefined) {
  const text = list.map((row) => row.oid.join('.'));
  const next = (asked: readonly number[]): AgentRow => {
    const key = asked.join('.');
    const at = text.indexOf(key);
    const known = list[at];
    if (known) return list[at + 1] ?? after(known) ?? { oid: asked, cell: end };
    const first = text.findIndex((row) => row.startsWith(`${key}.`));
    // Of a place in the middle it makes the first row that is greater, in the order of its list.
    const greater = list.findIndex((row) =>
      row.oid.some(
        (arc, i) => arc > (asked[i] ?? -1) && row.oid.slice(0, i).every((same, j) => same === asked[j]),
      ),
    );
    return list[first < 0 ? greater : first] ?? { oid: asked, cell: end };
  };
  return ({
    kind,
    oids,
    maxRepetitions,
  }: {
    kind: string;
    oids: readonly (readonly number[])[];
    maxRepetitions: number;
  }): AgentAnswer => {
    if (kind === 'get') {
      return {
        rows: oids.map(
          (asked) => list[text.indexOf(asked.join('.'))] ?? { oid: asked, cell: { tag: 128, bytes: [] } },
        ),
      };
    }
    if (kind === 'getNext') return { rows: oids.map(next) };
    const rows: AgentRow[] = [];
    for (
      let asked = oids[0] ?? [];
      rows.length < Math.min(maxRepetitions, 20);
      asked = rows.at(-1)?.oid ?? []
    )
      rows.push(next(asked));
    return { rows };
  };
}

let agent: TestAgent | undefined;
afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

async function read(
  list: readonly AgentRow[],
  after: (row: AgentRow) => AgentRow | undefined,
  maxRows = 1000,
) {
  agent = await startAgent(answers(list, after));
  const collector = snmpCollector({
    device: 'router',
    host: '127.0.0.1',
    port: agent.port,
    credentials: { version: '2c', community: 'public' },
    timeoutMs: 2000,
    retries: 0,
    maxRepetitions: 10,
    maxRows,
    now: Date.now,
  });
  const query = {
    prefixes: ['10.2.0.0/16', '10.3.0.0/16'].map(parsePrefix),
    ranges: ['10.0.0.0/8'].map(parsePrefix),
  };
  const { routes: reading } = await collector.collect(query, AbortSignal.timeout(20_000));
  if (!reading.ok) throw new Error(reading.error.message);
  const [view] = reading.value;
  const rows = [...(view?.table.rows() ?? [])].map(
    ({ prefix, nextHops }) => `${formatPrefix(prefix)} ${nextHops.map(({ address }) => address).join(' ')}`,
  );
  return { rows: rows.sort(), partial: view?.partial, asked: agent.requests.length };
}

const system = (id: string): AgentRow[] => [
  { oid: oid('1.3.6.1.2.1.1.1.0'), cell: { text: 'RouterOS' } },
  { oid: oid('1.3.6.1.2.1.1.2.0'), cell: { oid: id } },
];
const routerOs = system('1.3.6.1.4.1.14988.1');

describe('a route table in no order', () => {
  it.each([
    ['known for it', routerOs],
    ['found out on the way', system('1.3.6.1.4.1.99999.1')],
  ])('%s: every route asked for is found, with all next hops and what covers it', async (_, facts) => {
    // The order breaks within the range, so that it shows even where it is not known.
    const list =
      facts === routerOs
        ? routes
        : [routes[1], routes[0], ...routes.slice(2)].filter((row) => row !== undefined);
    const { rows, partial, asked } = await read([...facts, ...list], () => undefined);
    expect(rows).toEqual([
      '0.0.0.0/0 192.0.2.254',
      '10.1.0.0/16 192.0.2.1',
      '10.2.0.0/16 192.0.2.2 192.0.2.3',
      '10.9.0.0/16 192.0.2.9',
    ]);
    expect(partial).toBeUndefined();
    expect(asked).toBeLessThan(60);
  });

  it('that goes round in circles ends at the first row seen before, as a partial table', async () => {
    const { rows, partial, asked } = await read([...routerOs, ...routes], () => routes[2]);
    expect(rows).toHaveLength(4);
    expect(partial).toContain('do not increase');
    expect(asked).toBeLessThan(60);
  });

  it('that never ends is read up to the bound', async () => {
    let count = 0;
    const endless = (): AgentRow =>
      route(`10.${200 + (count % 50)}.${Math.floor(count / 50)}.0`, 24, `192.0.2.${count++ % 250}`);
    const { partial, asked } = await read([...routerOs, ...routes], endless, 6);
    expect(partial).toContain('after 6 rows');
    expect(asked).toBeLessThan(60);
  });
});
