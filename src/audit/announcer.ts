// Who announces a prefix that should not be there, and why: a node with a left-over affinity, a node or switch that made the
// route itself. The objects' own problems and withheld prefixes explain most of it.
import { clauseOf } from '../model/catalogue/causes.ts';
import { contains, type Prefix, samePrefix } from '../model/prefix.ts';
import type { Context } from './context.ts';
import { rowsIn } from './holders.ts';
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

/** The device that has the prefix from nobody; undefined when that cannot be told. */
export function announcerOf(context: Context, prefix: Prefix): string | undefined {
  for (const { device, routes } of context.devices.values()) {
    if (device.role !== 'node' || !routes.ok) continue;
    const own = routes.value.some(
      (view) => view.layer === 'exported' && view.table.some(prefix, ({ protocol }) => protocol !== 'bgp'),
    );
    if (own) return device.name;
  }
  for (const { device } of context.devices.values()) {
    if (device.role !== 'switch') continue;
    const rows = [
      ...rowsIn(context, device.name, 'installed', prefix),
      ...rowsIn(context, device.name, 'bgp', prefix),
    ];
    const made = ['static', 'connected', 'local', 'aggregate'];
    if (
      rows.some(
        ({ best, protocol, asPath, from }) =>
          best && (made.includes(protocol) || (protocol === 'bgp' && asPath === '' && from === undefined)),
      )
    )
      return device.name;
  }
  return undefined;
}
