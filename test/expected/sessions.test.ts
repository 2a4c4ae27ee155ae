// Sessions by Calico's rules, case by case. The expected values follow from bgp_processor.go and client.go, not from a run.
import { describe, expect, it } from 'vitest';
import { computeExpected, type ExpectedSettings } from '../../src/expected/compute.ts';
import type { ExpectedSession } from '../../src/model/expectation.ts';
import type { ApiObject } from '../../src/model/object.ts';
import { calico, config, coreNode, node, noMesh, peer } from './build.ts';

const a = node('a', { ipv4Address: '10.0.0.9/24' }, { rack: '1' });
const b = node('b', { ipv4Address: '10.0.0.10/24' }, { rack: '2' });
const c = node('c', { ipv4Address: '10.0.0.20/24', asNumber: 65003, routeReflectorClusterID: '1.1.1.1' });

function sessionsOf(
  objects: readonly ApiObject[],
  on: string,
  settings?: ExpectedSettings,
): ExpectedSession[] {
  return computeExpected(objects, settings).sessions.filter((session) => session.node === on);
}
const names = (sessions: readonly ExpectedSession[]) => sessions.map(({ name }) => name);
const problemsOf = (objects: readonly ApiObject[]) =>
  computeExpected(objects).problems.map((p) => `${p.severity} ${p.object} ${p.field ?? '-'}: ${p.message}`);

describe('the mesh', () => {
  it('leaves route reflectors out, and one side of each session waits', () => {
    const { sessions } = computeExpected([a, b, c]);
    // "10.0.0.9" is the greater text, so b waits for it.
    expect(sessions.map((s) => [s.node, s.name, s.passive, s.peerNode])).toEqual([
      ['a', 'Mesh_10_0_0_10', false, 'b'],
      ['b', 'Mesh_10_0_0_9', true, 'a'],
    ]);
  });

  it('is off when nodeToNodeMeshEnabled is false', () => {
    expect(computeExpected([a, b, noMesh]).sessions).toEqual([]);
  });

  it('has one session per family that both have, the port in the session and not in its name', () => {
    const six = (name: string, n: number) =>
      node(name, { ipv4Address: `10.0.0.${n}/24`, ipv6Address: `fd00:0::${n}/64` });
    const objects = [
      six('x', 1),
      six('y', 2),
      node('z', { ipv6Address: 'fd00::3' }),
      config({ listenPort: 1790 }),
    ];
    expect(sessionsOf(objects, 'x').map((s) => [s.name, s.port, s.afi])).toEqual([
      ['Mesh_10_0_0_2', 1790, 'ipv4'],
      ['Mesh_fd00__2', 1790, 'ipv6'],
      ['Mesh_fd00__3', 1790, 'ipv6'],
    ]);
  });

  it('marks a password without reading it', () => {
    const password = { nodeMeshPassword: { secretKeyRef: { name: 'bgp', key: 'mesh' } } };
    expect(sessionsOf([a, b, config(password)], 'a')[0]?.passwordSet).toBe(true);
  });
});

describe('BGPPeer with peerIP', () => {
  it('is global without node and nodeSelector, and skips a node whose own address it is', () => {
    const objects = [a, b, noMesh, peer('p', { peerIP: '10.0.0.10', asNumber: 64512 })];
    // a: the peer is a node, but "10.0.0.10" < "10.0.0.9"; b gets the way back.
    expect(sessionsOf(objects, 'a').map((s) => [s.name, s.kind, s.passive])).toEqual([
      ['Global_10_0_0_10', 'global', false],
    ]);
    expect(sessionsOf(objects, 'b').map((s) => [s.name, s.kind, s.passive])).toEqual([
      ['Node_10_0_0_9', 'node', false],
    ]);
  });

  it('lets the node with the smaller address text wait, when the global peer is a node', () => {
    const objects = [a, b, noMesh, peer('p', { peerIP: '10.0.0.9', asNumber: 64512 })];
    expect(sessionsOf(objects, 'b').map((s) => [s.name, s.passive])).toEqual([['Global_10_0_0_9', true]]);
    const other = [a, b, noMesh, peer('p', { peerIP: '10.0.0.9', asNumber: 65001 })];
    expect(sessionsOf(other, 'b').map((s) => [s.name, s.passive])).toEqual([['Global_10_0_0_9', false]]);
    expect(sessionsOf(other, 'a')).toEqual([]);
  });

  it.each([
    ['192.0.2.1:179', 'Node_192_0_2_1_port_179', 179],
    ['192.0.2.1', 'Node_192_0_2_1', undefined],
    ['192.0.2.1:1179', 'Node_192_0_2_1_port_1179', 1179],
  ])('%s is called %s', (peerIP, name, port) => {
    const objects = [a, noMesh, peer('p', { peerIP, asNumber: 65000, node: 'a' })];
    expect(sessionsOf(objects, 'a').map((s) => [s.name, s.port])).toEqual([[name, port]]);
  });

  it('reads [v6]:port and gives it to nodes with IPv6 alone', () => {
    const six = node('six', { ipv6Address: 'fd00::5/64' });
    const objects = [a, six, noMesh, peer('p', { peerIP: '[FD00:0:0::FE]:1179', asNumber: '1.10' })];
    expect(computeExpected(objects).sessions.map((s) => [s.node, s.name, s.peerAddress, s.peerAsn])).toEqual([
      ['six', 'Global_fd00__fe_port_1179', 'fd00::fe', 65546],
    ]);
  });

  it('takes the listen port of a node that has this address and AS number', () => {
    const port = calico('BGPConfiguration', 'node.b', { listenPort: 1799 });
    const objects = [a, b, noMesh, port, peer('p', { peerIP: '10.0.0.10', asNumber: 64512, node: 'a' })];
    expect(names(sessionsOf(objects, 'a'))).toEqual(['Node_10_0_0_10_port_1799']);
  });

  it('makes a route reflector treat an iBGP switch as its client', () => {
    const spec = { peerIP: '192.0.2.1', asNumber: 65003, node: 'c' };
    expect(sessionsOf([c, noMesh, peer('p', spec)], 'c')[0]?.rrClient).toBe(true);
    expect(sessionsOf([c, noMesh, peer('p', { ...spec, asNumber: 65009 })], 'c')[0]?.rrClient).toBe(false);
    // With the local AS number the session is external, although the node's own number is the peer's.
    expect(sessionsOf([c, noMesh, peer('p', { ...spec, localASNumber: 65100 })], 'c')[0]).toMatchObject({
      localAsn: 65100,
      rrClient: false,
    });
  });

  it.each([
    [{ keepOriginalNextHop: true, asNumber: 65009 }, true, undefined],
    [{ keepOriginalNextHop: true, asNumber: 64512 }, false, undefined],
    [{ keepOriginalNextHop: true, nextHopMode: 'Auto', asNumber: 65009 }, false, undefined],
    [{ nextHopMode: 'Keep', asNumber: 65009 }, true, undefined],
    [{ nextHopMode: 'Self', asNumber: 64512 }, false, true],
  ])('%o keeps the next hop: %s', (spec, keep, self) => {
    const [session] = sessionsOf([a, noMesh, peer('p', { peerIP: '192.0.2.1', node: 'a', ...spec })], 'a');
    expect([session?.nextHopKeep, session?.nextHopSelf]).toEqual([keep, self]);
  });

  it('carries what else is set', () => {
    const spec = { ttlSecurity: 1, sourceAddress: 'None', password: {}, numAllowedLocalASNumbers: 2 };
    const objects = [a, noMesh, peer('p', { peerIP: '192.0.2.1', asNumber: 1, node: 'a', ...spec })];
    const [session] = sessionsOf(objects, 'a');
    expect(session).toMatchObject({ ttlSecurity: 1, passwordSet: true, allowedLocalAsns: 2 });
    expect(session?.sourceAddress).toBeUndefined();
  });
});

describe('BGPPeer with peerSelector', () => {
  const rr = { nodeSelector: 'all()', peerSelector: 'rr' };
  const reflector = (name: string, n: number, id: string) =>
    node(name, { ipv4Address: `10.0.1.${n}/24`, routeReflectorClusterID: id }, { rr: 'yes' });
  const select = { ...rr, peerSelector: 'has(rr)' };

  it('is a client of a reflector unless both have the same cluster id', () => {
    const objects = [
      a,
      reflector('r1', 1, '9.9.9.9'),
      reflector('r2', 2, '9.9.9.9'),
      reflector('r3', 3, '8.8.8.8'),
    ];
    const found = sessionsOf([...objects, noMesh, peer('p', select)], 'r1');
    expect(found.map((s) => [s.peerNode, s.rrClient])).toEqual([
      ['a', true],
      ['r2', false],
      ['r3', true],
    ]);
  });

  it('gives the way back, unless reversePeering is Manual (v3.31+)', () => {
    const objects = [a, reflector('r1', 1, '9.9.9.9'), noMesh];
    const manual = [...objects, peer('p', { ...select, reversePeering: 'Manual' })];
    expect(names(sessionsOf([...objects, peer('p', select)], 'r1'))).toEqual(['Node_10_0_0_9']);
    expect(sessionsOf(manual, 'r1')).toEqual([]);
    expect(names(sessionsOf(manual, 'r1', { calicoVersion: 'v3.30.4' }))).toEqual(['Node_10_0_0_9']);
  });

  it('selects nothing when it cannot be read, and says so', () => {
    const objects = [a, b, noMesh, peer('p', { nodeSelector: 'rack = 1', peerIP: '192.0.2.1', asNumber: 1 })];
    expect(computeExpected(objects).sessions).toEqual([]);
    expect(problemsOf(objects)).toEqual([
      'error BGPPeer p spec.nodeSelector: unexpected characters at character 6: "= 1"; it selects nothing',
    ]);
  });
});

describe('two BGPPeers for one session', () => {
  it('prefers the global one and tells that the other has no effect', () => {
    const objects = [
      a,
      noMesh,
      peer('one', { peerIP: '192.0.2.1:179', asNumber: 65001, node: 'a' }),
      peer('two', { peerIP: '192.0.2.1', asNumber: 65002 }),
    ];
    expect(sessionsOf(objects, 'a').map((s) => [s.name, s.peerAsn])).toEqual([['Global_192_0_2_1', 65002]]);
    expect(problemsOf(objects)).toEqual([
      'warning BGPPeer one spec: to 192.0.2.1 has no effect: the global BGPPeer two is preferred',
    ]);
  });

  it('is an error when they differ, for Calico chooses by chance, and nothing when they do not', () => {
    const one = peer('one', { peerIP: '192.0.2.1', asNumber: 65001 });
    const two = (asNumber: number) => peer('two', { peerIP: '192.0.2.1', asNumber });
    expect(problemsOf([a, noMesh, one, two(65001)])).toEqual([]);
    expect(problemsOf([a, noMesh, one, two(65002)])).toEqual([
      expect.stringContaining('error BGPPeer two spec: and BGPPeer one both define the session to 192.0.2.1'),
    ]);
  });

  it('warns of a second session beside the mesh', () => {
    const objects = [
      a,
      b,
      peer('p', { peerIP: '10.0.0.10', asNumber: 64512, node: 'a', reversePeering: 'Manual' }),
    ];
    expect(names(sessionsOf(objects, 'a'))).toEqual(['Mesh_10_0_0_10', 'Node_10_0_0_10']);
    expect(problemsOf(objects)).toEqual([
      'warning BGPPeer p spec: makes a second session beside the node-to-node mesh (a to 10.0.0.10): one of the two stays Idle',
    ]);
  });
});

describe('nodes', () => {
  it('reads annotations, with the AS number of BGPConfiguration where none is', () => {
    const annotations = {
      'projectcalico.org/IPv4Address': '10.0.0.1/24',
      'projectcalico.org/labels': '{"x":"y","z":"1"}',
    };
    const core = coreNode('n', annotations, { z: '2' });
    const spec = { nodeSelector: "x == 'y' && z == '2'", peerIP: '192.0.2.1', asNumber: 65000 };
    const objects = [core, peer('p', spec), config({ nodeToNodeMeshEnabled: false, asNumber: 64999 })];
    expect(sessionsOf(objects, 'n').map((s) => [s.name, s.localAsn])).toEqual([['Node_192_0_2_1', 64999]]);
  });

  it('takes the Calico Node first and fills from the Kubernetes Node', () => {
    const core = coreNode('n', {
      'projectcalico.org/IPv4Address': '10.9.9.9/24',
      'projectcalico.org/ASNumber': '65010',
    });
    const both = [core, node('n', { ipv4Address: '10.0.0.1/24' })];
    expect(computeExpected(both).nodes).toEqual([{ name: 'n', asn: 65010, addresses: ['10.0.0.1'] }]);
  });

  it('reports a second node with the same address, and an address of the wrong family', () => {
    const objects = [
      node('x', { ipv4Address: '10.0.0.1/24' }),
      node('y', { ipv4Address: '10.0.0.1', ipv6Address: '1.2.3.4' }),
    ];
    expect(problemsOf(objects)).toEqual([
      'error Node y spec.bgp.ipv6Address: "1.2.3.4" is not an IPv6 address; the node has no IPv6 sessions',
      "error Node y -: has the BGP address 10.0.0.1 of Node x: their peers' BIRD refuses the configuration",
    ]);
  });
});

it.each([[{}], [{ asNumber: 0 }], [{ asNumber: '0' }], [{ asNumber: '' }]])(
  'reports a missing asNumber (%o) and keeps the session that Calico renders from it',
  (spec) => {
    const objects = [a, noMesh, peer('p', { peerIP: '192.0.2.1', ...spec })];
    expect(sessionsOf(objects, 'a').map((s) => s.peerAsn)).toEqual([0]);
    expect(problemsOf(objects)).toEqual([
      expect.stringContaining('error BGPPeer p spec.asNumber: is missing beside peerIP'),
    ]);
  },
);

it('takes an empty peerIP for a missing one', () => {
  expect(problemsOf([a, noMesh, peer('p', { peerIP: '', asNumber: 65000 })])).toEqual([
    'error BGPPeer p spec.peerIP: is missing, and so is peerSelector: no session comes of this object',
  ]);
});

it.each([
  [{ asNumber: 4294967296 }, 'spec.asNumber', 'not an AS number'],
  [{ asNumber: 'AS65000' }, 'spec.asNumber', 'not an AS number'],
  [{ asNumber: 1.1 }, 'spec.asNumber', 'not an AS number'],
  [{ asNumber: 1, sourceAddress: 'Any' }, 'spec.sourceAddress', 'known values: UseNodeIP, None'],
  [{ asNumber: 1, node: 'gone' }, 'spec.node', 'is no Node'],
  [{ asNumber: 1, filters: ['gone'] }, 'spec.filters[0]', 'there is no BGPFilter gone'],
  [{ asNumber: 1, peerIP: '10.0.0.300' }, 'spec.peerIP', 'the peer is left out'],
  [{ asNumber: 1, nodeSelector: "rack == '9'" }, 'spec.nodeSelector', 'matches no Node'],
])('reports %o', (spec, field, message) => {
  const { problems } = computeExpected([a, noMesh, peer('p', { peerIP: '192.0.2.1', ...spec })]);
  expect(problems).toEqual([
    { severity: expect.any(String), object: 'BGPPeer p', field, message: expect.any(String) },
  ]);
  expect(problems[0]?.message).toContain(message);
});

describe('local workloads', () => {
  const pod: ApiObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'router', namespace: 'vms', labels: { bgp: 'yes' } },
    spec: { nodeName: 'a' },
    status: { podIP: '10.233.64.7' },
  };
  const spec = {
    localWorkloadSelector: "bgp == 'yes' && projectcalico.org/namespace == 'vms'",
    asNumber: 65500,
  };

  it('wait for the pod on its node (v3.30+)', () => {
    const found = computeExpected([a, b, noMesh, pod, peer('w', spec)]).sessions;
    expect(found.map((s) => [s.node, s.name, s.kind, s.passive, s.peerAsn])).toEqual([
      ['a', 'Local_Workload_10_233_64_7', 'local-workload', true, 65500],
    ]);
    expect(
      computeExpected([a, b, noMesh, pod, peer('w', spec)], { calicoVersion: 'v3.29.0' }).sessions,
    ).toEqual([]);
    const done = { ...pod, status: { phase: 'Succeeded', podIP: '10.233.64.7' } };
    expect(computeExpected([a, b, noMesh, done, peer('w', spec)]).sessions).toEqual([]);
  });
});
