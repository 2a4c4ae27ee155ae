// One fabric for each cause of the catalogue: the small fabric of fabric.ts with one fault in it, and what a person would
// ask about. Sources and commands are set as real collectors set them.

import type { CauseId } from '../../src/model/cause.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { block, change, drop, edit, lostAtBoth } from './changes.ts';
import type { Thing } from './explain-fabric.ts';
import { bare, problems, renamed, sessionPair, withRow } from './explain-fabric.ts';
import { device, expected, failure, healthy, now, route, session, view } from './fabric.ts';

const down = { state: 'active' as const };
const gone = failure<never>(now, 'refused', 'node2: nothing listens on /var/run/calico/bird.ctl');
const silent = failure<never>(now, 'timeout', 'node2: no answer within 10 s');
const bird = (reading: typeof gone) => ({
  ...atLeafDown(lostAtBoth()),
  node2: device('node2', reading, reading),
});
const atLeafDown = (fabric: ReturnType<typeof healthy>) =>
  change(
    fabric,
    'leaf01',
    (views) => views,
    (old) => old.map((each) => (each.peerAddress === '192.0.2.2' ? { ...each, ...down } : each)),
  );
const asStatic = route(block, '192.0.2.1', { protocol: 'static' });
const orphan = '10.1.0.192/26';
const bgp = (extra: object) =>
  change(healthy(), 'leaf01', (views) => [
    ...drop('installed', block)(views),
    view('bgp', [route(block, '192.0.2.2', { asPath: '64512', from: '192.0.2.2', ...extra })]),
  ]);

/** Every cause, with the thing that is asked about. */
export const causeCases: Readonly<Record<CauseId, () => Thing>> = {
  'not-configured-on-node': () => ({
    target: block,
    devices: change(change(lostAtBoth(), 'node2', drop('exported', block)), 'node2', drop('local', block)),
  }),
  'node-not-ready': () => ({
    target: block,
    devices: bird(gone),
    state: renamed('node2', { lifecycle: { ready: false, readySince: now - 600_000 } }),
  }),
  'bird-down': () => ({ target: 'node2', devices: bird(gone) }),
  'config-not-applied': () => ({
    target: 'node1',
    devices: change(
      healthy(),
      'node1',
      () => [view('local', []), view('exported', [], { peer: '192.0.2.254' })],
      () => [],
    ),
  }),
  'graceful-restart': () => ({
    target: block,
    devices: change(lostAtBoth(), 'node2', drop('exported', block), undefined, { recovering: true }),
  }),
  'not-exported': () => ({
    target: block,
    devices: change(lostAtBoth(), 'node2', drop('exported', block)),
  }),
  'bgpfilter-reject': () => ({
    target: '10.1.0.128/26',
    devices: change(
      healthy(),
      'node1',
      withRow('local', route('10.1.0.128/26', undefined, { discard: true, protocol: 'static' })),
    ),
    state: {
      ...expected,
      withheld: [
        {
          prefix: parsePrefix('10.1.0.128/26'),
          kind: 'block',
          nodes: ['node1'],
          cause: 'bgpfilter-reject',
          object: 'BGPFilter only-services',
          because: 'BGPFilter only-services, export rule 2 rejects it',
        },
      ],
    },
  }),
  'pool-export-disabled': () => ({
    target: '10.1.0.128/26',
    devices: change(
      healthy(),
      'node1',
      withRow('local', route('10.1.0.128/26', undefined, { discard: true, protocol: 'static' })),
    ),
    state: {
      ...expected,
      withheld: [
        {
          prefix: parsePrefix('10.1.0.128/26'),
          kind: 'block',
          nodes: ['node1'],
          cause: 'pool-export-disabled',
          object: 'IPPool private',
          because: 'IPPool private has disableBGPExport',
        },
      ],
    },
  }),
  'mesh-left-on': () => ({
    target: 'node1',
    devices: change(
      healthy(),
      'node1',
      (views) => views,
      (old) => [
        ...old,
        session('node1', '192.0.2.2', {
          kind: 'mesh',
          name: 'Mesh_192_0_2_2',
          localAsn: 64512,
          establishedSeconds: 86_400,
        }),
      ],
    ),
  }),
  'rr-misconfigured': () => {
    // node2 speaks to node1 alone, and node1, which is to pass its routes to leaf01, is no route reflector.
    const inside = { peerAsn: 64512, localAsn: 64512 };
    const learnt = route(block, '192.0.2.2', { from: '192.0.2.2', asPath: '' });
    const leaf = change(
      lostAtBoth(),
      'leaf01',
      (views) => views,
      (old) =>
        old
          .filter(({ peerAddress }) => peerAddress !== '192.0.2.2')
          .map((each) => ({ ...each, localAsn: 64512 })),
    );
    const node2 = change(
      leaf,
      'node2',
      (views) => views.map((each) => (each.layer === 'exported' ? { ...each, peer: '192.0.2.1' } : each)),
      () => [session('node2', '192.0.2.1', inside)],
    );
    return {
      target: block,
      devices: change(node2, 'node1', withRow('local', learnt), () => [
        session('node1', '192.0.2.254', inside),
        session('node1', '192.0.2.2', inside),
      ]),
      state: {
        ...expected,
        sessions: expected.sessions.map((each) =>
          each.node === 'node1'
            ? { ...each, peerAsn: 64512 }
            : { ...each, peerAddress: '192.0.2.1', name: 'Node_192_0_2_1', peerAsn: 64512 },
        ),
      },
    };
  },
  'pending-affinity': () => ({
    target: orphan,
    devices: healthy(),
    state: problems({
      severity: 'warning',
      object: 'BlockAffinity node1-10-1-0-192-26',
      field: 'spec.state',
      message: 'the node has not finished claiming the block: it does not announce it',
      cause: 'pending-affinity',
      prefix: parsePrefix(orphan),
      nodes: ['node1'],
    }),
  }),
  'duplicate-affinity': () => ({
    target: block,
    devices: change(healthy(), 'node1', withRow('exported', asStatic)),
    state: problems({
      severity: 'error',
      object: 'BlockAffinity node1-10-1-0-64-26',
      field: 'spec.node',
      message: 'gives the block to node1, but IPAMBlock 10-1-0-64-26 belongs to node2: two nodes announce it',
      cause: 'duplicate-affinity',
      prefix: parsePrefix(block),
      nodes: ['node1', 'node2'],
    }),
  }),
  'stale-affinity': () => ({
    target: orphan,
    devices: change(
      change(healthy(), 'node1', withRow('exported', route(orphan, '192.0.2.1', { protocol: 'static' }))),
      'leaf01',
      withRow('installed', route(orphan, '192.0.2.1')),
    ),
    state: problems({
      severity: 'warning',
      object: 'BlockAffinity node1-10-1-0-192-26',
      field: 'spec.state',
      message: 'the node gives the block up, but announces it and every address in it until that is done',
      cause: 'stale-affinity',
      prefix: parsePrefix(orphan),
      nodes: ['node1'],
    }),
  }),
  'orphan-block': () => ({
    target: orphan,
    devices: healthy(),
    state: problems({
      severity: 'warning',
      object: 'IPAMBlock 10-1-0-192-26',
      field: 'spec.affinity',
      message: 'belongs to node9, which is no Node (any more): nobody announces the block',
      cause: 'orphan-block',
      prefix: parsePrefix(orphan),
      nodes: ['node9'],
    }),
  }),
  'borrowed-address-filtered': () => {
    const single = '10.1.0.5/32';
    const own = route(single, undefined, { protocol: 'kernel', nextHops: [{ interface: 'cali1' }] });
    return {
      target: single,
      devices: change(
        change(healthy(), 'node2', withRow('local', own)),
        'node2',
        withRow('exported', route(single, '192.0.2.2', { protocol: 'kernel' })),
      ),
      more: [
        { prefix: parsePrefix(single), kind: 'borrowed', origins: ['node2'], because: 'Pod shop/cart-0' },
      ],
    };
  },
  'session-down': () => {
    const cut = (fabric: ReturnType<typeof healthy>, name: string, peer: string) =>
      change(fabric, name, name === 'spine01' ? () => [view('installed', [])] : (views) => views, (old) =>
        old.map((each) => (each.peerAddress === peer ? { ...each, ...down } : each)),
      );
    return {
      target: block,
      devices: cut(cut(healthy(), 'spine01', '198.51.100.2'), 'leaf01', '198.51.100.1'),
    };
  },
  'admin-down': () => ({
    target: 'leaf01',
    devices: sessionPair(
      { ...down, adminDown: true },
      { ...down, lastError: 'Received: Administrative shutdown' },
    ),
  }),
  'wrong-as': () => ({
    target: 'node2',
    devices: sessionPair({ ...down, lastError: 'OPEN Message Error: Bad Peer AS (2/2)' }, down),
  }),
  'no-neighbour': () => ({
    target: 'leaf01',
    devices: change(
      sessionPair({}, { ...down, lastError: 'Socket: Connection refused' }),
      'leaf01',
      (views) => views,
      (old) => old.filter(({ peerAddress }) => peerAddress !== '192.0.2.2'),
    ),
  }),
  'connection-refused': () => ({
    target: 'node2',
    devices: sessionPair(down, { ...down, lastError: 'Socket: Connection refused' }),
  }),
  'peer-unreachable': () => ({
    target: 'node2',
    devices: sessionPair(down, { ...down, lastError: 'Socket: No route to host' }),
  }),
  'hold-timer': () => ({
    target: 'leaf01',
    devices: sessionPair({ ...down, lastError: 'Hold Timer Expired' }, down),
  }),
  'prefix-limit': () => ({
    target: block,
    devices: change(
      lostAtBoth(),
      'leaf01',
      (views) => views,
      (old) =>
        old.map((each) =>
          each.peerAddress === '192.0.2.2'
            ? { ...each, state: 'idle', lastError: 'Cease: Maximum Number of Prefixes Reached (6/1)' }
            : each,
        ),
    ),
  }),
  authentication: () => ({
    target: 'node2',
    devices: sessionPair(down, { ...down, lastError: 'Error: Kernel MD5 auth failed' }),
  }),
  'ttl-security': () => ({
    target: 'leaf01',
    devices: sessionPair({ ...down, lastError: 'TTL check failed' }, down),
  }),
  'bad-identifier': () => ({
    target: 'leaf01',
    devices: sessionPair({ ...down, lastError: 'OPEN Message Error: Bad BGP Identifier (2/3)' }, down),
  }),
  'passive-waits': () => ({ target: 'node2', devices: sessionPair(down, { ...down, passive: true }) }),
  'ends-disagree': () => ({
    target: 'node2',
    devices: sessionPair({ establishedSeconds: 7200, prefixesReceived: 2, prefixesAccepted: 2 }, down),
  }),
  'not-received': () => ({ target: block, devices: change(healthy(), 'spine01', drop('installed', block)) }),
  'rejected-by-switch-policy': () => ({
    target: block,
    devices: change(lostAtBoth(), 'leaf01', (views) => [
      ...views,
      view('received', [route('10.96.0.0/16', '192.0.2.1', { asPath: '64512' })], { peer: '192.0.2.1' }),
      view('received', [route(block, '192.0.2.2', { asPath: '64512' })], { peer: '192.0.2.2' }),
    ]),
  }),
  'as-path-loop': () => ({
    target: block,
    devices: change(
      lostAtBoth(),
      'node2',
      edit('exported', block, (row) => [{ ...row, asPath: '64512 65001' }]),
    ),
  }),
  'next-hop-unreachable': () => ({ target: block, devices: bgp({ unusable: true }) }),
  'wrong-next-hop': () => ({
    target: block,
    devices: change(
      healthy(),
      'leaf01',
      edit('installed', block, (row) => [{ ...row, nextHops: [{ address: '192.0.2.1' }] }]),
    ),
  }),
  'thin-ecmp': () => ({
    target: '10.96.0.0/16',
    devices: change(healthy(), 'leaf01', (views) => views.map((old) => ({ ...old, allNextHops: true }))),
  }),
  'lost-best-path': () => ({
    target: block,
    devices: change(healthy(), 'leaf01', (views) => [
      ...edit('installed', block, (row) => [{ ...row, protocol: 'static', discard: true, nextHops: [] }])(
        views,
      ),
      view('bgp', [route(block, '192.0.2.2', { asPath: '64512', from: '192.0.2.2' })]),
    ]),
  }),
  'not-installed': () => ({ target: block, devices: bgp({}) }),
  'covered-only': () => ({
    target: block,
    devices: change(
      change(healthy(), 'spine01', drop('installed', block)),
      'spine01',
      withRow('installed', route('10.1.0.0/24', '198.51.100.2')),
    ),
  }),
  'default-only': () => {
    // Nobody looks at node2: the fabric lacks its block, and what node2 does about it cannot be known.
    const { node2: _, ...watched } = lostAtBoth();
    const add = withRow('installed', route('0.0.0.0/0', '203.0.113.9', { protocol: 'static' }));
    return { target: block, devices: change(change(watched, 'leaf01', add), 'spine01', add) };
  },
  'rogue-announcer': () => ({
    target: block,
    devices: change(healthy(), 'node1', withRow('exported', asStatic)),
  }),
  'unknown-device-unreachable': () => ({ target: block, devices: bird(silent) }),
};

/** What there is to explain where nothing, or nothing so simple, is wrong. */
export const otherCases: Readonly<Record<string, () => Thing>> = {
  'prefix-healthy': () => ({ target: block, devices: healthy() }),
  'prefix-at-one-switch': () => ({ target: block, device: 'spine01', devices: healthy() }),
  'prefix-of-nobody': () => ({ target: orphan, devices: healthy() }),
  'address-of-a-pod': () => ({ target: '10.1.0.70', devices: healthy() }),
  'address-of-a-service': () => ({
    target: '10.96.0.1',
    devices: change(
      healthy(),
      'leaf01',
      edit('installed', '10.96.0.0/16', (row) => [
        { ...row, nextHops: [{ address: '192.0.2.1' }, { address: '192.0.2.2' }] },
      ]),
    ),
  }),
  'address-lost-on-the-way': () => ({
    target: '10.1.0.70',
    devices: change(healthy(), 'leaf01', drop('installed', block)),
  }),
  'address-in-a-loop': () => ({
    target: '10.1.0.70',
    devices: change(
      healthy(),
      'leaf01',
      edit('installed', block, (row) => [{ ...row, nextHops: [{ address: '198.51.100.1' }] }]),
    ),
  }),
  'node-healthy': () => ({ target: 'node1', devices: healthy() }),
  'switch-healthy': () => ({ target: 'spine01', devices: healthy() }),
  'switch-unread': () => ({
    target: 'leaf01',
    devices: bare(
      'leaf01',
      failure<never>(now, 'auth', 'leaf01: it does not accept the password of exporter'),
    ),
  }),
};
