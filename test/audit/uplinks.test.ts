// A leaf of another rack with two spines above it, which both have both blocks: what it must be told by one that it does not use.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import type { RouteRow } from '../../src/model/route-table.ts';
import type { Session } from '../../src/model/session.ts';
import type { Fabric } from './changes.ts';
import { device, healthy, input, prefixes, route, session, view } from './fabric.ts';

const first = '10.1.0.0/26';
const second = '10.1.0.64/26';
const service = '10.96.0.0/16';
const spines: Record<string, string> = { spine01: '203.0.113.1', spine02: '203.0.113.2' };
const leaf = '203.0.113.9';

interface Change {
  /** Next hops of the first block on leaf03. */
  readonly hops: readonly string[];
  /** Of the other two prefixes. */
  readonly others?: readonly string[];
  /** A path of the first block that leaf03 has and does not use. */
  readonly spare?: Partial<RouteRow>;
  /** AS path of the first block on spine02; null: it does not have it. */
  readonly path?: string | null;
  readonly up?: boolean;
  readonly showsPaths?: boolean;
}

function fabric({ hops, others, spare, path = '65001 64512', up = true, showsPaths = true }: Change): Fabric {
  const all = Object.values(spines);
  const asPath = showsPaths ? { asPath: '65000 65001 64512', localPref: 100 } : {};
  const rows = [first, second, service].map((prefix) =>
    route(prefix, undefined, {
      ...asPath,
      nextHops: (prefix === first ? hops : (others ?? all)).map((address) => ({ address })),
    }),
  );
  const spares = spare ? [route(first, undefined, { ...asPath, best: false, ...spare })] : [];
  const down: Partial<Session> = up ? {} : { state: 'idle' };
  const sessions = Object.entries(spines).map(([name, address]) =>
    session('leaf03', address, { peerAsn: 65000, localAsn: 65003, ...(name === 'spine02' ? down : {}) }),
  );
  const spine = (name: string, own: string | null) =>
    device(
      name,
      [session(name, leaf, { peerAsn: 65003, localAsn: 65000, ...(name === 'spine02' ? down : {}) })],
      [
        view(
          'bgp',
          [first, second, service].flatMap((prefix) => {
            const given = prefix === first ? own : '65001 64512';
            return given === null ? [] : [route(prefix, '198.51.100.2', showsPaths ? { asPath: given } : {})];
          }),
        ),
      ],
      [spines[name] ?? ''],
    );
  const { spine01: _, ...rest } = healthy();
  return {
    ...rest,
    spine01: spine('spine01', '65001 64512'),
    spine02: spine('spine02', path),
    leaf03: device(
      'leaf03',
      sessions,
      [
        view('bgp', [...rows, ...spares], { allNextHops: true }),
        view('installed', rows, { allNextHops: true }),
      ],
      [leaf],
    ),
  };
}

const vantages = new Map(['leaf01', 'leaf03'].map((name) => [name, { device: name, prefixes }]));

const said = (change: Change) =>
  audit(input(fabric(change), { vantages })).findings.flatMap(
    ({ check, device: at, subject, cause, detail }) =>
      check === 'route-next-hop' && at === 'leaf03' ? [`${subject} ${cause}: ${detail}`] : [],
  );

const one = ['203.0.113.1'];

describe('a spine that is not used', () => {
  it('is named where it has as good a path, and the leaf spreads other prefixes', () => {
    expect(said({ hops: one })).toEqual([
      `${first} thin-ecmp: ${first} (pod block of node1) on leaf03: it goes to 1 of 2 switches that have as good a path: not to spine02 (203.0.113.2)`,
    ]);
  });

  it.each<[string, Change]>([
    ['is used', { hops: Object.values(spines) }],
    ['lacks the prefix: that is a finding of its own', { hops: one, path: null }],
    ['has a longer path', { hops: one, path: '65009 65001 64512' }],
    ['has a path of the same length by another AS', { hops: one, path: '65002 64512' }],
    ['has no session with the leaf', { hops: one, up: false }],
    ['belongs to a fabric whose sources show no AS paths', { hops: one, showsPaths: false }],
    ['stands above a leaf that spreads nothing', { hops: one, others: one }],
    [
      'is the spare one, by a lower local preference',
      { hops: one, spare: { from: '203.0.113.2', localPref: 50 } },
    ],
  ])('is not missed where it %s', (_, change) => expect(said(change)).toEqual([]));
});
