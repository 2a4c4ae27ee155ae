// The lab's pure half: sessions, configurations and objects that follow from a topology. No daemon is started.
import { describe, expect, test } from 'vitest';
import { birdFiles, NO_OVERRIDES } from './bird-config.ts';
import { bgpdConfig } from './frr-config.ts';
import { podAddress } from './netns.ts';
import { objects } from './objects.ts';
import { overridesOf, withdrawnFrom } from './overrides.ts';
import { allNodeSessions, nodeSessions, startTurns, switchSessions } from './sessions.ts';
import { withLogin } from './switch-config.ts';
import { reference } from './topologies/reference.ts';
import { topologies } from './topologies.ts';
import { managementAddress, type Topology } from './topology.ts';

function counts(topology: Topology): [number, number] {
  const switchEnds = topology.switches.flatMap(({ name }) => switchSessions(topology, name));
  return [allNodeSessions(topology).length, switchEnds.length];
}

function node(topology: Topology | undefined, name: string) {
  const found = topology?.nodes.find((each) => each.name === name);
  if (topology === undefined || found === undefined) throw new Error(`no ${name}`);
  return { topology, node: found };
}

test('every topology has the sessions that its title promises', () => {
  expect(
    Object.fromEntries(Object.entries(topologies).map(([name, topology]) => [name, counts(topology)])),
  ).toEqual({
    reference: [16, 8],
    mesh: [9, 5],
    'dual-stack': [16, 16],
    'dual-homed': [12, 24],
    'one-as': [4, 8],
    'tor-reflector': [3, 5],
  });
});

test('management addresses are unique', () => {
  for (const topology of Object.values(topologies)) {
    const names = [
      'obs',
      ...topology.switches.map(({ name }) => name),
      ...topology.nodes.map(({ name }) => name),
    ];
    expect(new Set(names.map((name) => managementAddress(topology, name))).size).toBe(names.length);
  }
});

test('sessions have the names and attributes that Calico gives them', () => {
  const of = ({ topology, node: found }: ReturnType<typeof node>) => nodeSessions(topology, found);
  const client = { passive: false, reflectorClient: true };
  expect(of(node(reference, 'node1'))).toMatchObject([
    { name: 'Node_172_20_0_254', peerAsn: 65009, reflectorClient: false },
    { name: 'Node_172_20_0_12', peerAsn: 64512, ...client },
    { name: 'Node_172_20_0_13', peerAsn: 64512, ...client },
  ]);
  expect(of(node(topologies.mesh, 'node2')).map(({ name, passive }) => [name, passive])).toEqual([
    ['Mesh_172_20_0_11', false],
    ['Mesh_172_20_0_13', true],
    ['Global_172_20_0_254', false],
  ]);
  expect(of(node(topologies['dual-stack'], 'node1')).map(({ name }) => name)).toContain(
    'Node_fd00_172_20__254',
  );
});

test('nodes that may call each other start in different seconds', () => {
  expect([...startTurns(reference).values()]).toEqual([0, 1, 2, 0, 1, 2]);
  expect([...startTurns(topologies.mesh ?? reference).values()]).toEqual([0, 0, 0]);
});

describe('BIRD', () => {
  const files = (overrides = NO_OVERRIDES) =>
    birdFiles(reference, node(reference, 'node1').node, '/lab/node1', overrides);

  test('a reflector renders its clients, its leaf, its block and the service range', () => {
    expect(files()['bird.cfg']).toMatch(
      /neighbor 172\.20\.0\.13 as 64512;[^}]*}[^}]*}[^}]*rr client;\n {2}rr cluster id 172\.20\.0\.11;/,
    );
    expect(files()['bird.cfg']).toMatch(
      /neighbor 172\.20\.0\.254 as 65009;[^}]*}[^}]*calico_export_to_bgp_peers\(false\)/,
    );
    expect(files()['bird_aggr.cfg']).toContain(
      '   route 10.233.64.0/24 blackhole;\n   route 10.233.0.0/18 blackhole;',
    );
    expect(files()['bird_ipam.cfg']).toContain('if (net ~ 10.233.64.0/18) then { accept; }');
    expect(Object.keys(files())).not.toContain('bird6.cfg');
  });

  test('faults change what is rendered', () => {
    const faults = [
      { name: 'withdraw', args: ['10.233.64.0/24'], slot: 0 },
      { name: 'announce', args: ['10.9.0.0/24', 'node1'], slot: 1 },
      { name: 'wrong-as', args: ['node1', '172.20.0.254', '65111'], slot: 2 },
      { name: 'announce', args: ['10.8.0.0/24', 'node2'], slot: 3 },
    ];
    const changed = files(overridesOf(node(reference, 'node1').node, faults));
    expect(changed['bird_aggr.cfg']).not.toContain('route 10.233.64.0/24');
    expect(changed['bird_aggr.cfg']).toContain('route 10.9.0.0/24 blackhole;');
    expect(changed['bird_aggr.cfg']).not.toContain('10.8.0.0/24');
    expect(changed['bird.cfg']).toContain('neighbor 172.20.0.254 as 65111;');
  });

  test('a withdrawal is of a node, of a prefix, or of a prefix at one node', () => {
    const { node: node1 } = node(reference, 'node1');
    expect(withdrawnFrom(node1, ['node1'])).toEqual(['10.233.64.0/24']);
    expect(withdrawnFrom(node1, ['10.233.0.0/18'])).toEqual(['10.233.0.0/18']);
    expect(withdrawnFrom(node1, ['10.233.0.0/18', 'node2'])).toEqual([]);
  });
});

test('a switch knows its neighbours on the fabric and in the rack', () => {
  const [, leaf01] = reference.switches;
  if (leaf01 === undefined) throw new Error('no leaf01');
  const config = bgpdConfig(reference, leaf01, '/lab/bgpd.log');
  for (const [address, asn] of Object.entries({
    '100.0.0.1': 65008,
    '172.20.0.11': 64512,
    '172.20.0.12': 64512,
  })) {
    expect(config).toContain(` neighbor ${address} remote-as ${asn}\n`);
  }
  expect(config).not.toContain('172.20.0.13');
  expect(config).toContain('network 172.20.0.0/24');
});

test('objects are those of the cluster', () => {
  const kinds = objects(reference).map(({ kind }) => kind);
  const count = (kind: string) => kinds.filter((each) => each === kind).length;
  expect([count('Node'), count('IPAMBlock'), count('BlockAffinity'), count('BGPPeer')]).toEqual([6, 6, 6, 4]);
  const [node1] = objects(reference);
  expect(node1?.metadata).toMatchObject({
    annotations: {
      'projectcalico.org/IPv4Address': '172.20.0.11/24',
      'projectcalico.org/ASNumber': '64512',
      'projectcalico.org/RouteReflectorClusterID': '172.20.0.11',
    },
  });
});

test('a pod is the first address of its block but one', () => {
  expect([podAddress('10.233.64.0/24'), podAddress('10.0.0.64/26')]).toEqual(['10.233.64.1', '10.0.0.65']);
  expect(podAddress('fd00:10:233:1::/122')).toBe('fd00:10:233:1::1');
  expect(() => podAddress('fd00:10:233::40/122')).toThrow('ends with ::');
});

test('the login joins the group that may talk to FRR, and no other', () => {
  const accounts = {
    passwd: 'root:x:0:0::/:/bin/sh\n',
    group: 'frrvty:x:107:frr\nfrr:x:108:\n',
    shadow: 'root:*:::\n',
  };
  const { passwd, group, shadow } = withLogin(accounts, '/lab/login');
  expect(passwd).toMatch(/^root:.*\nnetops:x:\d+:65534:[^:]*:\/:\/lab\/login\n$/);
  expect(group).toBe('frrvty:x:107:frr,netops\nfrr:x:108:\n');
  expect(shadow).toMatch(/^root:\*:::\nnetops:\$6\$/);
});
