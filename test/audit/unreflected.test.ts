// A top-of-rack switch that speaks iBGP with its nodes: what it has from one it passes to another only as a route reflector.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import type { ExpectedState } from '../../src/model/expectation.ts';
import { device, expected, healthy, input, route, session, success, view } from './fabric.ts';

const first = '10.1.0.0/26';
const second = '10.1.0.64/26';
const leaf = '192.0.2.254';
const internal = { localAsn: 64512, peerAsn: 64512 };

interface Scene {
  /** What node1 and node2 have of each other. */
  readonly reflected?: boolean;
  readonly external?: boolean;
  /** leaf01 has the blocks straight from their owners. */
  readonly from?: string;
  readonly partial?: string;
}

function audited({ reflected = false, external = false, from, partial }: Scene, isWatching = false) {
  const { spine01 } = healthy();
  const asns = external ? {} : internal;
  const node = (name: string, own: string, other: string) => {
    const mine = route(own, undefined, { discard: true, protocol: 'static' });
    const rows = reflected ? [mine, route(other, leaf)] : [mine];
    const sent = view('exported', [{ ...mine, discard: false }], { peer: leaf });
    return device(
      name,
      [session(name, leaf, { ...(external ? { localAsn: 64512, peerAsn: 65001 } : internal), kind: 'node' })],
      [view('local', rows, partial === undefined ? {} : { partial }), sent],
    );
  };
  const rows = [first, second].map((prefix, i) =>
    route(prefix, `192.0.2.${i + 1}`, { from: from ?? `192.0.2.${i + 1}`, asPath: '' }),
  );
  const all = {
    ...(spine01 ? { spine01 } : {}),
    leaf01: device(
      'leaf01',
      [session('leaf01', '192.0.2.1', asns), session('leaf01', '192.0.2.2', asns)],
      [view('bgp', rows), view('installed', rows)],
      [leaf, '198.51.100.2'],
    ),
    node1: node('node1', first, second),
    node2: node('node2', second, first),
  };
  const state: ExpectedState = { ...expected, prefixes: expected.prefixes.slice(0, 2) };
  return audit({ ...input(all, { expected: success(input(all).now, state) }), isWatching });
}

const said = (scene: Scene) =>
  audited(scene).findings.flatMap(({ check, device: at, subject, cause, detail }) =>
    check === 'route-missing' && at.startsWith('node') ? [`${at} ${subject} ${cause}: ${detail}`] : [],
  );

describe('a switch that reflects nothing to its nodes', () => {
  it('is to blame for what they lack of each other', () => {
    const because = (from: string, to: string) =>
      `leaf01 has it from ${from} over iBGP and does not reflect it to ${to} (${to} is not its route-reflector client)`;
    expect(said({})).toEqual([
      `node1 ${second} rr-misconfigured: ${second} (pod block of node2) is missing on node1: ${because('node2', 'node1')}`,
      `node2 ${first} rr-misconfigured: ${first} (pod block of node1) is missing on node2: ${because('node1', 'node2')}`,
    ]);
  });

  it.each<[string, Scene]>([
    ['they have it', { reflected: true }],
    ['they speak eBGP with it: a default route may do', { external: true }],
    ['it has the blocks from somebody else', { from: '198.51.100.1' }],
    ['their tables were cut', { partial: 'cut off' }],
  ])('is not where %s', (_, scene) => expect(said(scene)).toEqual([]));

  it('waits to be asked once more without taking anything from the count of what switches lack', () => {
    const { pending, findings, summary } = audited({}, true);
    const lacking = (list: typeof pending) => list.filter(({ device: at }) => at.startsWith('node')).length;
    expect([lacking(pending), lacking(findings)]).toEqual([2, 0]);
    // leaf01 carries both; spine01 lacks nothing either.
    expect(summary.missing).toBe(0);
  });
});
