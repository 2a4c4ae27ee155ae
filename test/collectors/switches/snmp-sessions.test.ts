// Which table of sessions the collector asks a live agent for: its platform's first, one question each; the one that answers is
// kept; and what an agent refuses, cuts or spoils is never a shorter list.
import { afterEach, describe, expect, it } from 'vitest';
import { snmpCollector } from '../../../src/collectors/switches/snmp.ts';
import type { Collected } from '../../../src/model/collector.ts';
import { formatOid, parseOid } from '../../../src/transport/snmp-value.ts';
import {
  type AgentAnswer,
  type AgentRequest,
  type AgentRow,
  type Cell,
  honestAnswer,
  startAgent,
  type TestAgent,
} from '../../transport/snmp-agent.ts';

const row = (oid: string, cell: Cell): AgentRow => ({ oid: parseOid(oid) ?? [], cell });
const comware = row('1.3.6.1.2.1.1.2.0', { oid: '1.3.6.1.4.1.25506.11.1.172' });
const localAs = row('1.3.6.1.2.1.15.2.0', { integer: 65009 });
const base = '1.3.6.1.2.1.15.3.1';
const hh3c = '1.3.6.1.4.1.25506.2.202.1.1.2.1';
const basePeers = [
  row(`${base}.2.192.0.2.1`, { integer: 6 }),
  row(`${base}.9.192.0.2.1`, { integer: 23456 }),
];
const hh3cPeers = [
  row(`${hh3c}.2.0.0.1.1.1.4.192.0.2.1`, { gauge: 4200000701 }),
  row(`${hh3c}.4.0.0.1.1.1.4.192.0.2.1`, { integer: 6 }),
];
let agent: TestAgent | undefined;
afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

/** An agent whose rows (or whole answer) can be changed, and one collector that asks it. */
async function device(first: readonly AgentRow[]) {
  const served = {
    rows: first,
    answer: (_request: AgentRequest): AgentAnswer | 'silence' | undefined => undefined,
    now: 1_700_000_000_000,
  };
  const started = await startAgent((request) => {
    const answer = served.answer(request) ?? honestAnswer(served.rows, request);
    return answer === 'silence' ? undefined : answer;
  });
  agent = started;
  const collector = snmpCollector({
    device: 'leaf01',
    host: '127.0.0.1',
    port: started.port,
    credentials: { version: '2c', community: 'public' },
    timeoutMs: 300,
    retries: 0,
    maxRepetitions: 10,
    maxRows: 100,
    now: () => served.now,
  });
  const collect = async (): Promise<Collected['sessions']> => {
    started.requests.length = 0;
    return (await collector.collect({ prefixes: [], ranges: [] }, AbortSignal.timeout(5000))).sessions;
  };
  const probes = () =>
    started.requests.filter(({ kind }) => kind === 'getNext').map(({ oids }) => formatOid(oids[0] ?? []));
  return { served, collect, probes };
}

const asns = (reading: Collected['sessions']) =>
  reading.ok ? reading.value.map(({ peerAddress, peerAsn }) => [peerAddress, peerAsn]) : reading.error;

describe('the table to read', () => {
  it("is the platform's best, completed by BGP4-MIB, and is not looked for again", async () => {
    const { collect, probes } = await device([comware, localAs, ...basePeers, ...hh3cPeers]);
    expect(asns(await collect())).toEqual([['192.0.2.1', 4200000701]]);
    expect(probes()).toEqual([hh3c]);
    expect(asns(await collect())).toEqual([['192.0.2.1', 4200000701]]);
    expect(probes()).toEqual([]);
  });

  it('is looked for again when it stops answering, and after an hour', async () => {
    const { served, collect, probes } = await device([comware, localAs, ...basePeers, ...hh3cPeers]);
    await collect();
    served.rows = [comware, localAs, ...basePeers];
    expect(asns(await collect())).toEqual([['192.0.2.1', null]]);
    expect(probes()).toEqual(['1.3.6.1.4.1.25506.2.183.1.1.1', base]);
    served.rows = [comware, localAs, ...basePeers, ...hh3cPeers];
    expect(asns(await collect())).toEqual([['192.0.2.1', null]]);
    served.now += 3_600_000;
    expect(asns(await collect())).toEqual([['192.0.2.1', 4200000701]]);
  });

  it('is any of them on a platform that nobody knows', async () => {
    const unknown = row('1.3.6.1.2.1.1.2.0', { oid: '1.3.6.1.4.1.99999.1' });
    const { collect, probes } = await device([unknown, localAs, ...hh3cPeers]);
    expect(asns(await collect())).toEqual([['192.0.2.1', 4200000701]]);
    expect(probes()).toEqual([hh3c]);
  });

  it('is BGP4-MIB where the agent refuses the other one', async () => {
    const { served, collect } = await device([comware, localAs, ...basePeers]);
    served.answer = ({ kind, oids: [oid] }) =>
      kind === 'getNext' && oid?.[6] === 25506 ? { errorStatus: 5, rows: [] } : undefined;
    expect(asns(await collect())).toEqual([['192.0.2.1', null]]);
  });
});

describe('could not look is not missing', () => {
  it('fails when the agent refuses a table and has no other', async () => {
    const { served, collect } = await device([comware, localAs]);
    served.answer = ({ kind, oids: [oid] }) =>
      kind === 'getNext' && oid?.[6] === 25506 ? { errorStatus: 5, rows: [] } : undefined;
    expect(await collect()).toMatchObject({ ok: false, error: { kind: 'protocol' } });
  });

  it('fails when a row cannot be read: the session behind it would look missing', async () => {
    const odd = row(`${hh3c}.4.0.0.1.1.1.4.192.0.2.1.9`, { integer: 6 });
    const { collect } = await device([comware, localAs, ...hh3cPeers, odd]);
    expect(await collect()).toMatchObject({
      ok: false,
      error: { kind: 'protocol', message: expect.stringContaining('1 row has an index that cannot be read') },
    });
  });

  it('fails when a column of the peers is cut, and says which', async () => {
    const many = Array.from({ length: 101 }, (_, i) =>
      row(`${hh3c}.2.0.0.1.1.1.4.192.0.2.${i}`, { gauge: 64512 }),
    );
    const { collect } = await device([comware, localAs, ...many]);
    expect(await collect()).toMatchObject({
      ok: false,
      error: {
        message: expect.stringContaining('hh3cBgpPeerTable, column 2: the walk stopped after 100 rows'),
      },
    });
  });

  it('does without counts that the agent refuses', async () => {
    const counts = row('1.3.6.1.4.1.25506.2.202.1.1.3.1.1.0.0.1.1.1.4.192.0.2.1', { gauge: 7 });
    const { served, collect } = await device([comware, localAs, ...hh3cPeers, counts]);
    const [session] = await collect().then((reading) => (reading.ok ? reading.value : []));
    expect(session?.prefixesReceived).toBe(7);
    served.answer = ({ oids: [oid] }) =>
      formatOid(oid ?? []).startsWith('1.3.6.1.4.1.25506.2.202.1.1.3')
        ? { errorStatus: 5, rows: [] }
        : undefined;
    const [again] = await collect().then((reading) => (reading.ok ? reading.value : []));
    expect(again).toMatchObject({ peerAddress: '192.0.2.1', state: 'established' });
    expect(again).not.toHaveProperty('prefixesReceived');
  });

  it('fails when the agent falls silent between two tables', async () => {
    const { served, collect } = await device([comware, localAs, ...basePeers]);
    served.answer = ({ kind }) => (kind === 'getNext' ? 'silence' : undefined);
    expect(await collect()).toMatchObject({ ok: false, error: { kind: 'timeout' } });
  });
});
