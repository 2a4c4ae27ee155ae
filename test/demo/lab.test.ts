// The demo's model against real daemons: the laboratory runs the same topology with BIRD 1.6.8 and FRR 8.4.4, and its
// captures (test/fixtures) hold what they said when all was well and under the same faults. The model must agree on every
// best path and its equals on the switches, and on every route of the pod pool on a node.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { birdReply } from '../../src/demo/bird-server.ts';
import { deriveFabric, multipaths } from '../../src/demo/fabric.ts';
import type { Effect } from '../../src/demo/faults.ts';
import { createHistory } from '../../src/demo/history.ts';
import { referenceTopology } from '../../src/demo/topology.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const rangeFile = 'show_bgp_ipv4_unicast_10.233.64.0_18_longer-prefixes_json.txt';

interface FrrRow {
  readonly bestpath?: boolean;
  readonly multipath?: boolean;
  readonly path: string;
  readonly nexthops: readonly { readonly ip: string }[];
}

/** Prefix -> next hop and AS path of all paths in use, from FRR's own words. */
function captured(folder: string): Record<string, string[]> {
  const text = readFileSync(join(fixtures, 'frr/8.4.4', folder, rangeFile), 'utf8');
  const { routes } = JSON.parse(text) as { routes: Record<string, FrrRow[]> };
  return Object.fromEntries(
    Object.entries(routes).map(([prefix, rows]) => [
      prefix,
      rows
        .filter((row) => row.bestpath || row.multipath)
        .map((row) => `${row.nexthops[0]?.ip} ${row.path}`)
        .sort(),
    ]),
  );
}

function modelled(device: string, effects: readonly Effect[]): Record<string, string[]> {
  const table = deriveFabric(referenceTopology, effects).get(device)?.table ?? new Map();
  return Object.fromEntries(
    [...table]
      .filter(([prefix]) => prefix !== '10.233.0.0/18')
      .map(([prefix, paths]) => [
        prefix,
        multipaths(paths)
          .map((path) => `${path.nextHop} ${path.asPath.join(' ')}`)
          .sort(),
      ]),
  );
}

const cases: readonly (readonly [folder: string, device: string, effects: readonly Effect[]])[] = [
  ['lab-up-leaf01', 'leaf01', []],
  ['lab-up-spine01', 'spine01', []],
  ['lab-withdrawn-leaf01', 'leaf01', [{ kind: 'withdraw', device: 'node3', prefix: '10.233.66.0/24' }]],
  ['lab-filtered-leaf01', 'leaf01', [{ kind: 'reject', device: 'leaf01', prefix: '10.233.66.0/24' }]],
  ['lab-filtered-spine01', 'spine01', [{ kind: 'reject', device: 'leaf01', prefix: '10.233.66.0/24' }]],
  ['lab-stopped-leaf01', 'leaf01', [{ kind: 'stop', device: 'node2' }]],
  ['lab-switch-shut-leaf01', 'leaf01', [{ kind: 'shut', device: 'leaf01', peer: 'node2' }]],
  ['lab-wrong-as-leaf01', 'leaf01', [{ kind: 'expect-as', device: 'leaf01', peer: 'node2', asn: 64999 }]],
];

describe.each(cases)('%s', (folder, device, effects) => {
  test(`${device} of the model uses the same paths`, () => {
    expect(modelled(device, effects)).toEqual(captured(folder));
  });
});

describe('bird/1.6/up-node1', () => {
  const file = join(fixtures, 'bird/1.6/up-node1.txt');

  /** Rows of the six blocks in `show route`, each with its prefix, times left out. */
  function blockRows(reply: string): string[] {
    let prefix = '';
    return reply.split('\n').flatMap((line) => {
      const row = /^(?:1007-| )(\S*) +(.*)$/.exec(line);
      if (!row) return [];
      prefix = row[1] || prefix;
      const text = (row[2] ?? '').replaceAll(/\d\d:\d\d:\d\d/g, 'TIME');
      return /^10\.233\.6[4-9]\.0\/24$/.test(prefix) ? [`${prefix} ${text}`] : [];
    });
  }

  test('node1 of the model prints the same routes, word for word', () => {
    const transcript = readFileSync(file, 'utf8');
    const [, theirs = ''] = /^>>> show route\n([\s\S]*?)^0000 /m.exec(transcript) ?? [];
    const fabric = deriveFabric(referenceTopology, []);
    const history = createHistory(0);
    history.record(fabric, 0);
    const state = fabric.get('node1');
    if (!state) throw new Error('no node1');
    const ours = birdReply({ state, history, now: 1000 }, 'show route');
    expect(blockRows(theirs)).toHaveLength(10);
    expect(blockRows(ours).sort()).toEqual(blockRows(theirs).sort());
  });
});
