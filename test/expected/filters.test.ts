// BGPFilters rule by rule, what they keep out of the fabric, and how routes travel through reflectors and past filters.
import { describe, expect, it } from 'vitest';
import { announcements, routeMapOf } from '../../src/expected/announcements.ts';
import { readCluster } from '../../src/expected/cluster.ts';
import { computeExpected } from '../../src/expected/compute.ts';
import { askFilters, type FilteredRoute } from '../../src/expected/filter-rules.ts';
import type { ApiObject } from '../../src/model/object.ts';
import { formatPrefix, parsePrefix } from '../../src/model/prefix.ts';
import { affinity, calico, config, node, noMesh, peer, pool } from './build.ts';

type Rules = readonly Readonly<Record<string, unknown>>[];
const filter = (name: string, exportV4: Rules, more = {}) => calico('BGPFilter', name, { exportV4, ...more });

function ask(
  rules: Rules,
  route: Partial<FilteredRoute> & { net: string },
  internal = false,
  version = 'v3.33.0',
) {
  const { filters } = readCluster([filter('f', rules)], { calicoVersion: version });
  const seen = { remote: false, ...route, prefix: parsePrefix(route.net) };
  const answer = askFilters(filters, ['gone', 'f'], 'export', seen, internal);
  return answer && `${answer.action} ${answer.rule}`;
}

describe('rules of a BGPFilter', () => {
  const cidr = (matchOperator: string, more = {}) => [
    { action: 'Reject', cidr: '10.1.0.0/16', matchOperator, ...more },
  ];

  it.each([
    ['Equal', '10.1.0.0/16', true],
    ['Equal', '10.1.1.0/24', false],
    ['NotEqual', '10.1.0.0/16', false],
    ['NotEqual', '10.1.1.0/24', true],
    ['In', '10.1.0.0/16', true],
    ['In', '10.1.1.1/32', true],
    ['In', '10.0.0.0/8', false],
    ['NotIn', '10.1.1.1/32', false],
    ['NotIn', '10.2.0.0/16', true],
  ])('%s 10.1.0.0/16 on %s: %s', (operator, net, holds) => {
    expect(ask(cidr(operator), { net })).toBe(holds ? 'Reject 1' : undefined);
  });

  it.each([
    ['10.1.0.0/16', false],
    ['10.1.0.0/24', true],
    ['10.1.0.0/26', true],
    ['10.1.0.0/27', false],
  ])('In with lengths 24 to 26 on %s: %s', (net, holds) => {
    const rules = cidr('In', { prefixLength: { min: 24, max: 26 } });
    expect(ask(rules, { net })).toBe(holds ? 'Reject 1' : undefined);
    expect(ask(rules, { net }, false, 'v3.28.0')).toBe('Reject 1');
  });

  it.each<[Rules[number], Partial<FilteredRoute>, boolean, boolean]>([
    [{ source: 'RemotePeers' }, { remote: true }, false, true],
    [{ source: 'RemotePeers' }, { remote: false }, false, false],
    [{ interface: 'cali*' }, { interface: 'cali123' }, false, true],
    [{ interface: '*.calico' }, { interface: 'vxlanxcalico' }, false, false],
    [{ interface: '*' }, {}, false, false],
    [{ peerType: 'iBGP' }, {}, true, true],
    [{ peerType: 'eBGP' }, {}, true, false],
    [{ communities: { values: ['65000:1'] } }, { communities: ['65000:1'] }, false, true],
    [{ communities: { values: ['65000:1'] } }, {}, false, false],
    [{ asPathPrefix: [65001, 65002] }, { asPath: [65001, 65002, 65003] }, false, true],
    [{ asPathPrefix: [65001, 65002] }, { asPath: [65001] }, false, false],
    [{ asPathPrefix: ['1.10', '65002'] }, { asPath: [65546, 65002] }, false, true],
    [{ priority: 1024 }, {}, false, true],
    [{ priority: 512 }, {}, false, false],
    [{ cidr: '', matchOperator: '', source: '', interface: '', peerType: '' }, {}, false, true],
    [{}, {}, false, true],
  ])('%o on %o (internal: %s): %s', (condition, route, internal, holds) => {
    const rules = [{ action: 'Reject', ...condition }];
    expect(ask(rules, { net: '10.1.0.0/26', ...route }, internal)).toBe(holds ? 'Reject 1' : undefined);
  });

  it('end at the first that holds', () => {
    const rules = [{ action: 'Accept', cidr: '10.1.1.0/24', matchOperator: 'In' }, { action: 'Reject' }];
    expect(ask(rules, { net: '10.1.1.0/26' })).toBe('Accept 1');
    expect(ask(rules, { net: '10.1.2.0/26' })).toBe('Reject 2');
  });

  it.each([
    [{ action: 'Deny' }, 'spec.exportV4[0].action'],
    [{ action: 'Reject', cidr: '10.0.0.0/8' }, 'spec.exportV4[0]'],
    [{ action: 'Reject', cidr: 'fd00::/8', matchOperator: 'In' }, 'spec.exportV4[0].cidr'],
    [{ action: 'Reject', cidr: '10.0.0.0/8', matchOperator: 'Within' }, 'spec.exportV4[0].matchOperator'],
    [{ action: 'Reject', source: 'Anybody' }, 'spec.exportV4[0].source'],
    [{ action: 'Reject', asPathPrefix: [65001, 'x'] }, 'spec.exportV4[0].asPathPrefix[1]'],
    [{ action: 'Reject', communities: { values: ['gold'] } }, 'spec.exportV4[0].communities.values[0]'],
    [{ action: 'Reject', communities: { values: [] } }, 'spec.exportV4[0].communities.values'],
    [{ ...cidr('In', { prefixLength: { min: 'long' } })[0] }, 'spec.exportV4[0].prefixLength.min'],
  ])('%o is left out whole, with a problem', (rule, field) => {
    expect(ask([rule], { net: '10.1.0.0/26' })).toBeUndefined();
    const { problems } = computeExpected([node('a', { ipv4Address: '10.0.0.1/24' }), filter('f', [rule])]);
    expect(problems.map((p) => p.field)).toEqual([field]);
  });

  it('that have lengths without a cidr hold for every length, and operations that are none are nothing', () => {
    const operations = [{ addCommunity: { value: 'gold' } }, { prependASPath: { prefix: ['1.10', 'x'] } }];
    const rules = [{ action: 'Accept', prefixLength: { min: 24 }, operations }];
    expect(ask(rules, { net: '10.0.0.0/8' })).toBe('Accept 1');
    const { problems } = computeExpected([node('a', { ipv4Address: '10.0.0.1/24' }), filter('f', rules)]);
    expect(problems.map((p) => p.field)).toEqual(
      ['prefixLength', 'operations[0].addCommunity.value', 'operations[1].prependASPath.prefix[1]'].map(
        (field) => `spec.exportV4[0].${field}`,
      ),
    );
  });
});

// Two route reflectors in front of a switch, one node behind them.
const rr = (name: string, n: number) =>
  node(name, { ipv4Address: `10.0.0.${n}/24`, routeReflectorClusterID: '1.1.1.1' }, { rr: 'yes' });
const behind = node('behind', { ipv4Address: '10.0.0.9/24' });
const toReflectors = peer('rr', { nodeSelector: 'all()', peerSelector: 'has(rr)' });
const toSwitch = (more = {}) =>
  peer('tor', { nodeSelector: 'has(rr)', peerIP: '10.0.0.254', asNumber: 65000, ...more });
const cluster = (...more: ApiObject[]) => [
  ...[rr('r1', 1), rr('r2', 2), behind, toReflectors, noMesh, pool('pods', '10.1.0.0/16')],
  ...[affinity('behind', '10.1.9.0/26'), affinity('r1', '10.1.1.0/26')],
  ...more,
];
const prefixesOf = (objects: readonly ApiObject[]) =>
  computeExpected(objects).prefixes.map((p) => `${formatPrefix(p.prefix)} ${p.origins.join('+')}`);
const all = ['10.1.1.0/26 r1', '10.1.9.0/26 behind'];

describe('what filters keep out of the fabric', () => {
  const reject = (more = {}) => filter('f', [{ action: 'Reject', ...more }]);
  const filters = { filters: ['f'] };

  it('is not expected there', () => {
    const one = reject({ cidr: '10.1.9.0/24', matchOperator: 'In' });
    expect(prefixesOf(cluster(toSwitch(filters), one))).toEqual([all[0]]);
    expect(prefixesOf(cluster(toSwitch(filters), reject({ source: 'RemotePeers' })))).toEqual([all[0]]);
    expect(prefixesOf(cluster(toSwitch(filters), reject()))).toEqual([]);
  });

  it('can be a block of one address, which is the route of its pod and no blackhole', () => {
    const tor = peer('tor', { node: 'r1', peerIP: '10.0.0.254', asNumber: 65000, ...filters });
    const single = [affinity('r1', '10.1.3.7/32'), tor];
    expect(prefixesOf(cluster(...single, reject({ interface: 'cali*' })))).toEqual(all);
    expect(prefixesOf(cluster(...single, reject({ interface: 'tunl*' })))).toHaveLength(3);
  });

  it('is expected while another way is open', () => {
    const other = peer('tor2', { node: 'r2', peerIP: '10.0.0.253', asNumber: 65000 });
    expect(prefixesOf(cluster(toSwitch(filters), reject({ source: 'RemotePeers' }), other))).toEqual(all);
  });

  it('is expected when it is a missing session that keeps it, which is a fault', () => {
    expect(prefixesOf(cluster(reject()))).toEqual(all);
  });

  it('can be what an import filter of a reflector refuses', () => {
    const importing = calico('BGPFilter', 'f', { importV4: [{ action: 'Reject' }] });
    const inside = peer('rr', { nodeSelector: 'all()', peerSelector: 'has(rr)', ...filters });
    expect(prefixesOf(cluster(toSwitch(), importing, inside))).toEqual([all[0]]);
  });

  it('can be accepted out of a pool that is not announced', () => {
    const closed = pool('closed', '10.7.0.0/16', { disableBGPExport: true });
    const accept = filter('f', [{ action: 'Accept', cidr: '10.7.0.0/16', matchOperator: 'In' }]);
    const objects = cluster(closed, affinity('r1', '10.7.1.0/26'));
    expect(prefixesOf([...objects, toSwitch()])).toEqual(all);
    expect(prefixesOf([...objects, toSwitch(filters), accept])).toEqual([...all, '10.7.1.0/26 r1']);
  });
});

describe('announcements', () => {
  function announced(objects: readonly ApiObject[], from: string, to: string): string[] {
    return [...announcements(routeMapOf(readCluster(objects)), from)]
      .filter(({ session }) => session.peerAddress === to)
      .map(({ prefix, nextHop, communities }) => [formatPrefix(prefix), nextHop, ...communities].join(' '))
      .sort();
  }

  it('set the own next hop towards eBGP, unless told to keep it', () => {
    expect(announced(cluster(toSwitch()), 'r1', '10.0.0.254')).toEqual([
      '10.1.1.0/26 10.0.0.1',
      '10.1.9.0/26 10.0.0.1',
    ]);
    const keep = cluster(toSwitch({ keepOriginalNextHop: true }));
    expect(announced(keep, 'r1', '10.0.0.254')).toEqual(['10.1.1.0/26 10.0.0.1', '10.1.9.0/26 10.0.0.9']);
    // r2 has the block of r1 from r1 itself.
    expect(announced(keep, 'r2', '10.0.0.254')).toEqual(['10.1.1.0/26 10.0.0.1', '10.1.9.0/26 10.0.0.9']);
  });

  it('are lost between reflectors with the same cluster id', () => {
    const id = (clusterId: string) => {
      const bgp = { ipv4Address: '10.0.0.2/24', routeReflectorClusterID: clusterId };
      const links = [
        peer('between', { nodeSelector: 'has(rr)', peerSelector: 'has(rr)' }),
        peer('client', { node: 'behind', peerIP: '10.0.0.1', asNumber: 64512 }),
      ];
      const nodes = [rr('r1', 1), node('r2', bgp, { rr: 'yes' }), behind, noMesh, toSwitch()];
      return [...nodes, ...links, pool('pods', '10.1.0.0/16'), affinity('behind', '10.1.9.0/26')];
    };
    expect(announced(id('1.1.1.1'), 'r2', '10.0.0.254')).toEqual([]);
    expect(announced(id('2.2.2.2'), 'r2', '10.0.0.254')).toEqual(['10.1.9.0/26 10.0.0.2']);
  });

  it('of a node in a mesh to an eBGP switch hold every block, to the others its own alone', () => {
    const mesh = ['x', 'y', 'z'].map((name, i) => node(name, { ipv4Address: `10.0.0.${i + 1}/24` }));
    const blocks = ['x', 'y', 'z'].map((name, i) => affinity(name, `10.1.${i}.0/26`));
    const objects = [
      ...mesh,
      ...blocks,
      pool('pods', '10.1.0.0/16'),
      peer('tor', { peerIP: '10.0.0.254', asNumber: 65000 }),
    ];
    expect(announced(objects, 'x', '10.0.0.254')).toEqual(
      ['10.1.0.0/26', '10.1.1.0/26', '10.1.2.0/26'].map((p) => `${p} 10.0.0.1`),
    );
    expect(announced(objects, 'x', '10.0.0.2')).toEqual(['10.1.0.0/26 10.0.0.1']);
  });

  it('to a node whose AS number is in the path already are lost', () => {
    const odd = (name: string, n: number, asNumber: number) =>
      node(name, { ipv4Address: `10.0.0.${n}/24`, asNumber });
    const line = [odd('x', 1, 65001), odd('y', 2, 65002), odd('z', 3, 65001)];
    const links = [peer('xy', { node: 'x', peerSelector: "me == 'y'" })];
    const named = line.map((object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { me: object.metadata.name } },
    }));
    const yz = (more = {}) => peer('yz', { node: 'y', peerSelector: "me == 'z'", ...more });
    const tor = peer('tor', { node: 'z', peerIP: '10.0.0.254', asNumber: 65009 });
    const base = [...named, ...links, tor, noMesh, pool('pods', '10.1.0.0/16'), affinity('x', '10.1.0.0/26')];
    expect(announced([...base, yz()], 'y', '10.0.0.3')).toEqual(['10.1.0.0/26 10.0.0.2']);
    expect(announced([...base, yz()], 'z', '10.0.0.254')).toEqual([]);
    expect(announced([...base, yz({ numAllowedLocalASNumbers: 1 })], 'z', '10.0.0.254')).toEqual([
      '10.1.0.0/26 10.0.0.3',
    ]);
  });

  it('carry communities: of BGPConfiguration, of the node in its stead, of an accepting filter alone', () => {
    const communities = { communities: [{ name: 'pods', value: '65000:7' }] };
    const advertise = (names: readonly string[]) => ({
      prefixAdvertisements: [{ cidr: '10.1.0.0/16', communities: names }],
    });
    const global = config({
      nodeToNodeMeshEnabled: false,
      ...communities,
      ...advertise(['pods', '65000:1:2']),
    });
    const own = calico('BGPConfiguration', 'node.r2', advertise(['65000:8']));
    const objects = cluster(toSwitch(), global, own);
    expect(announced(objects, 'r1', '10.0.0.254')[0]).toBe('10.1.1.0/26 10.0.0.1 65000:7 65000:1:2');
    // The block of r1 brings along what r1 has put on it.
    const onR2 = '10.1.1.0/26 10.0.0.2 65000:7 65000:1:2 65000:8';
    expect(announced(objects, 'r2', '10.0.0.254')[0]).toBe(onR2);
    const ofR2 = announced([...objects, affinity('r2', '10.1.2.0/26')], 'r2', '10.0.0.254');
    expect(ofR2[1]).toBe('10.1.2.0/26 10.0.0.2 65000:8');
    const adding = filter('f', [{ action: 'Accept', operations: [{ addCommunity: { value: '65000:9' } }] }]);
    const filtered = cluster(toSwitch({ filters: ['f'] }), global, adding);
    expect(announced(filtered, 'r1', '10.0.0.254')[0]).toBe('10.1.1.0/26 10.0.0.1 65000:9');
  });

  it('bring along what nodes on the way have put on them, for the filters of the next node', () => {
    const marking = filter('mark', [
      { action: 'Accept', operations: [{ addCommunity: { value: '65000:9' } }] },
    ]);
    const inside = peer('rr', { nodeSelector: 'all()', peerSelector: 'has(rr)', filters: ['mark'] });
    const stopping = (condition: object) => filter('f', [{ action: 'Reject', ...condition }]);
    const objects = (condition: object) =>
      cluster(toSwitch({ filters: ['f'] }), inside, marking, stopping(condition));
    const marked = objects({ communities: { values: ['65000:9'] } });
    expect(announced(marked, 'r1', '10.0.0.254')).toEqual(['10.1.1.0/26 10.0.0.1']);
    expect(prefixesOf(marked)).toEqual([all[0]]);
    const others = objects({ communities: { values: ['65000:8'] } });
    expect(announced(others, 'r1', '10.0.0.254')[1]).toBe('10.1.9.0/26 10.0.0.1 65000:9');
  });

  it('have the AS path that filters ask for and put numbers before', () => {
    const named = (name: string, n: number, asNumber: number) =>
      node(name, { ipv4Address: `10.0.0.${n}/24`, asNumber }, { me: name });
    const xy = peer('xy', {
      node: 'x',
      peerSelector: "me == 'y'",
      reversePeering: 'Manual',
      filters: ['two'],
    });
    const yx = peer('yx', { node: 'y', peerSelector: "me == 'x'", reversePeering: 'Manual' });
    const two = filter('two', [{ action: 'Accept', operations: [{ prependASPath: { prefix: [65007] } }] }]);
    const tor = peer('tor', { node: 'y', peerIP: '10.0.0.254', asNumber: 65009, filters: ['f'] });
    const to = (asPathPrefix: readonly number[]) => [
      ...[named('x', 1, 65001), named('y', 2, 65002), noMesh, xy, yx, two, tor],
      ...[pool('pods', '10.1.0.0/16'), affinity('x', '10.1.0.0/26')],
      filter('f', [{ action: 'Reject', asPathPrefix }]),
    ];
    expect(announced(to([65001, 65007]), 'y', '10.0.0.254')).toEqual([]);
    expect(announced(to([65007]), 'y', '10.0.0.254')).toEqual(['10.1.0.0/26 10.0.0.2']);
  });
});
