// The agent on a real BIRD 1.6 (Debian's package `bird`), asked over real HTTP and HTTPS: what comes through it equals
// what its socket says; a BIRD that hangs or dies leaves the last good reading with its age; who may not read does not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentCollectorOptions, agentCollector } from '../../../src/collectors/nodes/agent.ts';
import { encodeQuery, readingsPath } from '../../../src/collectors/nodes/agent-query.ts';
import { agentSocketsCollector } from '../../../src/collectors/nodes/agent-sockets.ts';
import { birdSocketCollector } from '../../../src/collectors/nodes/bird-socket.ts';
import type { Collected, CollectQuery } from '../../../src/model/collector.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { lastGood } from '../../../src/model/reading.ts';
import { cli } from '../../cli/io.ts';
import { authority, openssl, type RunningAgent, startAgent } from './agent-server.ts';
import { birdPath, eventually, type RealBird, startBird } from './real-bird.ts';

const config = (own: string, other: string, port: number, name: string, asn: number, peerAsn: number) => `
router id ${own === '127.0.0.1' ? '10.0.0.1' : '10.0.0.2'};
listen bgp address ${own} port ${port};
protocol device {}
protocol static static1 { route 10.233.${own === '127.0.0.1' ? 64 : 66}.0/26 blackhole; route 10.233.64.5/32 blackhole; }
protocol bgp ${name} {
  local as ${asn}; multihop; source address ${own}; neighbor ${other} port ${port} as ${peerAsn};
  import all; export all; connect delay time 1; connect retry time 1; error wait time 1, 1;
}
`;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const query: CollectQuery = {
  prefixes: ['10.233.64.0/26', '192.0.2.7/32'].map(parsePrefix),
  ranges: ['10.233.64.0/18'].map(parsePrefix),
};

const kindOf = ({ sessions }: Collected) => (sessions.ok ? 'ok' : sessions.error.kind);
const messageOf = ({ sessions }: Collected) => (sessions.ok ? '' : sessions.error.message);

/** Sessions and routes of a reading, as plain data. */
function plain(collected: Collected) {
  const sessions = lastGood(collected.sessions)?.value ?? [];
  const routes = lastGood(collected.routes)?.value ?? [];
  return {
    // Uptimes run on between two readings.
    sessions: sessions.map(({ establishedSeconds, ...rest }) => [rest, establishedSeconds === undefined]),
    routes: routes.map(({ table, ...rest }) => ({ ...rest, rows: [...table.rows()] })),
  };
}

const missing = birdPath && openssl ? '' : ' (skipped: needs the packages bird and openssl)';

describe.skipIf(missing !== '')(`the agent on a real BIRD${missing}`, () => {
  let folder: string;
  let bird: RealBird;
  let leaf: RealBird;
  let port: number;
  let agent: RunningAgent;
  let tls: RunningAgent;
  let own: { caFile: string; server: string[]; client: { certFile: string; keyFile: string } };
  let stranger: { caFile: string; certFile: string; keyFile: string };
  let expired: string[];

  const sockets = () => [
    '--node',
    'node1',
    '--socket',
    bird.socket,
    '--socket6',
    'none',
    '--timeout',
    '700ms',
  ];
  const startNode = () =>
    startBird(
      birdPath ?? '',
      folder,
      'node',
      config('127.0.0.1', '127.0.0.2', port, 'Node_127_0_0_2', 64512, 65009),
    );

  async function ask(url: string, more: Partial<AgentCollectorOptions> = {}, asked = query) {
    const collector = agentCollector({ device: 'node1', url, now: Date.now, token: 'the-token', ...more });
    try {
      return await collector.collect(asked, AbortSignal.timeout(5000));
    } finally {
      collector.close();
    }
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'agent-'));
    port = await freePort();
    bird = await startNode();
    leaf = await startBird(
      birdPath ?? '',
      folder,
      'leaf',
      config('127.0.0.2', '127.0.0.1', port, 'node1', 65009, 64512),
    );
    const [ours, other] = [authority(folder, 'ours'), authority(folder, 'other')];
    const flags = ({ certFile, keyFile }: { certFile: string; keyFile: string }) => [
      ...['--tls-cert-file', certFile],
      ...['--tls-key-file', keyFile],
    ];
    own = { caFile: ours.caFile, server: flags(ours.sign('server')), client: ours.sign('client') };
    stranger = { caFile: other.caFile, ...other.sign('stranger') };
    expired = flags(ours.sign('expired', -1));
    writeFileSync(join(folder, 'token'), 'the-token\n');
    agent = await startAgent([...sockets(), '--token-file', join(folder, 'token')]);
    tls = await startAgent([...sockets(), ...own.server, '--tls-client-ca-file', own.caFile]);
    await eventually(async () => {
      const { sessions } = await ask(agent.url);
      return sessions.ok && sessions.value[0]?.prefixesReceived === 2;
    }, 'the session comes up');
  }, 30_000);

  afterAll(async () => {
    await agent?.stop();
    await tls?.stop();
    await bird?.stop();
    await leaf?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('hands over what the socket says, over HTTP and over HTTPS', async () => {
    const direct = birdSocketCollector({ device: 'node1', socket: bird.socket, now: Date.now });
    const expected = plain(await direct.collect(query, AbortSignal.timeout(5000)));
    expect(expected.sessions[0]).toMatchObject([
      { state: 'established', peerAsn: 65009, prefixesReceived: 2 },
      false,
    ]);
    expect(expected.routes.map(({ layer, rows }) => [layer, rows.length])).toEqual([
      ['local', 4],
      ['exported', 2],
    ]);
    const byHttp = await ask(agent.url);
    expect(plain(byHttp)).toEqual(expected);
    expect(plain(await ask(tls.url, { tls: { caFile: own.caFile, ...own.client } }))).toEqual(expected);
    expect(byHttp.facts).toMatchObject({ software: 'BIRD 1.6.8', routerId: '10.0.0.1', recovering: false });
    expect(Date.now() - byHttp.sessions.at).toBeLessThan(3000);
  });

  it('fails when the IPv6 daemon that it was told of is absent, and finds sockets at the next place', async () => {
    const absent = join(folder, 'absent.ctl');
    const collect = (sockets: string[], sockets6: string[]) =>
      agentSocketsCollector({ device: 'node1', sockets, sockets6, now: Date.now }).collect(
        query,
        AbortSignal.timeout(3000),
      );
    const without6 = await collect([bird.socket], [absent]);
    expect(without6.sessions.ok).toBe(false);
    expect(messageOf(without6)).toContain(absent);
    expect(kindOf(await collect([absent, bird.socket], []))).toBe('ok');
  });

  it('is a source like any other to the auditor', async () => {
    const file = join(folder, 'config.yml');
    const agentSection = `{url: "${agent.url}", token: {file: token}}`;
    writeFileSync(
      join(folder, 'objects.yaml'),
      'apiVersion: v1\nkind: Node\nmetadata: {name: node1, annotations: {projectcalico.org/IPv4Address: 127.0.0.1/8}}\n',
    );
    writeFileSync(
      file,
      `datastore: {files: [objects.yaml]}\nnodes: [{name: node1, agent: ${agentSection}}]\n`,
    );
    const { out, code } = await cli(['audit', '--config', file, '--output', 'json']);
    const { summary, findings, pending } = JSON.parse(out);
    expect(summary).toMatchObject({ devices: 1, devicesUnknown: 0, sessionsUp: 1 });
    // Nothing calls for this session of a mesh of one node: so it was seen.
    // It waits, while this BIRD has just started.
    expect([...findings, ...pending]).toMatchObject([
      { check: 'session-unexpected', device: 'node1', peerAddress: '127.0.0.2' },
    ]);
    expect(code).toBe(findings.length);
  });

  it('reads what the latest question is about, and no more', async () => {
    const one = { prefixes: [parsePrefix('10.233.66.0/26')], ranges: [] };
    const [local] = lastGood((await ask(agent.url, {}, one)).routes)?.value ?? [];
    expect(local?.table.size).toBe(1);
    expect(local?.scopes).toEqual([
      { kind: 'exact', prefixes: one.prefixes, asked: 'show route where net ~ [10.233.66.0/26] all' },
    ]);
  });

  it('keeps the last good reading of a BIRD that hangs, with its age, and recovers', async () => {
    const before = await ask(agent.url);
    expect(kindOf(before)).toBe('ok');
    bird.signal('SIGSTOP');
    let frozen: Collected;
    try {
      await new Promise((resolve) => setTimeout(resolve, 1100));
      frozen = await ask(agent.url);
    } finally {
      bird.signal('SIGCONT');
    }
    expect(kindOf(frozen)).toBe('timeout');
    expect(plain(frozen)).toEqual(plain(before));
    const [age, at] = [Date.now() - (lastGood(frozen.routes)?.at ?? 0), frozen.routes.at];
    expect(age).toBeGreaterThan(1100);
    expect(age).toBeLessThan(10_000);
    expect(at).toBeGreaterThan(lastGood(frozen.routes)?.at ?? Number.POSITIVE_INFINITY);
    await eventually(async () => kindOf(await ask(agent.url)) === 'ok', 'it recovers');
  });

  it('says that BIRD is gone, and finds it when it is there again', async () => {
    await bird.stop();
    await eventually(async () => kindOf(await ask(agent.url)) === 'refused', 'it is gone');
    const gone = await ask(agent.url);
    expect(messageOf(gone)).toContain('nobody listens');
    expect(lastGood(gone.sessions)?.value).toHaveLength(1);
    bird = await startNode();
    await eventually(async () => kindOf(await ask(agent.url)) === 'ok', 'it recovers');
  });

  it('shows metrics of its own node and nothing of an audit', async () => {
    const read = async () => (await fetch(`${agent.url}/metrics`)).text();
    // They follow a reading after a moment.
    await expect
      .poll(read, { timeout: 5000 })
      .toContain('calico_bgp_device_up{device="node1",role="node"} 1');
    const text = await read();
    expect(text).toMatch(/calico_bgp_session_up\{device="node1",.*peer_address="127.0.0.2".*kind="node"/);
    expect(text).not.toMatch(/calico_bgp_(?:findings|audit|routes_missing|expected)/);
    expect((await fetch(`${agent.url}/-/ready`)).status).toBe(200);
    expect((await fetch(`${agent.url}/metrics`, { method: 'HEAD' })).status).toBe(200);
  });

  it('gives readings to nobody who has not the token', async () => {
    for (const token of ['another', 'the-tokenn', ' ', '']) {
      expect(kindOf(await ask(agent.url, { token })), token).toBe('auth');
    }
    // A question of 700 kB is refused by its reason, too, and not by a broken connection.
    const long = Array.from({ length: 40_000 }, (_, i) =>
      parsePrefix(`${10 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`),
    );
    const refused = await ask(agent.url, { token: 'another' }, { prefixes: long, ranges: [] });
    expect(kindOf(refused)).toBe('auth');
    const none = await fetch(agent.url + readingsPath, { method: 'POST', body: '{}' });
    expect([none.status, await none.json()]).toEqual([
      401,
      { error: 'the token is absent or not the right one' },
    ]);
    expect(agent.log()).not.toContain('the-token');
  });

  it('takes no question that is none', async () => {
    const post = (body: string) =>
      fetch(agent.url + readingsPath, {
        method: 'POST',
        body,
        headers: { authorization: 'Bearer the-token' },
      });
    const bad = [
      '',
      '[]',
      '{"version":1}',
      '{"version":2,"prefixes":[],"ranges":[]}',
      '{"version":1,"prefixes":["10.0.0.0/8] all; configure"],"ranges":[]}',
      '{"version":1,"prefixes":[7],"ranges":[]}',
    ];
    for (const body of bad) expect((await post(body)).status, body).toBe(400);
    expect((await post(' '.repeat(5_000_000))).status).toBe(413);
    const many = { prefixes: new Array(100_001).fill(parsePrefix('10.0.0.0/8')), ranges: [] };
    expect((await post(JSON.stringify(encodeQuery(many)))).status).toBe(400);
    expect(kindOf(await ask(agent.url))).toBe('ok');
  });

  it('wants a client certificate of its authority where it was given one', async () => {
    const { caFile, client } = own;
    expect(kindOf(await ask(tls.url, { tls: { caFile } }))).toBe('auth');
    const { certFile, keyFile } = stranger;
    expect(kindOf(await ask(tls.url, { tls: { caFile, certFile, keyFile } }))).toBe('auth');
    expect(kindOf(await ask(tls.url, { tls: { caFile, ...client } }))).toBe('ok');
  });

  it('lets nobody in by a resumed session that never showed a certificate', async () => {
    const { hostname, port: at } = new URL(tls.url);
    const options = { host: hostname, port: Number(at), rejectUnauthorized: false };
    const question = JSON.stringify(encodeQuery(query));
    const head = `POST ${readingsPath} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${question.length}\r\n\r\n`;
    const talk = (session?: Buffer) =>
      new Promise<{ session: Buffer | undefined; reused: boolean; text: string }>((resolve, reject) => {
        let [ticket, text, reused]: [Buffer | undefined, string, boolean] = [undefined, '', false];
        const socket = connect({ ...options, ...(session && { session }) }, () => {
          reused = socket.isSessionReused();
          socket.write(head + question);
        });
        socket.on('session', (data) => {
          ticket = data;
        });
        socket.on('data', (data) => {
          text += String(data);
        });
        socket.on('error', reject);
        socket.on('close', () => resolve({ session: ticket, reused, text }));
      });
    const first = await talk();
    expect(first.text).toContain('401');
    const second = await talk(first.session);
    expect(second.reused).toBe(true);
    expect(second.text).toContain('HTTP/1.1 401');
  });

  it('is believed only with a certificate that its caFile has signed and that is valid', async () => {
    expect(kindOf(await ask(tls.url, { tls: { caFile: stranger.caFile, ...own.client } }))).toBe('host-key');
    expect(kindOf(await ask(tls.url))).toBe('host-key');
    const old = await startAgent([...sockets(), ...expired]);
    try {
      const refused = await ask(old.url, { tls: { caFile: own.caFile } });
      expect([kindOf(refused), messageOf(refused)]).toEqual([
        'host-key',
        expect.stringContaining('not valid today'),
      ]);
    } finally {
      await old.stop();
    }
    expect(kindOf(await ask(tls.url.replace('https', 'http')))).toBe('protocol');
    expect(kindOf(await ask(agent.url.replace('http', 'https')))).toBe('protocol');
  });

  it('keeps its readings to itself on an open address without a token', async () => {
    const open = await startAgent(sockets(), '0.0.0.0:0');
    try {
      expect(kindOf(await ask(open.url))).toBe('permission');
      expect((await fetch(`${open.url}/metrics`)).status).toBe(200);
      expect(open.log()).toContain('readings go to nobody');
    } finally {
      await open.stop();
    }
  });

  it('is asked again after a restart, over the connection that it let go', async () => {
    const first = await startAgent(sockets());
    const collector = agentCollector({ device: 'node1', url: first.url, now: Date.now });
    const collect = () => collector.collect(query, AbortSignal.timeout(5000));
    expect(kindOf(await collect())).toBe('ok');
    await first.stop();
    // The agent is away: nothing is known of BIRD.
    expect(kindOf(await collect())).toBe('unreachable');
    const second = await startAgent(sockets(), new URL(first.url).host);
    expect(kindOf(await collect())).toBe('ok');
    collector.close();
    await second.stop();
  });

  it("says when it is another node's", async () => {
    const answer = await ask(agent.url, { device: 'node2' });
    const message = `${agent.url}: this is the agent of node "node1", not of node2`;
    expect([kindOf(answer), messageOf(answer)]).toEqual(['protocol', message]);
  });

  it.each([
    [['--node', 'n', '--tls-cert-file', 'x'], '--tls-cert-file and --tls-key-file are needed together'],
    [['--node', 'n', '--tls-client-ca-file', 'x'], '--tls-client-ca-file needs --tls-cert-file'],
    [['--node', 'n', '--token-file', '/nowhere'], '/nowhere cannot be read (ENOENT)'],
    [['--node', 'n', '--interval', '1s', '--timeout', '2s'], '--timeout is longer than the interval of 1s'],
    [['--node', 'n', '--interval', 'soon'], '--interval must be a duration from 500ms to 1h'],
    [[], 'which node is this?'],
  ])('does not start with %j', async (flags, message) => {
    const { code, err } = await cli(['agent', ...flags]);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});
