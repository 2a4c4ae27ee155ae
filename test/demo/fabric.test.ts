// The demo fabric as a pure function: what is where when all is well, and what exactly each fault changes. Expected
// results are written by hand from the reference topology and the rules of BGP, never taken from the program.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DeviceState, deriveFabric, type FabricState, multipaths } from '../../src/demo/fabric.ts';
import { type Effect, faults } from '../../src/demo/faults.ts';
import { referenceTopology } from '../../src/demo/topology.ts';

const switches = ['spine01', 'leaf01', 'leaf02'];
const all = [
  '10.233.0.0/18',
  '10.233.64.0/24',
  '10.233.65.0/24',
  '10.233.66.0/24',
  '10.233.67.0/24',
  '10.233.68.0/24',
  '10.233.69.0/24',
];
const without = (...gone: string[]) => all.filter((prefix) => !gone.includes(prefix));

const derive = (...effects: Effect[]) => deriveFabric(referenceTopology, effects);

function withFault(name: string): FabricState {
  const fault = faults.find((each) => each.name === name);
  if (!fault) throw new Error(`no fault ${name}`);
  return derive(...fault.effects);
}

function device(fabric: FabricState, name: string): DeviceState {
  const state = fabric.get(name);
  if (!state) throw new Error(`no device ${name}`);
  return state;
}

const prefixes = (fabric: FabricState, name: string) => [...device(fabric, name).table.keys()].sort();

const hops = (fabric: FabricState, name: string, prefix: string) =>
  multipaths(device(fabric, name).table.get(prefix) ?? []).map(
    ({ nextHop, asPath }) => `${nextHop} [${asPath.join(' ')}]`,
  );

const ends = (fabric: FabricState, role: 'node' | 'switch') =>
  [...fabric.values()].filter((state) => state.device.role === role).flatMap((state) => state.sessions);

/** `device->peer state` of every end that is not established. */
const down = (fabric: FabricState) =>
  [...fabric.values()]
    .flatMap((state) => state.sessions)
    .filter((end) => end.state !== 'established')
    .map(
      (end) =>
        `${end.device}->${end.peer} ${end.state}${end.error ? `: ${end.error.by} ${end.error.text}` : ''}`,
    )
    .sort();

describe('the healthy fabric', () => {
  const fabric = derive();

  test('16 session ends on nodes and 8 on switches, all established', () => {
    expect(ends(fabric, 'node')).toHaveLength(16);
    expect(ends(fabric, 'switch')).toHaveLength(8);
    expect(down(fabric)).toEqual([]);
  });

  test('sessions bear the names of node-specific BGPPeers', () => {
    expect(
      device(fabric, 'node1')
        .sessions.map((end) => end.name)
        .sort(),
    ).toEqual(['Node_172_20_0_12', 'Node_172_20_0_13', 'Node_172_20_0_254']);
    expect(
      device(fabric, 'node3')
        .sessions.map((end) => end.name)
        .sort(),
    ).toEqual(['Node_172_20_0_11', 'Node_172_20_0_12']);
  });

  test.each(switches)('%s has the six blocks and the service range', (name) => {
    expect(prefixes(fabric, name)).toEqual(all);
  });

  test('leaf01 reaches its rack over both reflectors, the other rack over the spine', () => {
    expect(hops(fabric, 'leaf01', '10.233.66.0/24')).toEqual(['172.20.0.11 [64512]', '172.20.0.12 [64512]']);
    expect(hops(fabric, 'leaf01', '10.233.69.0/24')).toEqual(['100.0.0.1 [65008 65010 64513]']);
  });

  test('spine01 has the service range over both leaves', () => {
    expect(hops(fabric, 'spine01', '10.233.0.0/18')).toEqual([
      '100.0.0.2 [65009 64512]',
      '100.0.0.6 [65010 64513]',
    ]);
  });

  test('a reflector sends its leaf the four prefixes of its rack, as in the reference installation', () => {
    const sent = device(fabric, 'node1').sent.get('172.20.0.254') ?? [];
    expect(
      sent.map(({ prefix, asPath, nextHop }) => `${prefix} ${asPath.join(' ')} ${nextHop}`).sort(),
    ).toEqual([
      '10.233.0.0/18 64512 172.20.0.11',
      '10.233.64.0/24 64512 172.20.0.11',
      '10.233.65.0/24 64512 172.20.0.11',
      '10.233.66.0/24 64512 172.20.0.11',
    ]);
  });

  test('reflection keeps the next hop and adds originator and cluster (RFC 4456)', () => {
    const [best, reflected] = device(fabric, 'node3').table.get('10.233.64.0/24') ?? [];
    expect(best).toMatchObject({ nextHop: '172.20.0.11', asPath: [], clusterList: [] });
    expect(best?.from?.peer).toBe('node1');
    expect(reflected).toMatchObject({
      nextHop: '172.20.0.11',
      originatorId: '172.20.0.11',
      clusterList: ['172.20.0.12'],
    });
    expect(reflected?.from?.peer).toBe('node2');
  });

  test('node3, no reflector, passes nothing of its peers on', () => {
    for (const sent of device(fabric, 'node3').sent.values()) {
      expect(sent.map((path) => path.prefix).sort()).toEqual(['10.233.0.0/18', '10.233.66.0/24']);
    }
  });
});

describe('faults', () => {
  test('names and titles are unique, and each title is a sentence', () => {
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
    expect(new Set(faults.map(({ title }) => title)).size).toBe(faults.length);
    for (const { title } of faults) expect(title).toMatch(/^[A-Za-z].*\.$/);
  });

  test('withdraw-node3-block: gone from every switch and from node3 itself, nothing else', () => {
    const fabric = withFault('withdraw-node3-block');
    for (const name of switches) expect(prefixes(fabric, name)).toEqual(without('10.233.66.0/24'));
    expect(prefixes(fabric, 'node3')).toEqual(without('10.233.66.0/24'));
    expect(down(fabric)).toEqual([]);
  });

  test('filter-10.233.67.0-at-leaf01: leaf01 and the rack behind it lack it, the others have it', () => {
    const fabric = withFault('filter-10.233.67.0-at-leaf01');
    expect(prefixes(fabric, 'leaf01')).toEqual(without('10.233.67.0/24'));
    expect(prefixes(fabric, 'node1')).toEqual(without('10.233.67.0/24'));
    expect(prefixes(fabric, 'spine01')).toEqual(all);
    expect(prefixes(fabric, 'leaf02')).toEqual(all);
    expect(down(fabric)).toEqual([]);
  });

  test('stop-bird-node5: its block is gone from every switch, the service range stays on node4 alone', () => {
    const fabric = withFault('stop-bird-node5');
    for (const name of switches) expect(prefixes(fabric, name)).toEqual(without('10.233.68.0/24'));
    expect(hops(fabric, 'leaf02', '10.233.0.0/18')).toEqual(['173.20.0.11 [64513]']);
    expect(device(fabric, 'node5')).toMatchObject({ running: false, sessions: [] });
    expect(down(fabric)).toEqual([
      'leaf02->node5 active: received Administrative shutdown',
      'node4->node5 active: socket Connection refused',
      'node6->node5 active: socket Connection refused',
    ]);
  });

  test('shut-spine01-leaf02: the fabric is cut in two', () => {
    const fabric = withFault('shut-spine01-leaf02');
    const rack1 = without('10.233.67.0/24', '10.233.68.0/24', '10.233.69.0/24');
    const rack2 = without('10.233.64.0/24', '10.233.65.0/24', '10.233.66.0/24');
    expect(prefixes(fabric, 'spine01')).toEqual(rack1);
    expect(prefixes(fabric, 'leaf01')).toEqual(rack1);
    expect(prefixes(fabric, 'leaf02')).toEqual(rack2);
    expect(down(fabric)).toEqual([
      'leaf02->spine01 active: received Administrative shutdown',
      'spine01->leaf02 idle: sent Administrative shutdown',
    ]);
    expect(device(fabric, 'spine01').sessions.filter((end) => end.adminDown)).toHaveLength(1);
  });

  test.each([
    ['snmp-silent-leaf01', 'leaf01'],
    ['freeze-bird-node2', 'node2'],
  ])('%s: %s is silent, and nothing else is different', (name, silent) => {
    const fabric = withFault(name);
    for (const each of switches) expect(prefixes(fabric, each)).toEqual(all);
    expect(down(fabric)).toEqual([]);
    expect([...fabric.values()].filter((state) => state.silent).map((state) => state.device.name)).toEqual([
      silent,
    ]);
  });

  test('rogue-route: every switch has one prefix more, from rack 2', () => {
    const fabric = withFault('rogue-route');
    for (const name of switches) expect(prefixes(fabric, name)).toEqual([...all, '10.233.100.0/24'].sort());
    expect(hops(fabric, 'spine01', '10.233.100.0/24')).toEqual(['100.0.0.6 [65010 64513]']);
    expect(down(fabric)).toEqual([]);
  });

  test('wrong-as-node6: both reflectors refuse it, its block is gone', () => {
    const fabric = withFault('wrong-as-node6');
    for (const name of switches) expect(prefixes(fabric, name)).toEqual(without('10.233.69.0/24'));
    expect(down(fabric)).toEqual([
      'node4->node6 idle: sent Bad peer AS',
      'node5->node6 idle: sent Bad peer AS',
      'node6->node4 idle: received Bad peer AS',
      'node6->node5 idle: received Bad peer AS',
    ]);
  });

  test('wrong-as-at-leaf02-for-node4: nothing is missing, but one of two ways is gone', () => {
    const fabric = withFault('wrong-as-at-leaf02-for-node4');
    for (const name of switches) expect(prefixes(fabric, name)).toEqual(all);
    expect(hops(fabric, 'leaf02', '10.233.67.0/24')).toEqual(['173.20.0.12 [64513]']);
    expect(down(fabric)).toEqual([
      'leaf02->node4 idle: sent Bad peer AS',
      'node4->leaf02 idle: received Bad peer AS',
    ]);
  });
});

describe('any set of faults', () => {
  const anyFaults = fc.subarray([...faults]).map((some) => some.flatMap(({ effects }) => effects));

  test('settles, keeps loops out, and never shows an unannounced prefix', () => {
    fc.assert(
      fc.property(anyFaults, (effects) => {
        const fabric = deriveFabric(referenceTopology, effects);
        for (const state of fabric.values()) {
          for (const [prefix, paths] of state.table) {
            const rogue = prefix === '10.233.100.0/24' && effects.some(({ kind }) => kind === 'announce');
            expect(all.includes(prefix) || rogue).toBe(true);
            for (const path of paths) {
              expect(path.asPath).not.toContain(state.asn);
              expect(path.originatorId).not.toBe(state.device.routerId);
              expect(path.clusterList).not.toContain(state.device.clusterId);
            }
          }
        }
      }),
    );
  });

  test('a session is established on both ends or on none', () => {
    fc.assert(
      fc.property(anyFaults, (effects) => {
        const fabric = deriveFabric(referenceTopology, effects);
        for (const end of [...fabric.values()].flatMap((state) => state.sessions)) {
          const back = fabric.get(end.peer)?.sessions.find((other) => other.peer === end.device);
          expect(back?.state === 'established').toBe(end.state === 'established');
        }
      }),
    );
  });
});
