// Routes, sessions and spans of time in words that need no knowledge of the program: what a table answered, as evidence.
import { formatPrefix, type Prefix } from '../../model/prefix.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import type { RouteLayer, RouteView } from '../../model/route-view.ts';
import type { Session } from '../../model/session.ts';
import { sayingOf } from '../complaint.ts';
import type { Context } from '../context.ts';

/** `1 route`, `2 routes`. */
export function counted(n: number, noun: string, many = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : many}`;
}

/** At most a few names: `a, b, c and 5 more`. */
export function listed(names: readonly string[], most = 6): string {
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
}

const units = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** A span of time for a glance: `12 s`, `3 min`, `2 h`. */
export function span(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const [size, unit] = units.find(([each]) => total >= each) ?? [1, 's'];
  return `${Math.floor(total / size)} ${unit}`;
}

/** An address with the name of whoever is behind it: `192.0.2.1 (node1)`. */
export function namedAddress(context: Context, address: string): string {
  const device = context.deviceByAddress.get(address);
  return device === undefined ? address : `${address} (${device})`;
}

function hopText(context: Context, { address, interface: port }: NextHop): string {
  const at = port === undefined ? '' : ` on ${port}`;
  return address === undefined ? (port ?? '?') : `${namedAddress(context, address)}${at}`;
}

const mostHops = 8;

/** Where the row leads: `bgp via 192.0.2.1 (node1)`. */
export function rowText(context: Context, row: RouteRow, layer: RouteLayer): string {
  const hops = listed(
    row.nextHops.map((hop) => hopText(context, hop)),
    mostHops,
  );
  const via = hops === '' ? '' : layer === 'exported' ? `next hop ${hops}` : `via ${hops}`;
  // On a node the discard route is how a block of its own is announced; on a switch it is a dead end.
  const discards =
    layer === 'local'
      ? `its own (${row.protocol} discard route)`
      : `${row.protocol} discard route: packets are dropped here`;
  const what = row.discard ? discards : row.protocol;
  const words = layer === 'exported' ? [via || 'with itself as next hop'] : [via ? `${what} ${via}` : what];
  if (row.asPath !== undefined && row.asPath !== '') words.push(`AS path ${row.asPath}`);
  if (row.from !== undefined && layer === 'bgp') words.push(`from ${namedAddress(context, row.from)}`);
  if (row.unusable) words.push('not usable: its next hop cannot be reached');
  else if (!row.best) words.push('not chosen');
  if (row.stale) words.push('kept for a peer that is away');
  return words.join(', ');
}

const mostRows = 4;

/** All rows of one prefix. */
export function rowsText(context: Context, rows: readonly RouteRow[], layer: RouteLayer): string {
  const shown = rows.slice(0, mostRows).map((row) => rowText(context, row, layer));
  const more = rows.length > mostRows ? [`${rows.length - mostRows} more paths`] : [];
  return [...shown, ...more].join('; ');
}

/** That a table does not have the prefix, and what a packet takes instead. */
export function absenceText(context: Context, views: readonly RouteView[], prefix: Prefix): string {
  const covering = views
    .flatMap((view) => view.table.coveringRows(prefix).map((row) => ({ row, layer: view.layer })))
    .filter(({ row }) => row.best && !row.unusable);
  const longest = Math.max(...covering.map(({ row }) => row.prefix.length));
  const [best] = covering.filter(({ row }) => row.prefix.length === longest);
  if (!best) return 'no such route';
  return `no such route; ${formatPrefix(best.row.prefix)} leads there instead: ${rowText(context, best.row, best.layer)}`;
}

/** What a session's device says of it: state, error, age and counts. */
export function sessionText(session: Session): string {
  const { prefixesReceived, prefixesAccepted, prefixesAdvertised, establishedSeconds } = session;
  const age = establishedSeconds === undefined ? '' : ` for ${span(establishedSeconds)}`;
  const counts: string[] = [];
  if (prefixesReceived !== undefined) counts.push(`${prefixesReceived} received`);
  if (prefixesAccepted !== undefined) counts.push(`${prefixesAccepted} accepted`);
  if (prefixesAdvertised !== undefined) counts.push(`${prefixesAdvertised} sent`);
  if (session.state !== 'established') return sayingOf(session);
  return [`established${age}`, ...counts].join(', ');
}
