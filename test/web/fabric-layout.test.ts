// Where devices stand in the drawing: written by hand for the sample's spine, leaves and nodes, and for a rack whose nodes reach
// the switch through a route reflector.
import { expect, it } from 'vitest';
import type { Fabric } from '../../src/model/fabric.ts';
import type { Finding } from '../../src/model/finding.ts';
import { failure, success } from '../../src/model/reading.ts';
import type { Session } from '../../src/model/session.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { layoutOf } from '../../src/web/fabric-layout.ts';
import { sampleFabric, sampleNow } from '../metrics/sample-fabric.ts';

const addresses: Readonly<Record<string, string>> = {
  spine: '10.0.0.1',
  leaf: '10.0.0.2',
  rr: '10.0.1.1',
  node: '10.0.1.2',
};

const session = (device: string, peer: string, state: Session['state'] = 'established'): Session => ({
  ...{ device, peerAddress: addresses[peer] ?? '', peerAsn: 64_512, localAsn: 64_512, state },
  ...{ afi: 'ipv4', vrf: 'default' },
});

function snapshot(
  name: string,
  role: 'node' | 'switch',
  sessions: DeviceSnapshot['sessions'],
): DeviceSnapshot {
  const device = { name, role, address: '', addresses: [addresses[name] ?? ''] };
  const rest = { facts: {}, source: 'snmp', collection: [], flaps: new Map() };
  return { device, sessions, routes: success(sampleNow, []), ...rest };
}

/** spine – leaf – rr – node, with the sessions given. */
function fabric(sessions: Readonly<Record<string, DeviceSnapshot['sessions']>>): Fabric {
  const roles = [
    ['spine', 'switch'],
    ['leaf', 'switch'],
    ['rr', 'node'],
    ['node', 'node'],
  ] as const;
  const base = sampleFabric();
  const nodes = ['rr', 'node'].map((name) => ({ name, asn: 64_512, addresses: [addresses[name] ?? ''] }));
  const state = { nodes, sessions: [], prefixes: [], ranges: [], problems: [] };
  return {
    ...base,
    devices: roles.map(([name, role]) => snapshot(name, role, sessions[name] ?? success(sampleNow, []))),
    expected: success(sampleNow, state),
    audit: { ...base.audit, findings: [] },
    deviceByAddress: new Map(Object.entries(addresses).map(([name, address]) => [address, name])),
  };
}

const read = (...list: Session[]) => success(sampleNow, list);
const whole = {
  spine: read(session('spine', 'leaf')),
  leaf: read(session('leaf', 'spine'), session('leaf', 'rr')),
  rr: read(session('rr', 'leaf'), session('rr', 'node')),
  node: read(session('node', 'rr')),
};
const layout = (sessions: Parameters<typeof fabric>[0]) => layoutOf(fabric(sessions), () => 90_000);

it('puts switches in layers by their distance, and a node behind a reflector into its rack', () => {
  const { layers, racks } = layout(whole);
  expect(layers.map((layer) => layer.map(({ name }) => name))).toEqual([['spine'], ['leaf']]);
  expect(racks.map(({ switches, nodes }) => [switches, nodes.map(({ name }) => name)])).toEqual([
    [['leaf'], ['rr', 'node']],
  ]);
  const [rr, node] = racks[0]?.nodes ?? [];
  expect(rr).toMatchObject({
    tone: 'good',
    links: [{ peer: 'leaf', tone: 'good' }],
    others: { up: 1, down: 0 },
  });
  expect(node).toMatchObject({ tone: 'good', links: [], others: { up: 1, down: 0 } });
});

it('shows a session as down when one end says so, and says what both say', () => {
  const { racks, layers } = layout({
    ...whole,
    rr: read(session('rr', 'leaf', 'active'), session('rr', 'node')),
  });
  const says = 'leaf: established (ipv4); rr: active (ipv4)';
  expect(racks[0]?.nodes[0]).toMatchObject({ tone: 'bad', links: [{ peer: 'leaf', tone: 'bad', says }] });
  expect(layers[1]?.[0]).toMatchObject({ name: 'leaf', tone: 'bad', others: { up: 0, down: 1 } });
});

const finding = (more: Partial<Finding>): Finding => ({
  ...{ check: 'route-missing', severity: 'critical', device: 'leaf', subject: '10.0.2.0/26' },
  ...{ verdict: 'missing', detail: 'it is missing on leaf', since: sampleNow, nodes: ['node'] },
  ...more,
});

it('marks the node that lost a route beside the switch that misses it, where the cause lies on the node', () => {
  const tones = (more: Partial<Finding>) => {
    const base = fabric(whole);
    const { layers, racks } = layoutOf(
      { ...base, audit: { ...base.audit, findings: [finding(more)] } },
      () => 90_000,
    );
    return [...layers.flat(), ...racks.flatMap(({ nodes }) => nodes)].flatMap(({ name, tone }) =>
      tone === 'good' ? [] : [`${name} ${tone}`],
    );
  };
  expect(tones({ cause: 'not-configured-on-node' })).toEqual(['leaf bad', 'node bad']);
  expect(tones({ cause: 'not-installed' })).toEqual(['leaf bad']);
  expect(tones({ cause: 'not-exported', nodes: ['rr', 'node'] })).toEqual(['leaf bad']);
});

it('keeps a device unknown that a finding says could not be read', () => {
  const base = fabric({ ...whole, leaf: failure(sampleNow, 'timeout', 'no answer') });
  const silent = finding({ check: 'device-unreachable', severity: 'warning', detail: 'nobody could look' });
  const { layers } = layoutOf({ ...base, audit: { ...base.audit, findings: [silent] } }, () => 90_000);
  expect(layers.flat().find(({ name }) => name === 'leaf')).toMatchObject({
    tone: 'unknown',
    why: 'nobody could look',
  });
});

it('takes a device that could not be read for unknown, and believes the other end', () => {
  const { racks } = layout({ ...whole, rr: failure(sampleNow, 'timeout', 'no answer') });
  expect(racks.flatMap(({ nodes }) => nodes).find(({ name }) => name === 'rr')).toMatchObject({
    tone: 'unknown',
    why: 'could not be read',
    links: [{ peer: 'leaf', tone: 'good' }],
  });
});
