// A loop that no source shows: where AS paths are not seen (SNMP), that a switch lacks a prefix is taken for BGP's loop check (RFC 4271
// section 9.1.2) when the neighbour has it from devices of the switch's own AS alone, and nothing else comes by that way.
import { clauseOf } from '../model/catalogue/causes.ts';
import type { Prefix } from '../model/prefix.ts';
import type { NextHop, RouteRow } from '../model/route-table.ts';
import type { Context } from './context.ts';
import { rowsIn, sessionGraph } from './holders.ts';
import type { Cause } from './origin.ts';

/** Most prefixes that are looked at for one that comes all the same. */
const mostSeen = 500;

/** The AS of a device, as its own sessions or those with it tell. */
function asnOf(context: Context, device: string, family: 4 | 6): number | undefined {
  const own = context.devices.get(device)?.facts.localAsn;
  if (own !== undefined) return own;
  const edges = [...(sessionGraph(context, family).get(device)?.values() ?? [])];
  const said = edges.flatMap(({ ends }) => ends.get(device)?.localAsn ?? []);
  // Of a device that does not say, what its neighbours call it.
  const called = edges.flatMap(({ ends }) =>
    [...ends].flatMap(([name, { peerAsn }]) => (name === device ? [] : (peerAsn ?? []))),
  );
  return [...said, ...called].find((asn) => asn > 0);
}

const namesOf = new WeakMap<Context, WeakMap<readonly NextHop[], readonly string[]>>();

/** Devices behind next hops; none where one of them is not known. A table has few sets of next hops for many rows. */
function devicesBehind(context: Context, nextHops: readonly NextHop[]): readonly string[] {
  const all = namesOf.get(context) ?? new WeakMap<readonly NextHop[], readonly string[]>();
  namesOf.set(context, all);
  const known = all.get(nextHops);
  if (known) return known;
  const names = nextHops.flatMap(({ address = '' }) => context.deviceByAddress.get(address) ?? []);
  const made = names.length === nextHops.length ? names : [];
  all.set(nextHops, made);
  return made;
}

/** Devices by which a device reaches a prefix, by its rows; undefined where one of them is not known, or its AS path is. */
function sendersOf(context: Context, rows: readonly RouteRow[]): readonly string[] | undefined {
  const used = rows.filter(({ best }) => best);
  if (used.length === 0 || used.some(({ asPath }) => asPath !== undefined)) return undefined;
  const names = used.map(({ nextHops }) => devicesBehind(context, nextHops));
  if (used.some(({ nextHops }, i) => nextHops.length > 0 && names[i]?.length === 0)) return undefined;
  const all = names.length === 1 ? (names[0] ?? []) : names.flat();
  return all.length > 0 ? all : undefined;
}

function senders(context: Context, device: string, prefix: Prefix): readonly string[] | undefined {
  const rows = rowsIn(context, device, 'bgp', prefix).concat(rowsIn(context, device, 'installed', prefix));
  return sendersOf(context, rows);
}

/** True when some prefix comes to `to` by `from` although `from` has it from an AS of `to` itself: it takes its own AS. */
function takesOwn(context: Context, from: string, to: string, asn: number): boolean {
  const list = context.carries(to);
  const step = Math.max(1, Math.floor(list.length / mostSeen));
  for (let i = 0; i < list.length; i += step) {
    const prefix = list[i]?.prefix;
    if (!prefix || !senders(context, to, prefix)?.includes(from)) continue;
    const by = senders(context, from, prefix);
    if (by?.every((name) => asnOf(context, name, prefix.family) === asn)) return true;
  }
  return false;
}

const taking = new WeakMap<Context, Map<string, boolean>>();

/** The same, looked for once in an audit: every prefix that is missing asks. */
function takesOwnOnce(context: Context, from: string, to: string, asn: number): boolean {
  const known = taking.get(context) ?? new Map<string, boolean>();
  taking.set(context, known);
  const key = `${from} ${to}`;
  const takes = known.get(key) ?? takesOwn(context, from, to, asn);
  known.set(key, takes);
  return takes;
}

/** A prefix that one device has, by its BGP and routing table, and another lacks. */
interface Held {
  readonly from: string;
  readonly to: string;
  readonly prefix: Prefix;
  readonly rows: readonly RouteRow[];
}

/** The loop as the cause of a prefix that `from` has and `to` lacks; undefined where that is not likely. */
export function likelyLoop(context: Context, { from, to, prefix, rows }: Held): Cause | undefined {
  const asn = asnOf(context, to, prefix.family);
  const own = asnOf(context, from, prefix.family);
  if (asn === undefined || own === undefined || asn === own) return undefined;
  const by = sendersOf(context, rows);
  if (!by?.every((name) => name !== to && asnOf(context, name, prefix.family) === asn)) return undefined;
  if (takesOwnOnce(context, from, to, asn)) return undefined;
  const path = `${own} ${asn}, from ${[...new Set(by)].join(', ')}`;
  return { id: 'as-path-loop', clause: clauseOf('as-path-loop', { device: to, asn, path }), device: to };
}
