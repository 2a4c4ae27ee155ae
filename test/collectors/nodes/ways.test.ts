// Every way to read a node, on the same real BIRDs 1.6 (Debian's package `bird`) at the same moment: the socket, birdcl in a
// pod over a real WebSocket, birdcl over a real sshd, CalicoNodeStatus filled as calico-node does. They agree as far as each can
// see, and each failure is a reading that says so. Debian's `birdc` is the program that calico-node's image calls `birdcl`.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { birdSocketCollector } from '../../../src/collectors/nodes/bird-socket.ts';
import { type ExecCollectorOptions, execCollector } from '../../../src/collectors/nodes/exec.ts';
import { type NodeSshCollectorOptions, nodeSshCollector } from '../../../src/collectors/nodes/node-ssh.ts';
import { nodeStatusCollector, ownNames } from '../../../src/collectors/nodes/node-status.ts';
import { nodeStatusApi } from '../../../src/collectors/nodes/node-status-api.ts';
import type { Collected, CollectQuery } from '../../../src/model/collector.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { lastGood } from '../../../src/model/reading.ts';
import { type KubeClient, kubeClient } from '../../../src/transport/kube.ts';
import { because } from '../../because.ts';
import { fillStatuses } from '../../kube/calico-node.ts';
import { kubeconfigFor, token } from '../../kube/cluster.ts';
import { FakeApiServer } from '../../kube/fake-api-server.ts';
import type { ExecRequest, PodExecOptions } from '../../kube/pod-exec.ts';
import { type RealSshd, sshdPossible, startSshd } from '../../transport/real-sshd.ts';
import { routesSeen, sessionsSeen, wholeReading } from './plain.ts';
import { bird6Path, birdPath, eventually, type RealBird, startBird } from './real-bird.ts';

const config = (own: string, other: string, port: number, name: string, asn: number, peerAsn: number) => `
router id ${own === '127.0.0.1' ? '10.0.0.1' : '10.0.0.2'};
listen bgp address ${own} port ${port};
protocol device {}
protocol static static1 { route 10.233.${own === '127.0.0.1' ? 64 : 66}.0/26 blackhole; route 10.233.64.5/32 blackhole; }
protocol bgp ${name} {
  local as ${asn}; multihop; source address ${own}; neighbor ${other} port ${port} as ${peerAsn};
  import all; export all; connect delay time 1; connect retry time 1; error wait time 1, 1;
}
protocol bgp Global_192_0_2_9_port_1790 { local as ${asn}; multihop; neighbor 192.0.2.9 as 65000; passive on; }
protocol bgp Mesh_192_0_2_10 { local as ${asn}; multihop; neighbor 192.0.2.10 as ${asn}; disabled; }
`;
const config6 = `
router id 10.0.0.1;
protocol device {}
protocol static static1 { route fd00:233::/122 blackhole; }
`;

const query: CollectQuery = {
  prefixes: ['10.233.64.0/26', '192.0.2.7/32', 'fd00:233::/122'].map(parsePrefix),
  ranges: ['10.233.64.0/18', 'fd00:233::/64'].map(parsePrefix),
};

const errorOf = ({ sessions }: Collected) => (sessions.ok ? undefined : sessions.error);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const possible = birdPath !== undefined && bird6Path !== undefined && sshdPossible;

describe.skipIf(!possible)(
  because(!possible, 'the ways to a node', 'needs root, bird, bird6 and sshd'),
  () => {
    const statuses = '/apis/crd.projectcalico.org/v1/caliconodestatuses';
    let folder: string;
    let birds: RealBird[];
    let node: RealBird;
    let node6: RealBird;
    let server: FakeApiServer;
    let client: KubeClient;
    let sshd: RealSshd;
    let requests: readonly ExecRequest[];
    const pods: { options: Partial<PodExecOptions> } = { options: {} };

    const programs: Readonly<Record<string, string>> = {
      birdcl: '/usr/sbin/birdc',
      birdcl6: '/usr/sbin/birdc6',
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'ways-'));
      const port = await freePort();
      const start = (name: string, text: string, binary = birdPath ?? '') =>
        startBird(binary, folder, name, text);
      node = await start('node', config('127.0.0.1', '127.0.0.2', port, 'Node_127_0_0_2', 64512, 65009));
      node6 = await start('node6', config6, bird6Path);
      const leaf = await start('leaf', config('127.0.0.2', '127.0.0.1', port, 'node1', 65009, 64512));
      birds = [node, node6, leaf];
      mkdirSync(join(folder, 'bin'));
      for (const [name, target] of Object.entries(programs)) symlinkSync(target, join(folder, 'bin', name));
      server = new FakeApiServer({ token });
      server.serve('/api/v1/namespaces/calico-system/pods', 'Pod', [pod('calico-node-x7k2p', 'node1')]);
      server.serve('/api/v1/namespaces/kube-system/pods', 'Pod');
      server.serve(statuses, 'CalicoNodeStatus');
      requests = server.runInPods({
        program: (request) => {
          if (pods.options.program) return pods.options.program(request);
          const [name = '', ...rest] = request.command;
          const program = programs[name];
          return program === undefined ? undefined : [program, ...rest];
        },
        refuse: (request) => pods.options.refuse?.(request),
        dropAfter: (request) => pods.options.dropAfter?.(request),
      });
      client = kubeClient({ kubeconfig: kubeconfigFor(await server.listen()) });
      sshd = await startSshd(join(folder, 'bin'));
      await eventually(async () => {
        const { sessions } = await bySocket();
        return sessions.ok && sessions.value.some(({ prefixesReceived }) => prefixesReceived === 2);
      }, 'the session comes up');
    }, 30_000);

    afterAll(async () => {
      for (const bird of birds ?? []) await bird.stop();
      await sshd?.stop();
      client?.close();
      await server?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    afterEach(() => {
      pods.options = {};
      server.forbidden.clear();
    });

    function pod(name: string, nodeName: string, state: object = { running: {} }, phase = 'Running') {
      const labels = { 'k8s-app': 'calico-node' };
      const containerStatuses = [{ name: 'calico-node', state }];
      return {
        metadata: { name, namespace: '', labels },
        spec: { nodeName },
        status: { phase, containerStatuses },
      };
    }

    const soon = (ms = 15_000) => AbortSignal.timeout(ms);
    const bySocket = () =>
      birdSocketCollector({
        device: 'node1',
        socket: node.socket,
        socket6: node6.socket,
        now: Date.now,
      }).collect(query, soon());

    const exec = (more: Partial<ExecCollectorOptions> = {}, asked = query) =>
      execCollector({
        device: 'node1',
        client,
        namespaces: ['calico-system', 'kube-system'],
        labelSelector: 'k8s-app=calico-node',
        container: 'calico-node',
        socket: node.socket,
        socket6: node6.socket,
        commandTimeoutMs: 3000,
        limit: (work) => work(),
        now: Date.now,
        ...more,
      }).collect(asked, soon());

    async function overSsh(more: Partial<NodeSshCollectorOptions> = {}, ms = 15_000): Promise<Collected> {
      const collector = nodeSshCollector({
        device: 'node1',
        command: 'birdcl',
        program: 'birdcl',
        program6: 'birdcl6',
        sudo: false,
        socket: node.socket,
        socket6: node6.socket,
        commandTimeoutMs: 3000,
        connection: {
          host: '127.0.0.1',
          port: sshd.port,
          username: 'root',
          privateKey: readFileSync(sshd.clientKey, 'utf8'),
          hostKeys: { fingerprints: [sshd.fingerprint] },
        },
        now: Date.now,
        ...more,
      });
      try {
        return await collector.collect(query, soon(ms));
      } finally {
        collector.close();
      }
    }

    const fill = () =>
      fillStatuses(server, statuses, 'node1', { socket: node.socket, socket6: node6.socket });
    const statusOptions = { manage: true, updatePeriodSeconds: 10, maxUnchangedMs: 600_000 };
    const statusCollector = (more: Partial<typeof statusOptions> = {}, now = Date.now) =>
      nodeStatusCollector({
        device: 'node1',
        api: nodeStatusApi(client, undefined, now),
        ...statusOptions,
        ...more,
        now,
      });

    describe('all of them at once', () => {
      it('exec and SSH read exactly what the socket says', async () => {
        const [direct, byExec, bySsh] = [await bySocket(), await exec(), await overSsh()];
        expect([errorOf(direct), errorOf(byExec), errorOf(bySsh)]).toEqual([undefined, undefined, undefined]);
        const whole = wholeReading(direct);
        expect(whole.sessions.map(([session]) => session)).toMatchObject([
          { name: 'Node_127_0_0_2', state: 'established', prefixesReceived: 2, prefixesAdvertised: 2 },
          { name: 'Global_192_0_2_9_port_1790', state: 'idle', passive: true },
          { name: 'Mesh_192_0_2_10', state: 'idle', adminDown: true },
        ]);
        expect(whole.routes.map(({ layer, peer, rows }) => [layer, peer, rows.length])).toEqual([
          ['local', undefined, 4],
          ['exported', '127.0.0.2', 2],
          ['local', undefined, 1],
        ]);
        expect(wholeReading(byExec)).toEqual(whole);
        expect(wholeReading(bySsh)).toEqual(whole);
        expect(byExec.facts).toMatchObject({
          software: 'BIRD 1.6.8',
          routerId: '10.0.0.1',
          recovering: false,
        });
        expect(bySsh.facts?.routerId).toBe('10.0.0.1');
      });

      it('CalicoNodeStatus agrees in what it can see, and says what it cannot', async () => {
        const collector = statusCollector();
        expect(errorOf(await collector.collect(query, soon()))?.kind).toBe('pending');
        expect(await fill()).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 1600));
        const [direct, told] = [await bySocket(), await collector.collect(query, soon())];
        expect(sessionsSeen(told)).toEqual(sessionsSeen(direct));
        expect(sessionsSeen(told)).toEqual([
          'ipv4 127.0.0.2 node established',
          'ipv4 192.0.2.10 mesh idle',
          'ipv4 192.0.2.9 global idle',
        ]);
        expect(routesSeen(told)).toEqual(routesSeen(direct));
        expect(routesSeen(told)).toHaveLength(5);
        const [session] = lastGood(told.sessions)?.value ?? [];
        expect(session).toMatchObject({ peerAsn: null, localAsn: null });
        expect(session).not.toHaveProperty('prefixesReceived');
        expect(told.facts?.capabilities).toMatchObject({
          sessions: { counts: [] },
          routes: { layers: ['local'] },
        });
        collector.close();
        await eventually(() => server.resources.get(statuses)?.items.size === 0, 'its object is removed');
      });

      it('asks only from the list, programs read-only', async () => {
        await exec();
        for (const { command } of requests) {
          expect(command.slice(1, 3)).toEqual(['-r', '-v']);
          expect(command.slice(5, 7).join(' ')).toMatch(/^show (?:status|protocols|route)$/);
        }
      });
    });

    describe('exec', () => {
      it.each([
        ['list /pods', '/api/v1/namespaces/calico-system/pods', 'resources: ["pods"], verbs: ["list"]'],
        ['exec', '', 'resources: ["pods/exec"], verbs: ["get", "create"]'],
      ])('refused to %s: names the rule', async (_, path, rule) => {
        if (path) server.forbidden.add(path);
        else pods.options = { refuse: () => 403 };
        const error = errorOf(await exec());
        expect(error).toMatchObject({ kind: 'permission' });
        expect(error?.message).toContain(`apiGroups: [""], ${rule}`);
        expect(error?.message).toContain('namespace calico-system');
      });

      it('no pod on the node, and a pod that does not run', async () => {
        expect(errorOf(await exec({ device: 'node7' }))).toMatchObject({
          kind: 'not-found',
          message: expect.stringContaining('no pod with label k8s-app=calico-node on node node7'),
        });
        const waiting = { waiting: { reason: 'CrashLoopBackOff' } };
        server.put('/api/v1/namespaces/kube-system/pods', pod('calico-node-abcde', 'node8', waiting));
        expect(errorOf(await exec({ device: 'node8' }))).toMatchObject({
          kind: 'refused',
          message: expect.stringContaining('container calico-node is not running (CrashLoopBackOff)'),
        });
      });

      it('a connection dropped in the middle of an answer is no answer', async () => {
        pods.options = { dropAfter: ({ command }) => (command.includes('protocols') ? 700 : undefined) };
        const collected = await exec();
        expect(errorOf(collected)).toMatchObject({
          kind: 'protocol',
          message: expect.stringContaining('closed after 700 bytes, before it had ended'),
        });
        expect(collected.routes.ok).toBe(false);
      });

      it('no such program, no such socket', async () => {
        pods.options = { program: () => undefined };
        expect(errorOf(await exec())).toMatchObject({ kind: 'not-found' });
        pods.options = {};
        const error = errorOf(
          await exec({ socket: join(folder, 'none.ctl'), socket6: join(folder, 'none6.ctl') }),
        );
        expect(error).toMatchObject({
          kind: 'not-found',
          message: expect.stringContaining('BIRD is not running'),
        });
      });

      it('a frozen BIRD costs one deadline, and is read again once it goes on', async () => {
        node.signal('SIGSTOP');
        try {
          const began = performance.now();
          const collected = await exec({ commandTimeoutMs: 700 });
          expect(performance.now() - began).toBeLessThan(2500);
          expect(errorOf(collected)).toMatchObject({
            kind: 'timeout',
            message: expect.stringContaining('IPv4'),
          });
          // The other daemon answers, and its routes count.
          expect(collected.routes).toMatchObject({ ok: true });
        } finally {
          node.signal('SIGCONT');
        }
        expect(errorOf(await exec())).toBeUndefined();
      });

      it('an API server that is away says nothing of BIRD', async () => {
        const port = await freePort();
        const away = kubeClient({ kubeconfig: kubeconfigFor(`http://127.0.0.1:${port}`) });
        expect(errorOf(await exec({ client: away }))).toMatchObject({ kind: 'unreachable' });
      });
    });

    describe('SSH', () => {
      it('a changed host key stops everything before the login', async () => {
        const fingerprints = [`SHA256:${'A'.repeat(43)}`];
        const connection = {
          host: '127.0.0.1',
          port: sshd.port,
          username: 'root',
          hostKeys: { fingerprints },
        };
        expect(errorOf(await overSsh({ connection }))).toMatchObject({ kind: 'host-key' });
      });

      it('nobody listening there says nothing of BIRD', async () => {
        const hostKeys = { fingerprints: [sshd.fingerprint] };
        const connection = { host: '127.0.0.1', port: await freePort(), username: 'root', hostKeys };
        expect(errorOf(await overSsh({ connection }))).toMatchObject({ kind: 'unreachable' });
      });

      it('no such program', async () => {
        expect(errorOf(await overSsh({ program: 'birdcl-none', program6: 'birdcl-none' }))).toMatchObject({
          kind: 'not-found',
          message: expect.stringContaining('there is no such program'),
        });
      });

      it('a frozen BIRD costs one deadline', async () => {
        node.signal('SIGSTOP');
        try {
          expect(errorOf(await overSsh({ commandTimeoutMs: 700 }))).toMatchObject({ kind: 'timeout' });
        } finally {
          node.signal('SIGCONT');
        }
      });

      it('with sudo, without ever being asked for a password', async () => {
        // What sudo(8) does with -n, for a machine that has none: it runs the command, or says that it may not.
        const asked = join(folder, 'sudo-asked');
        const sudo = (end: string) => {
          const script = `#!/bin/sh\nprintf '%s\\n' "$*" >> ${asked}\n[ "$1" = -n ] || { sleep 60; exit 1; }\nshift\n${end}\n`;
          writeFileSync(join(folder, 'bin', 'sudo'), script, { mode: 0o755 });
        };
        sudo('exec "$@"');
        const [direct, bySudo] = [await bySocket(), await overSsh({ sudo: true })];
        expect(errorOf(bySudo)).toBeUndefined();
        expect(wholeReading(bySudo)).toEqual(wholeReading(direct));
        for (const line of readFileSync(asked, 'utf8').trim().split('\n'))
          expect(line).toMatch(/^-n birdcl6? -r -v -s \S+ show (?:status|protocols|route)\b/);
        for (const said of [
          'sudo: a password is required',
          'exporter is not in the sudoers file.',
          'sudo: no tty present and no askpass program specified',
        ]) {
          sudo(`echo "${said}" >&2; exit 1`);
          expect(errorOf(await overSsh({ sudo: true }))).toMatchObject({
            kind: 'permission',
            message: expect.stringContaining(said),
          });
        }
      });

      const table = [
        'IPv4 BGP status',
        '+--------------+-----------+-------+----------+-------------+',
        '| PEER ADDRESS | PEER TYPE | STATE |  SINCE   |    INFO     |',
        '+--------------+-----------+-------+----------+-------------+',
        '| 172.20.0.254 | node specific | up    | 08:03:10 | Established |',
        '+--------------+-----------+-------+----------+-------------+',
      ].join('\n');
      const end = 'IPv6 BGP status\nNo IPv6 peers found.\n';

      it.each([
        ['both parts', `Calico process is running.\n\n${table}\n\n${end}`, 0, undefined],
        [
          'no peers',
          `Calico process is running.\n\nIPv4 BGP status\nNo IPv4 peers found.\n\n${end}`,
          0,
          undefined,
        ],
        ['not running', 'Calico process is not running.\n', 1, 'refused'],
        ['one half only', `Calico process is running.\n\n${table}\n`, 0, 'protocol'],
      ])('calicoctl: %s', async (name, text, code, kind) => {
        const script = join(folder, 'bin', 'calicoctl');
        writeFileSync(
          script,
          `#!/bin/sh\n[ "$*" = "node status" ] || exit 9\ncat <<'EOF'\n${text}EOF\nexit ${code}\n`,
          {
            mode: 0o755,
          },
        );
        const collected = await overSsh({ command: 'calicoctl', program: 'calicoctl' });
        expect(errorOf(collected)?.kind).toBe(kind);
        if (name === 'both parts')
          expect(sessionsSeen(collected)).toEqual(['ipv4 172.20.0.254 node established']);
        if (kind === undefined) expect(collected.routes).toMatchObject({ ok: true, value: [] });
      });
    });

    describe('CalicoNodeStatus', () => {
      it('refused to list or to create: names the rule', async () => {
        server.forbidden.add(statuses);
        const listing = errorOf(await statusCollector({ manage: false }).collect(query, soon()));
        expect(listing?.message).toContain(
          'apiGroups: ["crd.projectcalico.org"], resources: ["caliconodestatuses"], verbs: ["list"]',
        );
        server.forbidden.clear();
        server.forbidden.add(`create ${statuses}`);
        const creating = errorOf(await statusCollector().collect(query, soon()));
        expect(creating).toMatchObject({
          kind: 'permission',
          message: expect.stringContaining('"create", "delete"'),
        });
      });

      it('without an object, and without the right to make one, there is nothing to see', async () => {
        expect(errorOf(await statusCollector({ manage: false }).collect(query, soon()))).toMatchObject({
          kind: 'unsupported',
          message: expect.stringContaining('there is no CalicoNodeStatus of node1'),
        });
      });

      it('a status that does not change is renewed by a new object; one that nobody fills becomes unknown', async () => {
        let clock = Date.now();
        const collector = statusCollector({ maxUnchangedMs: 60_000 }, () => clock);
        const step = (ms: number) => {
          clock += ms;
          return collector.collect(query, soon());
        };
        const names = () => [...(server.resources.get(statuses)?.items.keys() ?? [])].sort();
        await step(0);
        await fill();
        expect((await step(2000)).sessions.ok).toBe(true);
        // Nothing changes on the node: for half of the time it is believed, then it is proved.
        const quiet = await step(25_000);
        expect(quiet.sessions).toMatchObject({ ok: true, at: clock - 10_000 });
        expect(names()).toEqual([ownNames('node1')[0]]);
        await step(10_000);
        expect(names()).toEqual([...ownNames('node1')]);
        await fill();
        expect((await step(2000)).sessions.ok).toBe(true);
        await step(2000);
        expect(names()).toEqual([ownNames('node1')[1]]);
        // Now calico-node reports no more.
        await step(35_000);
        const frozen = await step(40_000);
        expect(errorOf(frozen)).toMatchObject({
          kind: 'timeout',
          message: expect.stringContaining('calico-node does not fill a new one'),
        });
        expect(sessionsSeen(frozen)).toHaveLength(3);
        expect(lastGood(frozen.sessions)?.at).toBeLessThan(clock - 60_000);
        collector.close();
        await eventually(() => names().length === 0, 'its objects are removed');
      });
    });
  },
);
