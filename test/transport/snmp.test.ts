// The SNMP session against agents that misbehave, on real UDP sockets of 127.0.0.1: every failure has its kind, ends in
// time, says what to check, and tells no secret.
import { createSocket } from 'node:dgram';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type SnmpSession, type SnmpTarget, withSnmpSession } from '../../src/transport/snmp.ts';
import { SnmpError } from '../../src/transport/snmp-error.ts';
import { type AgentRow, honestAnswer, nodes, startAgent, type TestAgent, tlv } from './snmp-agent.ts';

const column = [1, 3, 6, 1, 4, 1, 99999, 1];
const rows: AgentRow[] = Array.from({ length: 60 }, (_, i) => ({
  oid: [...column, i + 1],
  cell: { integer: i },
}));

let agent: TestAgent | undefined;
afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

function target(port: number, changes: Partial<SnmpTarget> = {}): SnmpTarget {
  const credentials = { version: '2c', community: 'secret-community' } as const;
  return { host: '127.0.0.1', port, credentials, timeoutMs: 150, retries: 1, ...changes };
}

async function ask<T>(to: SnmpTarget, use: (session: SnmpSession) => Promise<T>, deadlineMs = 5000) {
  const started = performance.now();
  const outcome = await withSnmpSession(to, AbortSignal.timeout(deadlineMs), use).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({
      value: undefined,
      error: error instanceof SnmpError ? error : Error(String(error)),
    }),
  );
  expect(String(outcome.error)).not.toContain('secret');
  return { ...outcome, tookMs: performance.now() - started };
}

/** Answers everything with an SNMPv3 report of engine time 0, under the id of the request, v2c or v3. */
async function startReporter(flags: number) {
  const socket = createSocket('udp4');
  let datagrams = 0;
  socket.on('message', (message, from) => {
    datagrams++;
    const [, second, third] = nodes(nodes(message)[0]?.body ?? Buffer.alloc(0));
    const holder = second?.tag === 48 ? second : third;
    const [id] = nodes(holder?.body ?? Buffer.alloc(0));
    const text = (value: string) => tlv(4, [...Buffer.from(value)]);
    const zero = tlv(2, [0]);
    const security = tlv(48, text('engine'), zero, zero, text(''), text('x'.repeat(12)), text(''));
    const counter = tlv(48, tlv(6, [43, 6, 1, 6, 3, 15, 1, 1, 4, 0]), tlv(65, [1]));
    const pdu = tlv(168, zero, zero, zero, tlv(48, counter));
    const head = tlv(48, tlv(2, [...(id?.body ?? [])]), tlv(2, [0, 255, 255]), tlv(4, [flags]), tlv(2, [3]));
    const scoped = tlv(48, text('engine'), text(''), pdu);
    const answer = tlv(48, tlv(2, [3]), head, tlv(4, security), scoped);
    socket.send(Buffer.from(answer), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, datagrams: () => datagrams, close: () => socket.close() };
}

const getOne = (session: SnmpSession) => session.get([[...column, 1]]);
const walkAll = async (session: SnmpSession) => {
  const indexes: number[] = [];
  const limits = { maxRepetitions: 10, maxRows: 1000 };
  const end = await session.walkColumn(column, limits, (index) => indexes.push(index[0] ?? -1));
  return { end, indexes };
};

describe('an honest agent', () => {
  it('is walked with GETBULK and asked by GET and GETNEXT', async () => {
    agent = await startAgent((request) => honestAnswer(rows, request));
    const { value } = await ask(target(agent.port), async (session) => ({
      ...(await walkAll(session)),
      values: await session.get([
        [...column, 2],
        [...column, 99],
      ]),
      next: await session.getNext([column, [...column, 60]]),
    }));
    expect(value?.end).toEqual({ whole: true, rows: 60 });
    expect(value?.indexes).toEqual(rows.map((_, i) => i + 1));
    expect(value?.values).toEqual([
      { type: 'integer', value: 1 },
      { type: 'absent', reason: 'noSuchObject' },
    ]);
    expect(value?.next[0]).toEqual({ oid: [...column, 1], value: { type: 'integer', value: 0 } });
    expect(value?.next[1]?.value).toEqual({ type: 'absent', reason: 'endOfMibView' });
    expect(agent.requests[0]).toMatchObject({
      kind: 'getBulk',
      maxRepetitions: 10,
      community: 'secret-community',
    });
    // 60 rows by 10 in 6 requests, and one that sees the end.
    expect(agent.requests.filter(({ kind }) => kind === 'getBulk')).toHaveLength(7);
  });

  it('gets values of all types', async () => {
    const cells: AgentRow[] = [
      { oid: [...column, 1], cell: { tag: 70, bytes: [0, 255, 255, 255, 255, 255] } },
      { oid: [...column, 2], cell: { octets: [6, 2] } },
      { oid: [...column, 3], cell: { address: '172.20.0.11' } },
      { oid: [...column, 4], cell: { oid: '1.3.6.1.4.1.8072.3.2.10' } },
      { oid: [...column, 5], cell: { integer: -94966595 } },
      { oid: [...column, 6], cell: { gauge: 4294967295 } },
      { oid: [...column, 7], cell: { tag: 5, bytes: [] } },
    ];
    agent = await startAgent((request) => honestAnswer(cells, request));
    const { value } = await ask(target(agent.port), (session) => session.get(cells.map(({ oid }) => oid)));
    expect(value).toEqual([
      { type: 'integer', value: 0xffffffffff },
      { type: 'octets', value: Buffer.from([6, 2]) },
      { type: 'address', value: '172.20.0.11' },
      { type: 'oid', value: [1, 3, 6, 1, 4, 1, 8072, 3, 2, 10] },
      { type: 'integer', value: -94966595 },
      { type: 'integer', value: 4294967295 },
      { type: 'null' },
    ]);
  });

  it('is asked again when an answer gets lost', async () => {
    agent = await startAgent((request, count) => (count === 1 ? undefined : honestAnswer(rows, request)));
    expect((await ask(target(agent.port), getOne)).value).toEqual([{ type: 'integer', value: 0 }]);
    expect(agent.requests).toHaveLength(2);
  });

  it('gets smaller questions when it says tooBig', async () => {
    agent = await startAgent((request) => {
      const wanted = request.kind === 'getBulk' ? request.maxRepetitions : request.oids.length;
      return wanted > 3 ? { errorStatus: 1, rows: [] } : honestAnswer(rows, request);
    });
    const { value } = await ask(target(agent.port), async (session) => ({
      ...(await walkAll(session)),
      values: await session.get(rows.slice(0, 10).map(({ oid }) => oid)),
    }));
    expect(value?.indexes).toHaveLength(60);
    expect(value?.values).toEqual(Array.from({ length: 10 }, (_, i) => ({ type: 'integer', value: i })));
  });
});

describe('an agent that misbehaves', () => {
  it('keeps silent: a timeout that names what to check', async () => {
    agent = await startAgent(() => undefined);
    const { error, tookMs } = await ask(target(agent.port), getOne);
    expect(error).toMatchObject({ kind: 'timeout' });
    expect(error?.message).toBe(
      `no answer from 127.0.0.1:${agent.port} within 0.15 s (2 tries): check that SNMPv2c is enabled, the community ` +
        '(a wrong one looks the same as silence), the ACL and firewalls',
    );
    expect(tookMs).toBeGreaterThan(280);
    expect(tookMs).toBeLessThan(2000);
  });

  it('is not there: refused at once', async () => {
    const gone = await startAgent(() => undefined);
    await gone.close();
    const { error, tookMs } = await ask(target(gone.port, { timeoutMs: 3000 }), getOne);
    expect(error).toMatchObject({ kind: 'refused' });
    expect(tookMs).toBeLessThan(2000);
  });

  it('has a name nobody knows', async () => {
    const { error } = await ask(target(161, { host: 'switch.invalid' }), getOne);
    expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining('switch.invalid:161') });
  });

  it('is slow: the deadline counts, not the sum of its answers', async () => {
    agent = await startAgent((request) => honestAnswer(rows, request, 1), 100);
    const { value, tookMs } = await ask(target(agent.port, { timeoutMs: 1000 }), walkAll, 450);
    // What came until then is kept; that it is not all is said.
    expect(value?.end).toMatchObject({
      whole: false,
      error: { kind: 'timeout', message: expect.stringContaining('deadline') },
    });
    expect(value?.indexes.length).toBeGreaterThan(0);
    expect(tookMs).toBeLessThan(2000);
  });

  it('answers the deadline of a silent agent before its own timeout', async () => {
    agent = await startAgent(() => undefined);
    const { error, tookMs } = await ask(target(agent.port, { timeoutMs: 60_000 }), getOne, 200);
    expect(error).toMatchObject({ kind: 'timeout', message: expect.stringContaining('before the deadline') });
    expect(tookMs).toBeLessThan(2000);
  });

  it('does not start when the deadline has passed already', async () => {
    agent = await startAgent((request) => honestAnswer(rows, request));
    const { port } = agent;
    await expect(withSnmpSession(target(port), AbortSignal.abort(), getOne)).rejects.toMatchObject({
      kind: 'timeout',
    });
    expect(agent.requests).toHaveLength(0);
  });

  it('goes round in circles: the walk ends and says so', async () => {
    agent = await startAgent(() => ({ rows: rows.slice(0, 10) }));
    const { value } = await ask(target(agent.port), walkAll);
    expect(value?.end).toMatchObject({
      whole: false,
      rows: 10,
      reason: expect.stringContaining('do not increase'),
    });
    expect(agent.requests).toHaveLength(2);
  });

  it('sends garbage: a protocol error, not silence', async () => {
    agent = await startAgent(() => Buffer.from('HTTP/1.1 400 Bad Request'));
    const { error } = await ask(target(agent.port), getOne);
    expect(error).toMatchObject({ kind: 'protocol', message: expect.stringContaining('check the port') });
  });

  it('denies access', async () => {
    agent = await startAgent((request) => ({ errorStatus: 16, rows: honestAnswer(rows, request).rows }));
    expect((await ask(target(agent.port), getOne)).error).toMatchObject({ kind: 'permission' });
  });

  it('answers for another object', async () => {
    agent = await startAgent(() => ({ rows: rows.slice(5, 6) }));
    expect((await ask(target(agent.port), getOne)).error).toMatchObject({ kind: 'protocol' });
  });

  it('gives every request up to its error status', async () => {
    agent = await startAgent((request) => ({ errorStatus: 5, rows: honestAnswer(rows, request).rows }));
    const { error } = await ask(target(agent.port), getOne);
    expect(error).toMatchObject({ kind: 'protocol', message: expect.stringContaining('GeneralError') });
  });

  it('is not answered for by anybody else', async () => {
    // A right answer, but from another port than the one asked: the kernel must drop it.
    const honest = await startAgent((request) => honestAnswer(rows, request));
    const asked = createSocket('udp4');
    const stranger = createSocket('udp4');
    let client: { port: number; address: string } | undefined;
    let answers = 0;
    asked.on('message', (message, from) => {
      client = from;
      stranger.send(message, honest.port, '127.0.0.1');
    });
    stranger.on('message', (message) => {
      answers++;
      if (client) stranger.send(message, client.port, client.address);
    });
    await new Promise<void>((resolve) => asked.bind(0, '127.0.0.1', resolve));
    const { error } = await ask(target(asked.address().port), getOne);
    asked.close();
    stranger.close();
    await honest.close();
    expect(answers).toBe(2);
    expect(error).toMatchObject({ kind: 'timeout', message: expect.stringContaining('no answer') });
  });

  it('sends SNMPv3 reports for ever: it gets a bounded number of requests', async () => {
    const reporter = await startReporter(0);
    const user = {
      version: '3',
      level: 'authNoPriv',
      user: 'u',
      authProtocol: 'sha',
      authPassword: 'secret12',
    } as const;
    const { error } = await ask(target(reporter.port, { credentials: user }), getOne, 2000);
    reporter.close();
    expect(error).toBeInstanceOf(SnmpError);
    expect(reporter.datagrams()).toBeGreaterThan(1);
    expect(reporter.datagrams()).toBeLessThanOrEqual(6);
  });

  it('answers SNMPv2c with an authenticated SNMPv3 message, over which the library stumbles', async () => {
    const reporter = await startReporter(1);
    const { error, tookMs } = await ask(target(reporter.port, { timeoutMs: 3000 }), getOne);
    reporter.close();
    expect(error).toMatchObject({ kind: 'protocol', message: expect.stringContaining('cannot be read') });
    expect(tookMs).toBeLessThan(2500);
  });

  it('cannot end the process with any datagram', async () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    const place = fc.nat({ max: 80 });
    let mutate = (answer: Buffer): Buffer => answer;
    const honest = await startAgent((request) => honestAnswer(rows, request));
    const relay = createSocket('udp4');
    const inner = createSocket('udp4');
    let client: { port: number; address: string } | undefined;
    relay.on('message', (message, from) => {
      client = from;
      inner.send(message, honest.port, '127.0.0.1');
    });
    inner.on('message', (message) => client && relay.send(mutate(message), client.port, client.address));
    await new Promise<void>((resolve) => relay.bind(0, '127.0.0.1', resolve));
    const to = target(relay.address().port, { timeoutMs: 15, retries: 0 });
    await fc.assert(
      fc.asyncProperty(bytes, place, fc.boolean(), async (junk, at, cut) => {
        mutate = (answer) => {
          const copy = Buffer.from(answer);
          for (const [i, octet] of junk.entries()) if (at + i < copy.length) copy[at + i] = octet;
          return cut ? copy.subarray(0, at) : copy;
        };
        const { value, error } = await ask(to, (session) => session.getNext([column, column, column]));
        expect(value !== undefined || error instanceof SnmpError).toBe(true);
      }),
      { numRuns: 150 },
    );
    relay.close();
    inner.close();
    await honest.close();
  });
});
