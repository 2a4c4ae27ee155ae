// The whole way of one prefix to one device as evidence: what the objects want, what each owner has and sends, what the
// devices in between have and, at the end, the device itself; and the cause, where the way ends. For people (`explain`);
// the audit itself keeps no trails, they are made when somebody asks.
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteVerdict } from '../model/finding.ts';
import { type Prefix, samePrefix } from '../model/prefix.ts';
import { lastGood } from '../model/reading.ts';
import type { RouteRow } from '../model/route-table.ts';
import type { RouteLayer } from '../model/route-view.ts';
import { findCause } from './cause.ts';
import { type AuditInput, buildContext, type Context } from './context.ts';
import { holds, lacks, sessionGraph } from './holders.ts';
import type { Cause } from './origin.ts';
import { auditRoutes } from './route-missing.ts';

/** One look at one table. */
export interface TrailStep {
  readonly device: string;
  /** `intent`: the objects. */
  readonly layer: 'intent' | RouteLayer;
  /** For exported and received: the device behind the session, or its address. */
  readonly peer?: string;
  readonly state: 'has' | 'lacks' | 'unknown';
  /** How it was read: `bird`, `snmp`, `ssh` …; `objects` for the intent. */
  readonly source: string;
  readonly rows: readonly RouteRow[];
  /** When it was read, in ms since the epoch; undefined when never. */
  readonly at: number | undefined;
  /** Why it is unknown, or what the objects say. */
  readonly note?: string;
}

export interface Trail {
  readonly prefix: Prefix;
  readonly device: string;
  readonly expected: ExpectedPrefix | undefined;
  /** Undefined where the device is not expected to carry the prefix. */
  readonly verdict: RouteVerdict['verdict'] | undefined;
  readonly steps: readonly TrailStep[];
  readonly cause: Cause | undefined;
}

function look(context: Context, device: string, layer: RouteLayer, prefix: Prefix): TrailStep[] {
  const snapshot = context.devices.get(device);
  if (!snapshot) {
    const note = `${device} is not configured here, so nobody looks at it`;
    return [{ device, layer, state: 'unknown', source: '', rows: [], at: undefined, note }];
  }
  const { source, routes: reading } = snapshot;
  const at = lastGood(reading)?.at;
  const routes = context.routes(snapshot);
  if (!routes.known) return [{ device, layer, state: 'unknown', source, rows: [], at, note: routes.reason }];
  const views = routes.value.filter((view) => view.layer === layer && view.vrf === 'default');
  const groups = new Map<string | undefined, typeof views>();
  for (const view of views) groups.set(view.peer, [...(groups.get(view.peer) ?? []), view]);
  return [...groups].map(([peer, of]): TrailStep => {
    const rows = of.flatMap((view) => view.table.rowsOf(prefix));
    const known = holds(of, layer, prefix) ? 'has' : lacks(of, layer, prefix) ? 'lacks' : 'unknown';
    const [partial] = of.flatMap((view) => view.partial ?? []);
    const behind = peer === undefined ? undefined : (context.deviceByAddress.get(peer) ?? peer);
    return {
      device,
      layer,
      state: known,
      source,
      rows,
      at,
      ...(behind === undefined ? {} : { peer: behind }),
      ...(known === 'unknown' ? { note: partial ?? 'the prefix was not among those last asked for' } : {}),
    };
  });
}

/** Devices from an owner to the device, over as few sessions as can be; sessions that are up come first. */
function wayBetween(
  context: Context,
  origins: readonly string[],
  device: string,
  family: 4 | 6,
): readonly string[] {
  const graph = sessionGraph(context, family);
  for (const onlyUp of [true, false]) {
    const before = new Map<string, string | undefined>(origins.map((origin) => [origin, undefined]));
    for (const [from] of before) {
      if (from === device) break;
      for (const [to, { up }] of graph.get(from) ?? [])
        if (!before.has(to) && (up || !onlyUp)) before.set(to, from);
    }
    if (!before.has(device)) continue;
    const way: string[] = [];
    for (let at: string | undefined = device; at !== undefined; at = before.get(at)) way.unshift(at);
    return way;
  }
  return [device];
}

const layersOf = (role: string | undefined): readonly RouteLayer[] =>
  role === 'node' ? ['local', 'exported'] : ['received', 'bgp', 'installed'];

/** Follows a prefix to a device. Pure; never throws for what devices or objects say. */
export function traceRoute(input: AuditInput, device: string, prefix: Prefix): Trail {
  const context = buildContext(input);
  const expected = (context.expected?.prefixes ?? []).find((entry) => samePrefix(entry.prefix, prefix));
  const snapshot = context.devices.get(device);
  const verdict = auditRoutes(context)
    .get(device)
    ?.find((entry) => samePrefix(entry.expected.prefix, prefix));
  const origins = expected?.origins ?? [];
  const intent = origins.map((node): TrailStep => {
    const at = lastGood(input.expected)?.at;
    const note = expected?.because ?? '';
    return { device: node, layer: 'intent', state: 'has', source: 'objects', rows: [], at, note };
  });
  const way = wayBetween(context, origins, device, prefix.family);
  const between = way.filter((name) => name !== device && !origins.includes(name));
  const seen = [...origins, ...between, ...(origins.includes(device) ? [] : [device])];
  const steps = seen.flatMap((name) => {
    const role = context.devices.get(name)?.device.role ?? (context.nodes.has(name) ? 'node' : 'switch');
    return layersOf(role).flatMap((layer) => look(context, name, layer, prefix));
  });
  const lost = verdict && ['missing', 'default-only', 'covered'].includes(verdict.verdict);
  const cause = snapshot && verdict && lost ? findCause(context, snapshot, verdict) : undefined;
  return { prefix, device, expected, verdict: verdict?.verdict, steps: [...intent, ...steps], cause };
}
