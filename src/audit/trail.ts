// The whole way of one prefix as evidence, table by table: what the objects want, what each owner has and sends, what the
// reflectors and switches have that pass it on, in the order in which it reaches them, and the nodes at the far end. For
// people (`explain`); the audit itself keeps no trails, they are made when somebody asks.
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { Hop } from '../model/explanation.ts';
import type { Prefix } from '../model/prefix.ts';
import { lastGood } from '../model/reading.ts';
import { questionFor, type RouteLayer, type RouteView, wasAsked } from '../model/route-view.ts';
import type { Context } from './context.ts';
import { absenceText, rowsText } from './explain/words.ts';
import { holds, lacks, sessionGraph } from './holders.ts';

type Look = Omit<Hop, 'needed' | 'lost'>;

/** node or switch, also of a device that nobody looks at. */
export function roleAt(context: Context, name: string): 'node' | 'switch' {
  return context.devices.get(name)?.device.role ?? (context.nodes.has(name) ? 'node' : 'switch');
}

const forwards = (layer: RouteLayer) => layer === 'bgp' || layer === 'installed';

function answerOf(context: Context, views: readonly RouteView[], layer: RouteLayer, prefix: Prefix) {
  if (holds(views, layer, prefix)) {
    const rows = views.flatMap((view) => view.table.rowsOf(prefix));
    // A path that is not chosen, leads nowhere or is dropped is no route: what there is stands in the answer.
    const dead = forwards(layer) && rows.every((row) => !row.best || row.unusable || row.discard);
    return { state: dead ? ('lacks' as const) : ('has' as const), answer: rowsText(context, rows, layer) };
  }
  if (lacks(views, layer, prefix))
    return { state: 'lacks' as const, answer: absenceText(context, views, prefix) };
  const [partial] = views.flatMap((view) => view.partial ?? []);
  const why = partial ?? 'the prefix was not among those last asked for';
  return { state: 'unknown' as const, answer: `not known: ${why}` };
}

/** What one layer of a device answers, for exported and received by session. */
function look(context: Context, device: string, layer: RouteLayer, prefix: Prefix): readonly Look[] {
  const role = roleAt(context, device);
  const snapshot = context.devices.get(device);
  const routes = snapshot && context.routes(snapshot);
  if (!snapshot || !routes?.known) return [];
  const at = lastGood(snapshot.routes)?.at;
  const views = routes.value.filter((view) => view.layer === layer);
  const groups = new Map<string | undefined, RouteView[]>();
  for (const view of views) {
    // A table of the other family has nothing to say.
    const family = view.peer?.includes(':') ? 6 : 4;
    if (view.peer !== undefined && family !== prefix.family && !wasAsked(view, prefix)) continue;
    groups.set(view.peer, [...(groups.get(view.peer) ?? []), view]);
  }
  return [...groups].map(([address, of]): Look => {
    const peer = address === undefined ? undefined : (context.deviceByAddress.get(address) ?? address);
    const asked = of.flatMap((view) => questionFor(view, prefix) ?? [])[0];
    return {
      device,
      role,
      layer,
      ...(peer === undefined ? {} : { peer }),
      ...answerOf(context, of, layer, prefix),
      source: snapshot.source,
      ...(asked === undefined ? {} : { asked }),
      ...(at === undefined ? {} : { at }),
    };
  });
}

/** Why a device shows nothing at all; undefined where it shows something. */
function blind(context: Context, device: string): Look | undefined {
  const role = roleAt(context, device);
  const layer = role === 'node' ? 'local' : 'installed';
  const snapshot = context.devices.get(device);
  if (!snapshot) {
    const answer = `not known: ${device} is not configured here, so nobody looks at it`;
    return { device, role, layer, state: 'unknown', answer, source: '' };
  }
  const routes = context.routes(snapshot);
  if (routes.known) return undefined;
  const answer = `not known: ${routes.reason}`;
  const at = lastGood(snapshot.routes)?.at;
  return {
    device,
    role,
    layer,
    state: 'unknown',
    answer,
    source: snapshot.source,
    ...(at === undefined ? {} : { at }),
  };
}

/** Only what passes routes on can bring one anywhere: switches, and nodes that reflect. */
const passes = (context: Context, name: string) =>
  roleAt(context, name) === 'switch' || context.nodes.get(name)?.routeReflectorClusterId !== undefined;

/** Devices that pass routes on, in the order in which a prefix reaches them over as few sessions as can be. */
export function spread(context: Context, origins: readonly string[], family: 4 | 6): readonly string[] {
  const graph = sessionGraph(context, family);
  const seen = new Set(origins);
  for (const from of seen) {
    if (!origins.includes(from) && !passes(context, from)) continue;
    const next = [...(graph.get(from)?.keys() ?? [])].filter((name) => passes(context, name));
    for (const name of next.sort()) seen.add(name);
  }
  for (const { device } of context.devices.values()) if (device.role === 'switch') seen.add(device.name);
  return [...seen].filter((name) => !origins.includes(name));
}

/** Devices from an owner to the device, over as few sessions as can be; sessions that are up come first. */
export function wayBetween(
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
      if (!origins.includes(from) && !passes(context, from)) continue;
      for (const [to, { up }] of graph.get(from) ?? [])
        if (!before.has(to) && (up || !onlyUp)) before.set(to, from);
    }
    if (!before.has(device)) continue;
    const way: string[] = [];
    for (let at: string | undefined = device; at !== undefined; at = before.get(at)) way.unshift(at);
    return way.filter((name) => !origins.includes(name));
  }
  return [device];
}

/** What every entitled node should do, by the objects. */
export function intentOf(context: Context, { origins, because }: ExpectedPrefix): readonly Look[] {
  const at = lastGood(context.input.expected)?.at;
  return origins.map((device) => ({
    device,
    role: 'node',
    layer: 'intent',
    state: 'has',
    answer: because === '' ? 'the objects say so' : because,
    source: 'objects',
    ...(at === undefined ? {} : { at }),
  }));
}

/** Every table of a device that can have the prefix, in the order of the way through it. */
export function looksAt(context: Context, device: string, prefix: Prefix): readonly Look[] {
  const nothing = blind(context, device);
  if (nothing) return [nothing];
  const layers: readonly RouteLayer[] =
    roleAt(context, device) === 'node'
      ? ['received', 'local', 'exported']
      : ['received', 'bgp', 'installed', 'exported'];
  return layers.flatMap((layer) => look(context, device, layer, prefix));
}
