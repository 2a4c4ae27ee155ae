// CalicoNodeStatus where only Calico's own API serves it (projectcalico.org/v3: the Calico API server, or native CRDs from
// v3.32 on), filled as calico-node does from a BIRD with sessions that have a port in their name; and Calico's issue 8938: a
// multipath route stops every update of the object, which must not pass for a node where nothing changes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeStatusCollector } from '../../../src/collectors/nodes/node-status.ts';
import { nodeStatusApi } from '../../../src/collectors/nodes/node-status-api.ts';
import type { CollectQuery } from '../../../src/model/collector.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import { lastGood } from '../../../src/model/reading.ts';
import { type KubeClient, kubeClient } from '../../../src/transport/kube.ts';
import { fillStatuses } from '../../kube/calico-node.ts';
import { kubeconfigFor, token, until } from '../../kube/cluster.ts';
import { FakeApiServer } from '../../kube/fake-api-server.ts';
import { type FakeBird, startFakeBird } from './fake-bird.ts';

const v3 = '/apis/projectcalico.org/v3/caliconodestatuses';
const query: CollectQuery = { prefixes: [], ranges: [parsePrefix('10.233.64.0/18')] };

const replies: Readonly<Record<string, string>> = {
  restrict: '0016 Access restricted\n',
  'show status':
    '1000-BIRD v0.3.3+birdv1.6.8\n1011-Router ID is 10.0.0.9\n Current server time is 2026-04-10 09:00:00\n Last reboot on 2026-04-10 08:00:00\n Last reconfiguration on 2026-04-10 08:00:00\n0013 Daemon is up and running\n',
  'show protocols':
    '2002-name     proto    table    state  since       info\n1002-Node_10_0_0_1_port_1179 BGP      master   up     08:00:05    Established\n Global_10_0_0_2_port_179 BGP      master   start  08:00:03    Active        Socket: Connection refused\n0000 \n',
  'show protocols all Node_10_0_0_1_port_1179':
    '1002-Node_10_0_0_1_port_1179 BGP      master   up     08:00:05    Established\n1006-  BGP state:          Established\n     Neighbor address: 10.0.0.1\n0000 \n',
  'show protocols all Global_10_0_0_2_port_179':
    '1002-Global_10_0_0_2_port_179 BGP      master   start  08:00:03    Active\n1006-  BGP state:          Active\n     Neighbor address: 10.0.0.2\n0000 \n',
};
const learnt =
  '1007-10.233.65.0/26     via 10.0.0.1 on eth0 [Node_10_0_0_1_port_1179 08:00:05] * (100/0) [AS65009i]\n';
const multipath =
  ' 10.60.0.0/16       multipath [kernel1 08:00:04] * (10)\n \tvia 10.50.0.2 on eth0 weight 1\n \tvia 10.50.0.3 on eth0 weight 1\n';

describe('CalicoNodeStatus of projectcalico.org/v3', () => {
  let server: FakeApiServer;
  let client: KubeClient;
  let bird: FakeBird;
  let routes: string;
  let clock: number;

  beforeEach(async () => {
    server = new FakeApiServer({ token });
    server.serve(v3, 'CalicoNodeStatus');
    client = kubeClient({ kubeconfig: kubeconfigFor(await server.listen()) });
    bird = await startFakeBird({
      reply: (command) => (command === 'show route' ? `${routes}0000 \n` : replies[command]),
    });
    clock = Date.now();
  });

  afterEach(async () => {
    client.close();
    await server.close();
    await bird.close();
  });

  const now = () => clock;
  const statusCollector = () =>
    nodeStatusCollector({
      device: 'node1',
      api: nodeStatusApi(client, undefined, now),
      manage: true,
      updatePeriodSeconds: 10,
      maxUnchangedMs: 600_000,
      now,
    });
  const soon = () => AbortSignal.timeout(10_000);
  const fill = () => fillStatuses(server, v3, 'node1', { socket: bird.path }, new Date(clock).toISOString());

  it('is found, made, read and removed there; a port in a session’s name is no part of an address', async () => {
    routes = learnt;
    const collector = statusCollector();
    expect((await collector.collect(query, soon())).sessions).toMatchObject({
      ok: false,
      error: { kind: 'pending' },
    });
    const [made] = server.resources.get(v3)?.items.values() ?? [];
    expect(made).toMatchObject({ apiVersion: 'projectcalico.org/v3', spec: { node: 'node1' } });
    expect(await fill()).toBe(1);
    clock += 2000;
    const told = await collector.collect(query, soon());
    expect(lastGood(told.sessions)?.value).toMatchObject([
      { peerAddress: '10.0.0.1', kind: 'node', state: 'established' },
      { peerAddress: '10.0.0.2', kind: 'global', state: 'active' },
    ]);
    const rows = [...(lastGood(told.routes)?.value[0]?.table.rows() ?? [])];
    expect(rows.map(({ prefix, from, nextHops }) => [formatPrefix(prefix), from, nextHops])).toEqual([
      ['10.233.65.0/26', '10.0.0.1', [{ address: '10.0.0.1', interface: 'eth0' }]],
    ]);
    collector.close();
    await until(() => server.resources.get(v3)?.items.size === 0);
  });

  it('a multipath route freezes it: the last content is kept with its age, and the reason is named', async () => {
    routes = learnt;
    const collector = statusCollector();
    await collector.collect(query, soon());
    expect(await fill()).toBe(1);
    clock += 2000;
    const good = await collector.collect(query, soon());
    expect(good.routes.ok).toBe(true);
    routes = learnt + multipath;
    for (let minutes = 0; minutes < 12; minutes++) {
      clock += 60_000;
      expect(await fill()).toBe(0);
      await collector.collect(query, soon());
    }
    const frozen = await collector.collect(query, soon());
    for (const reading of [frozen.sessions, frozen.routes]) {
      expect(reading).toMatchObject({ ok: false, error: { kind: 'timeout' } });
      expect(reading.ok ? '' : reading.error.message).toContain('such as a multipath route');
    }
    expect(lastGood(frozen.sessions)?.value).toHaveLength(2);
    expect(lastGood(frozen.sessions)?.at).toBeLessThanOrEqual(clock - 600_000);
    // The route is gone: the object made meanwhile is filled, and everything is known again.
    routes = learnt;
    expect(await fill()).toBe(1);
    clock += 2000;
    expect((await collector.collect(query, soon())).sessions.ok).toBe(true);
    collector.close();
  });
});
