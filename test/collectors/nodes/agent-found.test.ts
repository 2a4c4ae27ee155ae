// Agents that come and go in a running exporter: found by EndpointSlices of a fake API server over real HTTP, asked over real TLS
// with the one certificate that deploy/README.md makes for all of them, on a real BIRD 1.6. Nodes are those of the recorded cluster.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { because } from '../../because.ts';
import { cli, type Ran } from '../../cli/io.ts';
import { recordedServer, until } from '../../kube/cluster.ts';
import type { FakeApiServer } from '../../kube/fake-api-server.ts';
import { authority, openssl, type RunningAgent, startAgent } from './agent-server.ts';
import { birdPath, type RealBird, startBird } from './real-bird.ts';

const slices = '/apis/discovery.k8s.io/v1/namespaces/monitoring/endpointslices';
const certificateName = 'calico-bgp-exporter-agent';
const lacks = birdPath === undefined || openssl === undefined;

describe.skipIf(lacks)(because(lacks, 'discovered agents', 'needs the packages bird and openssl'), () => {
  let folder: string;
  let bird: RealBird;
  let agent: RunningAgent;
  let server: FakeApiServer;
  let kubeconfig: string;
  let caFile: string;
  let url = '';
  let ended: Promise<Ran>;
  const end = new AbortController();

  const slice = (name: string, nodeName: string) => ({
    metadata: { name, namespace: 'monitoring', labels: { 'kubernetes.io/service-name': 'agents' } },
    addressType: 'IPv4',
    ports: [{ name: 'https', port: Number(new URL(agent.url).port) }],
    endpoints: [{ nodeName, addresses: ['127.0.0.1'], conditions: { ready: true } }],
  });

  function configFile(name: string, serverName: string): string {
    const file = join(folder, name);
    const section = {
      namespace: 'monitoring',
      service: 'agents',
      token: { file: join(folder, 'token') },
      caFile,
      ...(serverName && { serverName }),
    };
    const config = {
      datastore: { kubernetes: { kubeconfig } },
      nodeDiscovery: { nodes: ['node1', 'node2'], interval: '1s', timeout: '1s', agent: section },
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'agent-found-'));
    writeFileSync(join(folder, 'token'), 'the-token\n');
    bird = await startBird(birdPath ?? '', folder, 'node', 'router id 10.0.0.1;\nprotocol device {}\n');
    const ca = authority(folder, 'ca');
    const { certFile, keyFile } = ca.sign('agents', 2, `DNS:${certificateName}`);
    caFile = ca.caFile;
    agent = await startAgent([
      ...['--node', 'node1', '--socket', bird.socket, '--socket6', 'none', '--timeout', '700ms'],
      ...['--token-file', join(folder, 'token'), '--tls-cert-file', certFile, '--tls-key-file', keyFile],
    ]);
    ({ server, kubeconfig } = await recordedServer());
    server.serve(slices, 'EndpointSlice');
    const file = configFile('config.yml', certificateName);
    ended = cli(['serve', '--config', file, '--web.listen-address', '127.0.0.1:0'], {
      signal: end.signal,
      onErr(text) {
        url = /"url":"([^"]+)"/.exec(text)?.[1] ?? '';
      },
    });
    await until(() => url !== '', 30_000);
  }, 60_000);

  afterAll(async () => {
    end.abort('end of test');
    await ended;
    await agent?.stop();
    await bird?.stop();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Of each node that is read, whether that works: `node1 1`. */
  async function devices(): Promise<string[]> {
    const text = await (await fetch(`${url}/metrics`)).text();
    return [...text.matchAll(/^calico_bgp_device_up\{device="(\w+)",role="node"\} (\d)$/gm)]
      .map(([, device, up]) => `${device} ${up}`)
      .sort();
  }

  async function findingOf(device: string) {
    const { data } = (await (await fetch(`${url}/api/v1/findings`)).json()) as {
      data: { items: { check: string; device: string; cause?: string; detail: string }[] };
    };
    return data.items.find((each) => each.device === device && each.check === 'device-unreachable');
  }

  const settles = { timeout: 15_000, interval: 200 };

  it('a node without an agent is there, and unknown: nothing is said of its BIRD', async () => {
    await expect.poll(devices, settles).toEqual(['node1 0', 'node2 0']);
    await expect
      .poll(() => findingOf('node1'), settles)
      .toMatchObject({
        cause: 'unknown-device-unreachable',
        detail: expect.stringContaining('Service monitoring/agents has no endpoint on node node1'),
      });
  });

  it('is read as soon as its agent has an endpoint, whatever address that has', async () => {
    server.put(slices, slice('s1', 'node1'));
    await expect.poll(devices, settles).toEqual(['node1 1', 'node2 0']);
    await expect.poll(() => findingOf('node1'), settles).toBeUndefined();
  });

  it('tells a BIRD that is down from an agent that is away', async () => {
    await bird.stop();
    await expect.poll(() => findingOf('node1'), settles).toMatchObject({ cause: 'bird-down' });
    server.remove(slices, 'monitoring/s1');
    await expect
      .poll(() => findingOf('node1'), settles)
      .toMatchObject({ cause: 'unknown-device-unreachable' });
  });

  it('goes and comes with the Node object', async () => {
    const place = '/api/v1/nodes';
    const node2 = server.resources.get(place)?.items.get('node2');
    server.remove(place, 'node2');
    await expect.poll(devices, settles).toEqual(['node1 0']);
    if (node2) server.put(place, node2);
    await expect.poll(devices, settles).toEqual(['node1 0', 'node2 0']);
  });

  it.each([
    ['', 'is not for this name (ERR_TLS_CERT_ALTNAME_INVALID)'],
    ['another-agent', 'is not for this name (ERR_TLS_CERT_ALTNAME_INVALID)'],
  ])('with serverName %j the certificate is refused', async (serverName, says) => {
    server.put(slices, slice('s2', 'node1'));
    const { out } = await cli(['audit', '--config', configFile('other.yml', serverName), '--output', 'json']);
    const { findings } = JSON.parse(out) as { findings: { device: string; check: string; detail: string }[] };
    const finding = findings.find((each) => each.device === 'node1' && each.check === 'device-unreachable');
    expect(finding).toMatchObject({
      cause: 'unknown-device-unreachable',
      detail: expect.stringContaining(says),
    });
  });
});
