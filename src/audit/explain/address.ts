// explain ADDRESS: which way a packet to a pod or service address goes: from every switch next hop by next hop, over all
// branches where traffic is shared, until it is with a node that announces the prefix, or until nobody knows on.
import { type Address, formatAddress } from '../../model/address.ts';
import type { ExpectedPrefix } from '../../model/expectation.ts';
import type { ExplainTone, Explanation, Path, Turn } from '../../model/explanation.ts';
import type { Fabric } from '../../model/fabric.ts';
import { contains, formatPrefix, hostPrefix, type Prefix } from '../../model/prefix.ts';
import { lastGood } from '../../model/reading.ts';
import type { RouteRow } from '../../model/route-table.ts';
import { questionFor, type RouteView } from '../../model/route-view.ts';
import { roleOf } from '../cause.ts';
import type { Context } from '../context.ts';
import { roleAt } from '../trail.ts';
import { decidingViews } from '../verdict.ts';
import { adviceOn } from './advice.ts';
import { findingsOn, tones } from './prefix.ts';
import { listed, rowText } from './words.ts';

/** Most turns of one path, over all of its branches, and most paths shown. */
const most = { turns: 32, paths: 64 } as const;

/** Rows of the longest match in one table; of a shorter one while every path of the longest is dead. */
function longestMatch({ table }: RouteView, host: Prefix): readonly RouteRow[] {
  let rows = table.rowsOf(host);
  if (rows.length === 0) rows = table.coveringRows(host);
  while (rows.length > 0) {
    const usable = rows.filter((row) => row.best && !row.unusable);
    if (usable.length > 0) return usable;
    rows = table.coveringRows(rows[0]?.prefix ?? host);
  }
  return [];
}

interface Choice {
  readonly rows: readonly RouteRow[];
  readonly view: RouteView;
}

/** What a device does with a packet to the address. */
function choiceOf(views: readonly RouteView[], host: Prefix): Choice | undefined {
  let best: Choice | undefined;
  for (const view of views) {
    const rows = longestMatch(view, host);
    const [row] = rows;
    if (row && row.prefix.length > (best?.rows[0]?.prefix.length ?? -1)) best = { rows, view };
  }
  return best;
}

interface Question {
  readonly host: Prefix;
  /** The expected prefix that the address lies in. */
  readonly expected: ExpectedPrefix | undefined;
}

interface Step {
  readonly turn: Turn;
  /** Devices to which the packet goes on. */
  readonly next: readonly string[];
}

/** Next hops of a choice: devices by name, and addresses that nobody is known behind. */
function nextOf(context: Context, rows: readonly RouteRow[]) {
  const devices = new Set<string>();
  const strangers = new Set<string>();
  for (const { nextHops } of rows) {
    for (const { address } of nextHops) {
      if (address === undefined) continue;
      const device = context.deviceByAddress.get(address);
      if (device === undefined) strangers.add(address);
      else devices.add(device);
    }
  }
  return { devices: [...devices], strangers: [...strangers] };
}

/** How the way ends at a device that shows no route to the address. */
function withoutRoute(
  views: readonly RouteView[],
  isNode: boolean,
  isExpected: boolean,
): Pick<Turn, 'end' | 'note'> {
  const [partial] = views.flatMap((view) => view.partial ?? []);
  // Sources are asked for the cluster's prefixes and what covers them, of a node BIRD's table alone: its default route is
  // the kernel's.
  const known = views.length > 0 && partial === undefined && isExpected && !isNode;
  if (known) return { end: 'lost', note: 'no route leads there, not even a default route' };
  const why = isNode
    ? 'BIRD has no route there, and what the kernel does with it is not read'
    : 'the address lies in nothing that was asked for';
  return { end: 'unknown', note: `not known: ${partial ?? why}` };
}

/** One turn at a device, and where it leads. */
function turnAt(context: Context, device: string, { host, expected }: Question): Step {
  if (expected?.origins.includes(device)) {
    const what = expected.kind.startsWith('service') ? 'passes it on to a pod' : 'has the pod';
    return {
      turn: { device, end: 'arrives', note: `${device} announces this prefix and ${what}` },
      next: [],
    };
  }
  const snapshot = context.devices.get(device);
  const routes = snapshot && context.routes(snapshot);
  if (!snapshot || !routes?.known) {
    const why =
      routes && !routes.known ? routes.reason : `${device} is not configured here, so nobody looks at it`;
    return { turn: { device, end: 'unknown', note: why }, next: [] };
  }
  const isNode = roleAt(context, device) === 'node';
  const views = isNode
    ? routes.value.filter(({ layer, vrf }) => layer === 'local' && vrf === 'default')
    : decidingViews(routes.value);
  const at = lastGood(snapshot.routes)?.at;
  const common = { device, ...(at === undefined ? {} : { at }) };
  const choice = choiceOf(views, host);
  const asked = views.flatMap((view) => questionFor(view, expected?.prefix ?? host) ?? [])[0];
  const evidence = asked === undefined ? common : { ...common, asked };
  if (!choice)
    return { turn: { ...evidence, ...withoutRoute(views, isNode, expected !== undefined) }, next: [] };
  const [first] = choice.rows;
  const prefix = first ? formatPrefix(first.prefix) : '';
  const words = choice.rows.map((row) => rowText(context, row, choice.view.layer)).join('; ');
  const route = `${prefix} ${words}`;
  if (choice.rows.every(({ discard }) => discard))
    return {
      turn: { ...evidence, route, end: 'lost', note: 'packets are dropped here' },
      next: [],
    };
  const { devices, strangers } = nextOf(context, choice.rows);
  if (devices.length === 0) {
    const note =
      strangers.length > 0 ? `nobody is known behind ${listed(strangers)}` : 'the next hop does not show';
    return { turn: { ...evidence, route, end: 'unknown', note }, next: [] };
  }
  return { turn: { ...evidence, route, next: listed(devices) }, next: devices };
}

/** The way from one device, branch by branch; a device that several branches meet in is shown once. */
function pathFrom(context: Context, from: string, question: Question): Path {
  const turns: Turn[] = [];
  const done = new Set<string>();
  const walk = (device: string, before: readonly string[]): void => {
    if (turns.length >= most.turns) return;
    if (before.includes(device)) {
      const note = 'the packet comes back here, a loop';
      turns.push({ device, end: 'loop', note });
      return;
    }
    if (done.has(device)) return;
    done.add(device);
    const { turn, next } = turnAt(context, device, question);
    turns.push(turn);
    for (const each of next) walk(each, [...before, device]);
  };
  walk(from, []);
  const ends = turns.filter(({ end }) => end !== undefined);
  const bad = ends.filter(({ end }) => end === 'lost' || end === 'loop');
  const unknown = ends.filter(({ end }) => end === 'unknown');
  const arrived = ends.filter(({ end }) => end === 'arrives').map(({ device }) => device);
  const [worst] = [...bad, ...unknown];
  const tone: ExplainTone = bad.length > 0 ? 'bad' : unknown.length > 0 ? 'unknown' : 'good';
  const shared = arrived.length > 1 ? 'is shared between' : 'leads to';
  const good = arrived.length > 0 ? `${shared} ${listed(arrived)}` : '';
  const where = worst?.device === from && worst.end !== 'loop' ? 'ends there' : `ends at ${worst?.device}`;
  const ill = worst ? `${where}: ${worst.note ?? ''}` : '';
  const verdict = `From ${from} the way ${[good, ill].filter((part) => part !== '').join(', and a part ')}`;
  return { from, tone, verdict, turns };
}

/** The longest expected prefix that an address lies in. */
function expectedFor(context: Context, host: Prefix): ExpectedPrefix | undefined {
  let best: ExpectedPrefix | undefined;
  for (const each of context.expected?.prefixes ?? [])
    if (contains(each.prefix, host) && each.prefix.length > (best?.prefix.length ?? -1)) best = each;
  return best;
}

function sentence(
  context: Context,
  address: string,
  { host, expected }: Question,
  paths: readonly Path[],
): string {
  const range = (context.expected?.ranges ?? []).find((each) => contains(each, host));
  const where = expected
    ? `${address} lies in ${formatPrefix(expected.prefix)} (${roleOf(expected)})`
    : range
      ? `${address} lies in ${formatPrefix(range)}, a range of the cluster, but in no prefix that a node should announce`
      : `${address} is no address of the cluster`;
  const bad = paths.filter(({ tone }) => tone === 'bad');
  const unknown = paths.filter(({ tone }) => tone === 'unknown');
  const [worst] = [...bad, ...unknown];
  if (!worst)
    return `${where}. ${paths.length === 0 ? 'No switch is read' : `The way leads there from ${listed(paths.map(({ from }) => from))}`}.`;
  const others = [...bad, ...unknown].slice(1).map(({ from }) => from);
  const more =
    others.length > 0 ? `; nor does it get there from ${listed(others)}, as far as can be seen` : '';
  return `${where}. ${worst.verdict}${more}.`;
}

/** Explains the way to an address, from one switch or from all of them. */
export function explainAddress(
  fabric: Fabric,
  context: Context,
  address: Address,
  only?: string,
): Explanation {
  const host = hostPrefix(address);
  const text = formatAddress(address);
  const expected = expectedFor(context, host);
  const question = { host, expected };
  const starts = [...context.devices.values()].flatMap(({ device }) =>
    (only === undefined ? device.role === 'switch' : device.name === only) ? [device.name] : [],
  );
  const paths = starts.map((from) => pathFrom(context, from, question));
  const weight = { bad: 0, warn: 1, unknown: 2, good: 3 } as const;
  const sorted = paths.toSorted((x, y) => weight[x.tone] - weight[y.tone]);
  const findings = expected ? findingsOn(fabric, expected.prefix, only) : [];
  const [worst] = findings;
  const tone = sorted[0]?.tone ?? 'unknown';
  const facts: (readonly [string, string])[] = expected
    ? [
        ['lies in', `${formatPrefix(expected.prefix)}, ${roleOf(expected)}`],
        ['because', expected.because],
      ]
    : [];
  const cut = sorted.length - most.paths;
  return {
    kind: 'address',
    target: text,
    ...(only === undefined ? {} : { device: only }),
    at: fabric.at,
    tone: tone === 'good' && worst ? tones[worst.severity] : tone,
    verdict: sentence(context, text, question, sorted),
    facts,
    hops: [],
    paths: sorted.slice(0, most.paths),
    sessions: [],
    prefixes: [],
    readings: [],
    findings,
    advice: adviceOn(findings),
    notes: cut > 0 ? [`the ways from ${cut} more switches are not shown`] : [],
  };
}
