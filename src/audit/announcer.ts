// Who announces a prefix that should not be there, and why: a node with a left-over affinity, a node or switch that made the
// route itself. The objects' own problems and withheld prefixes explain most of it.
import { clauseOf } from '../model/catalogue/causes.ts';
import { contains, type Prefix, samePrefix } from '../model/prefix.ts';
import { PrefixMap } from '../model/prefix-map.ts';
import type { RouteProtocol, RouteRow } from '../model/route-table.ts';
import type { Context } from './context.ts';
import { rowsIn } from './holders.ts';
import { lastingly } from './lasting.ts';
import type { Cause } from './origin.ts';

const leftOver = ['stale-affinity', 'duplicate-affinity', 'orphan-block', 'pending-affinity'];

/** What the objects say of a prefix that `node` announces without being entitled to. */
export function objectsSay(context: Context, prefix: Prefix, node: string | undefined): Cause | undefined {
  for (const problem of context.expected?.problems ?? []) {
    const { cause, prefix: block, nodes = [], field, message } = problem;
    if (!cause || !block || !leftOver.includes(cause) || !contains(block, prefix)) continue;
    if (node !== undefined && !nodes.includes(node)) continue;
    const [first = '', second = ''] = nodes;
    if (cause === 'duplicate-affinity') {
      const clause = clauseOf('duplicate-affinity', { owner: second, other: first });
      return { id: cause, clause, device: first };
    }
    if (cause === 'orphan-block') return { id: cause, clause: clauseOf('orphan-block', { node: first }) };
    if (cause === 'pending-affinity')
      return { id: cause, clause: clauseOf('pending-affinity', { node: first }), device: first };
    const state = field === 'spec.state' ? 'pendingDeletion' : message;
    return {
      id: 'stale-affinity',
      clause: clauseOf('stale-affinity', { node: first, state }),
      device: first,
    };
  }
  const closed = context.expected?.withheld?.find((entry) => samePrefix(entry.prefix, prefix));
  if (closed?.cause === 'pool-export-disabled') {
    const pool = closed.object.replace(/^IPPool /, '');
    return { id: 'pool-export-disabled', clause: clauseOf('pool-export-disabled', { pool }) };
  }
  return undefined;
}

/** Of each prefix that nodes send and have not learnt by BGP, the first such node. Each node is gone through once, not for each prefix. */
const sendersOf = lastingly((context): PrefixMap<string> => {
  const senders = new PrefixMap<string>();
  for (const { device, routes } of context.devices.values()) {
    if (device.role !== 'node' || !routes.ok) continue;
    for (const { layer, table } of routes.value) {
      if (layer !== 'exported') continue;
      const { attributes, attributeSets } = table.columns;
      for (let row = 0; row < table.size; row++) {
        if (attributeSets[attributes[row] as number]?.protocol === 'bgp') continue;
        const prefix = table.prefixAt(row);
        if (senders.get(prefix) === undefined) senders.set(prefix, device.name);
      }
    }
  }
  return senders;
});

const made: readonly RouteProtocol[] = ['static', 'connected', 'local', 'aggregate'];

/** True for a route that a switch has from nobody. */
const isOwn = ({ best, protocol, asPath, from }: RouteRow) =>
  best && (made.includes(protocol) || (protocol === 'bgp' && asPath === '' && from === undefined));

const makersOf = new WeakMap<Context, PrefixMap<string | null>>();

/** The first switch that has made the route itself; looked for once in an audit, since many lists of findings ask. */
function makerOf(context: Context, prefix: Prefix): string | undefined {
  const makers = makersOf.get(context) ?? new PrefixMap<string | null>();
  makersOf.set(context, makers);
  const known = makers.get(prefix);
  if (known !== undefined) return known ?? undefined;
  const maker = [...context.devices.values()].find(
    ({ device }) =>
      device.role === 'switch' &&
      [
        ...rowsIn(context, device.name, 'installed', prefix),
        ...rowsIn(context, device.name, 'bgp', prefix),
      ].some(isOwn),
  );
  makers.set(prefix, maker?.device.name ?? null);
  return maker?.device.name;
}

/** The device that has the prefix from nobody; undefined when that cannot be told. */
export function announcerOf(context: Context, prefix: Prefix): string | undefined {
  return sendersOf(context).get(prefix) ?? makerOf(context, prefix);
}
