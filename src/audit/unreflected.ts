// Nodes that lack what their switch has from other nodes of the same AS: over iBGP it passes that on only to route-reflector clients
// (RFC 4456 section 6). What reaches a node is otherwise up to the fabric (expected/vantage.ts), so this is said only where nothing
// at all comes that way.

import { clauseOf } from '../model/catalogue/causes.ts';
import type { ExpectedPrefix } from '../model/expectation.ts';
import { formatPrefix, type Prefix } from '../model/prefix.ts';
import { isEstablished } from '../model/session.ts';
import { roleOf } from './cause.ts';
import type { Draft } from './check.ts';
import { settledAt } from './confirm.ts';
import type { Context } from './context.ts';
import { holds, lacks, rowsIn, sessionGraph } from './holders.ts';
import { lastingly } from './lasting.ts';

/** Nodes with which a switch speaks iBGP, by family; two at least. */
interface Group {
  readonly device: string;
  readonly family: 4 | 6;
  readonly nodes: readonly string[];
}

const groupsOf = lastingly((context): readonly Group[] =>
  [...context.switches].flatMap((device) =>
    ([4, 6] as const).flatMap((family) => {
      const edges = sessionGraph(context, family).get(device) ?? new Map();
      const nodes = [...edges].flatMap(([name, { up, ends }]): string[] => {
        const session = ends.get(device) ?? ends.get(name);
        const internal = session?.peerAsn !== null && session?.peerAsn === session?.localAsn;
        return up && isEstablished(session) && internal && context.nodes.has(name) ? [name] : [];
      });
      return nodes.length > 1 ? [{ device, family, nodes }] : [];
    }),
  ),
);

const ownedBy = new WeakMap<readonly ExpectedPrefix[], ReadonlyMap<string, readonly ExpectedPrefix[]>>();

/** Prefixes by the only node that owns them. */
function ownedOf(context: Context): ReadonlyMap<string, readonly ExpectedPrefix[]> {
  const all = context.expected?.prefixes ?? [];
  const known = ownedBy.get(all);
  if (known) return known;
  const owned = new Map<string, ExpectedPrefix[]>();
  for (const expected of all) {
    const [owner] = expected.origins;
    if (owner === undefined || expected.origins.length > 1 || expected.kind === 'borrowed') continue;
    const list = owned.get(owner) ?? [];
    owned.set(owner, list);
    list.push(expected);
  }
  ownedBy.set(all, owned);
  return owned;
}

/** True for a route that the device has straight from the owner, inside the AS. */
function hasFrom(context: Context, device: string, owner: string, prefix: Prefix): boolean {
  return rowsIn(context, device, 'bgp', prefix).some(
    ({ best, from, asPath }) =>
      best && (asPath ?? '') === '' && from !== undefined && context.deviceByAddress.get(from) === owner,
  );
}

function draft(device: string, node: string, expected: ExpectedPrefix, from: number): Draft {
  const prefix = formatPrefix(expected.prefix);
  const [owner = ''] = expected.origins;
  const detail = `${node} is not its route-reflector client`;
  const clause = clauseOf('rr-misconfigured', { speaker: device, from: owner, to: node, detail });
  return {
    severity: 'warning',
    device: node,
    subject: prefix,
    verdict: 'missing',
    cause: 'rr-misconfigured',
    detail: `${prefix} (${roleOf(expected)}) is missing on ${node}: ${clause}`,
    prefix,
    kind: expected.kind,
    nodes: expected.origins,
    root: {
      id: 'rr-misconfigured',
      clause,
      device,
      grounds: { devices: [device, owner], from },
    },
  };
}

function lackingAt(context: Context, { device, family, nodes }: Group, node: string): readonly Draft[] {
  const snapshot = context.devices.get(node);
  const routes = snapshot && context.routes(snapshot);
  if (!routes?.known) return [];
  const edge = sessionGraph(context, family).get(device)?.get(node);
  const settled = edge ? settledAt(context, edge) : 0;
  const found: Draft[] = [];
  for (const owner of nodes) {
    if (owner === node) continue;
    for (const expected of ownedOf(context).get(owner) ?? []) {
      const { prefix } = expected;
      if (prefix.family !== family || !hasFrom(context, device, owner, prefix)) continue;
      // Whatever comes of another node shows that it is passed on, or that the nodes have sessions of their own.
      if (holds(routes.value, 'local', prefix) || !lacks(routes.value, 'local', prefix)) return [];
      found.push(draft(device, node, expected, settled));
    }
  }
  return found;
}

/** Missing routes of nodes whose switch reflects nothing to them. */
export function unreflected(context: Context): readonly Draft[] {
  return groupsOf(context).flatMap((group) => group.nodes.flatMap((node) => lackingAt(context, group, node)));
}
