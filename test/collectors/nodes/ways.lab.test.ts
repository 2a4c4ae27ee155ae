// Every way to read a Calico node, on the six nodes of the reference lab at the same moment: an agent and an sshd in each node's
// namespace, asked over the management network, birdcl in pods and CalicoNodeStatus through a Kubernetes API server over real
// HTTP and WebSocket that runs the node's own birdc there. What is expected of sessions and routes follows from the topology.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentCollector } from '../../../src/collectors/nodes/agent.ts';
import { execCollector } from '../../../src/collectors/nodes/exec.ts';
import { nodeSshCollector } from '../../../src/collectors/nodes/node-ssh.ts';
import { nodeStatusCollector } from '../../../src/collectors/nodes/node-status.ts';
import { nodeStatusApi } from '../../../src/collectors/nodes/node-status-api.ts';
import type { Collected, Collector, CollectQuery } from '../../../src/model/collector.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import { lastGood } from '../../../src/model/reading.ts';
import { type KubeClient, kubeClient } from '../../../src/transport/kube.ts';
import { fillStatuses } from '../../kube/calico-node.ts';
import { kubeconfigFor, token } from '../../kube/cluster.ts';
import { FakeApiServer } from '../../kube/fake-api-server.ts';
import { Lab } from '../../lab/lab.ts';
import { unavailable } from '../../lab/preflight.ts';
import { commandFor } from '../../lab/spawn.ts';
import { folderOf, socketOf } from '../../lab/state.ts';
import { reference } from '../../lab/topologies/reference.ts';
import { announcedPrefixes, managementAddress } from '../../lab/topology.ts';
import { type WayIn, wayIn } from '../../lab/way-in.ts';
import { sshd, sshdFiles } from '../../transport/real-sshd.ts';
import { routesSeen, sessionsSeen, wholeReading } from './plain.ts';

const NAME = 'ways';
const reason = await unavailable();
const root = path.resolve(import.meta.dirname, '..', '..', '..');
const statuses = '/apis/crd.projectcalico.org/v1/caliconodestatuses';
const pods = '/api/v1/namespaces/calico-system/pods';
const agentPort = 10_180;
const names = reference.nodes.map(({ name }) => name);

const announced = announcedPrefixes(reference);
const query: CollectQuery = {
  prefixes: [...announced, '10.233.99.0/24'].map(parsePrefix),
  ranges: ['10.233.0.0/18', '10.233.64.0/18'].map(parsePrefix),
};

type Way = 'agent' | 'exec' | 'ssh' | 'status';

const podOf = (node: string) => ({
  metadata: { name: `calico-node-${node}`, labels: { 'k8s-app': 'calico-node' } },
  spec: { nodeName: node },
  status: { phase: 'Running', containerStatuses: [{ name: 'calico-node', state: { running: {} } }] },
});

const errorsOf = ({ sessions, routes }: Collected) =>
  [sessions, routes].flatMap((reading) => (reading.ok ? [] : [reading.error.message]));

describe.skipIf(reason !== undefined)(
  `all ways to read six nodes${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let lab: Lab;
    let folder: string;
    let server: FakeApiServer;
    let client: KubeClient;
    const open: WayIn[] = [];
    const collectors = new Map<string, Readonly<Record<Way, Collector>>>();

    beforeAll(async () => {
      await promisify(execFile)(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
      await Lab.down(NAME);
      lab = await Lab.up(reference, { name: NAME, readyMs: 120_000 });
      folder = mkdtempSync(path.join(tmpdir(), 'ways-lab-'));
      writeFileSync(path.join(folder, 'token'), 'the-token\n', { mode: 0o600 });
      server = new FakeApiServer({ token });
      server.serve(pods, 'Pod', names.map(podOf));
      server.serve(statuses, 'CalicoNodeStatus');
      server.runInPods({
        program({ pod, command: [program = '', ...rest] }) {
          const node = pod.replace('calico-node-', '');
          // Debian's birdc is what calico-node's image calls birdcl.
          return program === 'birdcl'
            ? commandFor(lab.state, node, ['/usr/sbin/birdc', ...rest]).argv
            : undefined;
        },
      });
      client = kubeClient({ kubeconfig: kubeconfigFor(await server.listen()) });
      const api = nodeStatusApi(client, undefined, Date.now);
      await Promise.all(names.map(async (node) => collectors.set(node, await waysTo(node, api))));
    });

    afterAll(async () => {
      for (const ways of collectors.values()) for (const collector of Object.values(ways)) collector.close();
      for (const way of open) await way.close();
      client?.close();
      await server?.close();
      await lab?.down();
      if (folder) rmSync(folder, { recursive: true, force: true });
    });

    /** Starts what answers on the node, and makes what asks it. */
    async function waysTo(
      node: string,
      api: ReturnType<typeof nodeStatusApi>,
    ): Promise<Record<Way, Collector>> {
      const address = managementAddress(reference, node);
      const socket = socketOf(lab.state, node, 'ipv4');
      const common = { device: node, now: Date.now };
      const agent = [
        process.execPath,
        path.join(root, 'dist', 'calico-bgp-exporter.js'),
        'agent',
        '--node',
        node,
      ];
      await lab.spawn(
        node,
        [
          ...agent,
          ...['--web.listen-address', `${address}:${agentPort}`, '--token-file', path.join(folder, 'token')],
          ...['--socket', socket, '--socket6', 'none'],
        ],
        { as: 'agent' },
      );
      const keys = sshdFiles(address, 22, path.join(folderOf(lab.state, node), 'bin'));
      await lab.spawn(node, [sshd, '-D', '-e', '-f', keys.config], { as: 'sshd' });
      const [toAgent, toSsh] = [
        await wayIn(lab.state, address, agentPort),
        await wayIn(lab.state, address, 22),
      ];
      open.push(toAgent, toSsh);
      return {
        agent: agentCollector({ ...common, url: `http://127.0.0.1:${toAgent.port}`, token: 'the-token' }),
        exec: execCollector({
          ...common,
          client,
          namespaces: ['calico-system'],
          labelSelector: 'k8s-app=calico-node',
          container: 'calico-node',
          socket,
          commandTimeoutMs: 10_000,
          limit: (work) => work(),
        }),
        ssh: nodeSshCollector({
          ...common,
          command: 'birdcl',
          program: 'birdc',
          program6: 'birdc6',
          sudo: false,
          socket,
          commandTimeoutMs: 10_000,
          connection: {
            host: '127.0.0.1',
            port: toSsh.port,
            username: 'root',
            privateKey: readFileSync(keys.clientKey, 'utf8'),
            hostKeys: { fingerprints: [keys.fingerprint] },
          },
        }),
        status: nodeStatusCollector({
          ...common,
          api,
          manage: true,
          updatePeriodSeconds: 10,
          maxUnchangedMs: 600_000,
        }),
      };
    }

    const read = (node: string, way: Way): Promise<Collected> => {
      const collector = collectors.get(node)?.[way];
      if (!collector) throw new Error(`nothing reads ${node} by ${way}`);
      return collector.collect(query, AbortSignal.timeout(30_000));
    };

    it('agree on sessions and routes, as far as each can see', async () => {
      // Daemons have started, and every node has an object to fill.
      for (const node of names) {
        for (const way of ['agent', 'ssh'] as const)
          await expect.poll(async () => errorsOf(await read(node, way)), { timeout: 30_000 }).toEqual([]);
        await read(node, 'status');
      }
      await lab.ready();
      for (const node of names) {
        const sockets = { socket: socketOf(lab.state, node, 'ipv4') };
        expect(await fillStatuses(server, statuses, node, sockets), node).toBe(1);
      }
      // A list of the objects serves for a moment.
      await new Promise((resolve) => setTimeout(resolve, 1600));

      const ways = ['agent', 'exec', 'ssh', 'status'] as const;
      const readings = new Map(
        await Promise.all(
          names.map(async (node) => {
            const all = await Promise.all(ways.map(async (way) => [way, await read(node, way)] as const));
            return [node, Object.fromEntries(all) as Record<Way, Collected>] as const;
          }),
        ),
      );

      const spread: number[] = [];
      for (const [node, { agent, exec, ssh, status }] of readings) {
        expect([agent, exec, ssh, status].map(errorsOf), node).toEqual([[], [], [], []]);
        // The three that read BIRD's own words say the same of everything: counts, names, errors, what is sent.
        const whole = wholeReading(exec);
        expect(wholeReading(agent), node).toEqual(whole);
        expect(wholeReading(ssh), node).toEqual(whole);
        expect(agent.facts?.routerId, node).toBe(exec.facts?.routerId);
        // CalicoNodeStatus says the same of what it knows, and does not say more.
        expect(sessionsSeen(status), node).toEqual(sessionsSeen(exec));
        expect(routesSeen(status), node).toEqual(routesSeen(exec));
        expect(lastGood(status.sessions)?.value.some((session) => 'prefixesReceived' in session)).toBe(false);
        const times = [agent, exec, ssh].map(({ sessions }) => sessions.at);
        spread.push(Math.max(...times) - Math.min(...times));
      }
      console.log(`six nodes by four ways, read within ${Math.max(...spread)} ms of each other`);

      // Not agreement on nothing: what the topology says of the six.
      const sessions = names.map((node) => sessionsSeen(readings.get(node)?.exec as Collected));
      expect(sessions.map(({ length }) => length)).toEqual([3, 3, 2, 3, 3, 2]);
      expect(sessions.flat().every((line) => line.endsWith(' established'))).toBe(true);
      expect(sessions[0]?.map((line) => line.split(' ')[1])).toEqual([
        '172.20.0.12',
        '172.20.0.13',
        '172.20.0.254',
      ]);
      for (const node of names) {
        const views = lastGood((readings.get(node) as Record<Way, Collected>).status.routes)?.value ?? [];
        const seen = views.flatMap(({ table }) =>
          [...table.rows()].map(({ prefix }) => formatPrefix(prefix)),
        );
        expect(seen, node).toEqual(expect.arrayContaining([...announced]));
        expect(seen, node).not.toContain('10.233.99.0/24');
      }
      const sent = (node: string) =>
        lastGood((readings.get(node) as Record<Way, Collected>).agent.routes)
          ?.value.filter(({ layer, peer }) => layer === 'exported' && peer === '172.20.0.254')
          .flatMap(({ table }) => [...table.rows()].map(({ prefix }) => formatPrefix(prefix)));
      expect(sent('node1')).toEqual(expect.arrayContaining(['10.233.64.0/24', '10.233.0.0/18']));
    });
  },
);
