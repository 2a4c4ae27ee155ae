// The small fabric made ready to be explained: audited, with sources and the commands that real collectors state.
import { addressBook, audit } from '../../src/audit/audit.ts';
import { explain } from '../../src/audit/explain/explain.ts';
import type { ExpectedPrefix, ExpectedState, ObjectProblem } from '../../src/model/expectation.ts';
import type { Explained, Explanation } from '../../src/model/explanation.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import type { RouteRow } from '../../src/model/route-table.ts';
import type { RouteLayer, RouteView } from '../../src/model/route-view.ts';
import type { Session } from '../../src/model/session.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { addresses, change, rebuilt } from './changes.ts';
import { device, expected, healthy, input, now, success } from './fabric.ts';

/** A fabric with a fault, and what is asked about it. */
export interface Thing {
  readonly target: string;
  readonly device?: string;
  readonly devices: Record<string, DeviceSnapshot>;
  readonly state?: ExpectedState;
  /** Prefixes that are expected beside those of the state. */
  readonly more?: readonly ExpectedPrefix[];
}

/** Adds a row to one layer. */
export const withRow =
  (layer: RouteLayer, row: RouteRow) =>
  (views: readonly RouteView[]): readonly RouteView[] =>
    views.map((old) => (old.layer === layer ? rebuilt(old, [...old.table.rows(), row]) : old));

export const problems = (...list: readonly ObjectProblem[]): ExpectedState => ({
  ...expected,
  problems: list,
});

/** The objects with more about one node. */
export const renamed = (name: string, more: object): ExpectedState => ({
  ...expected,
  nodes: expected.nodes.map((node) => (node.name === name ? { ...node, ...more } : node)),
});

/** The session between leaf01 and node2 as each end tells it; what it carried is gone when it is down. */
export function sessionPair(atLeaf: Partial<Session>, atNode: Partial<Session>) {
  const leaf = change(
    healthy(),
    'leaf01',
    (views) => views,
    (old) => old.map((each) => (each.peerAddress === '192.0.2.2' ? { ...each, ...atLeaf } : each)),
  );
  return change(
    leaf,
    'node2',
    (views) => views,
    (old) => old.map((each) => ({ ...each, ...atNode })),
  );
}

/** The healthy fabric with one device that could not be read. */
export const bare = (name: string, reading: DeviceSnapshot['sessions'] & DeviceSnapshot['routes']) => ({
  ...healthy(),
  [name]: device(name, reading, reading, addresses[name] ?? []),
});

const questions: Partial<Record<RouteLayer, string>> = {
  bgp: 'show bgp ipv4 unicast 10.1.0.0/24 longer-prefixes json',
  received: 'show bgp ipv4 unicast neighbors 192.0.2.2 received-routes json',
  installed: 'show ip route 10.1.0.0/24 longer-prefixes json',
};

function questionOf(source: string, { layer, peer }: RouteView): string {
  const set = 'where net ~ [10.1.0.0/24+,10.96.0.0/16+] all';
  if (source === 'bird')
    return layer === 'local'
      ? `show route ${set}`
      : `show route export 'Node_${peer?.replaceAll('.', '_')}' ${set}`;
  if (source === 'snmp') return 'inetCidrRouteTable (1.3.6.1.2.1.4.24.7.1.9)';
  return questions[layer] ?? '';
}

/** Nodes are read from BIRD, leaf01 by SSH, spine01 by SNMP, four seconds ago. */
export function asked(snapshot: DeviceSnapshot): DeviceSnapshot {
  const { device: of, sessions, routes } = snapshot;
  const source = of.role === 'node' ? 'bird' : of.name === 'leaf01' ? 'ssh' : 'snmp';
  const at = now - 4000;
  const views = routes.ok
    ? routes.value.map((each) => ({
        ...each,
        scopes: each.scopes.map((scope) => ({ ...scope, asked: questionOf(source, each) })),
      }))
    : [];
  return {
    ...snapshot,
    source,
    sessions: sessions.ok ? { ...sessions, at } : sessions,
    routes: routes.ok ? { ...routes, at, value: views } : routes,
  };
}

/** The fabric after its audit, as the exporter makes it. */
export function audited({ devices, state = expected, more = [] }: Thing): Fabric {
  const prefixes = [...state.prefixes, ...more];
  const wanted = { ...state, prefixes };
  const snapshots = Object.fromEntries(
    Object.entries(devices).map(([name, snapshot]) => [name, asked(snapshot)]),
  );
  const vantages = new Map(['leaf01', 'spine01'].map((name) => [name, { device: name, prefixes }]));
  const given = input(snapshots, { expected: success(now - 2000, wanted), vantages });
  const list = Object.values(snapshots);
  return {
    at: now,
    devices: list,
    expected: given.expected,
    audit: audit(given),
    deviceByAddress: addressBook(list, wanted),
  };
}

/** What explain says of the thing. */
export function explained(thing: Thing, target = thing.target): Explained {
  const at = thing.device === undefined ? {} : { device: thing.device };
  return explain({ fabric: audited(thing), maxAgeMs: () => 45_000, target, ...at });
}

/** The same where it must be known. */
export function explanationOf(thing: Thing): Explanation {
  const answer = explained(thing);
  if (!answer.ok) throw new Error(answer.message);
  return answer.explanation;
}
