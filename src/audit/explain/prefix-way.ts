// The way of a prefix as a list of steps: the nodes that should announce it, whoever passes it on, the nodes at the far end;
// bounded, with the step at which it ends and those that are wrong marked.
import type { ExpectedPrefix } from '../../model/expectation.ts';
import type { Hop } from '../../model/explanation.ts';
import type { Finding, RouteVerdict } from '../../model/finding.ts';
import type { Prefix } from '../../model/prefix.ts';
import { findCause } from '../cause.ts';
import type { Context } from '../context.ts';
import { intentOf, looksAt, spread, wayBetween } from '../trail.ts';

/** Most nodes shown of those that should announce it, and of those at the far end; most switches; most tables of a device. */
const most = { origins: 12, farNodes: 12, switches: 64, tables: 16 } as const;

/** The steps, and what of them is not shown. */
interface Way {
  readonly hops: readonly Hop[];
  readonly notes: readonly string[];
}

/** Which of a device's tables must have the prefix. */
function hopsAt(
  context: Context,
  device: string,
  prefix: Prefix,
  { owns, carries }: { readonly owns: boolean; readonly carries: boolean },
): Hop[] {
  const looks = looksAt(context, device, prefix);
  const has = (...layers: Hop['layer'][]) =>
    looks.some(({ layer, state }) => layers.includes(layer) && state === 'has');
  return looks.map((look) => {
    const { layer } = look;
    // One session, one table that has it is enough: the others need not.
    const needed =
      (layer === 'local' && owns) ||
      (layer === 'exported' && owns && !has('exported')) ||
      (layer === 'received' && carries && !has('received')) ||
      ((layer === 'bgp' || layer === 'installed') && carries);
    return { ...look, needed, lost: false };
  });
}

function bounded(device: string, hops: readonly Hop[], notes: string[]): readonly Hop[] {
  if (hops.length <= most.tables) return hops;
  notes.push(`${hops.length - most.tables} more tables of ${device} are not shown`);
  const order = (hop: Hop) => (hop.state === 'lacks' && hop.needed ? 0 : hop.state === 'has' ? 1 : 2);
  const kept = new Set(hops.toSorted((x, y) => order(x) - order(y)).slice(0, most.tables));
  return hops.filter((hop) => kept.has(hop));
}

/** Nodes that do not announce it: whether it has come to them. */
function farNodes(
  context: Context,
  prefix: Prefix,
  shown: ReadonlySet<string>,
  notes: string[],
): readonly Hop[] {
  const names = [...context.devices.values()].flatMap(({ device }) =>
    device.role === 'node' && !shown.has(device.name) ? [device.name] : [],
  );
  const hops = names.flatMap((name) =>
    looksAt(context, name, prefix)
      .filter(({ layer }) => layer === 'local')
      .map((look) => ({ ...look, needed: false, lost: false })),
  );
  if (hops.length <= most.farNodes) return hops;
  const having = hops.filter(({ state }) => state === 'has');
  const others = hops.filter(({ state }) => state !== 'has');
  const kept = [...others, ...having].slice(0, most.farNodes);
  notes.push(
    `${having.length} of ${hops.length} other nodes have it; ${hops.length - kept.length} of them are not shown`,
  );
  return kept;
}

function wayOf(
  context: Context,
  prefix: Prefix,
  expected: ExpectedPrefix | undefined,
  verdicts: ReadonlyMap<string, RouteVerdict>,
  { idle, suspects }: Blamed,
  only: string | undefined,
): Way {
  const notes: string[] = [];
  const announcers = expected?.origins ?? [];
  const faulty = new Map(
    announcers.map((name) => {
      const hops = hopsAt(context, name, prefix, { owns: true, carries: false });
      return [name, hops.filter(({ state, needed }) => needed && state !== 'has').length] as const;
    }),
  );
  const origins = announcers
    .toSorted((x, y) => (faulty.get(y) ?? 0) - (faulty.get(x) ?? 0))
    .slice(0, most.origins);
  if (origins.length < announcers.length)
    notes.push(`${origins.length} of the ${announcers.length} nodes that announce it are shown`);
  const all = only === undefined ? spread(context, origins, prefix.family) : undefined;
  const devices = all ?? wayBetween(context, origins, only ?? '', prefix.family);
  if (devices.length > most.switches) notes.push(`${most.switches} of ${devices.length} devices are shown`);
  // A node that should have passed it on and does not, or announces it and must not, stands before those that it passes to.
  const others = [...new Set([...idle, ...suspects])].filter((name) => !announcers.includes(name));
  const passing = [...new Set([...others, ...devices.slice(0, most.switches)])];
  const seen = new Set([...origins, ...passing]);
  const intent = expected ? intentOf(context, { ...expected, origins }) : [];
  const hops = origins.flatMap((name) => [
    ...intent
      .filter(({ device }) => device === name)
      .map((look): Hop => ({ ...look, needed: true, lost: false })),
    ...bounded(name, hopsAt(context, name, prefix, { owns: true, carries: false }), notes),
  ]);
  const between = passing.flatMap((name) => {
    const given = { owns: idle.includes(name), carries: verdicts.has(name) };
    return bounded(name, hopsAt(context, name, prefix, given), notes);
  });
  for (const name of announcers) seen.add(name);
  const far = only === undefined ? farNodes(context, prefix, seen, notes) : [];
  return { hops: [...hops, ...between, ...far], notes };
}

/** Devices that lack the prefix, each with the one at which it is lost. */
type Losses = readonly (readonly [device: string, at: string])[];

function lossesOf(context: Context, verdicts: ReadonlyMap<string, RouteVerdict>): Losses {
  return [...verdicts].flatMap(([device, verdict]) => {
    const snapshot = context.devices.get(device);
    if (!snapshot || !['missing', 'default-only', 'covered'].includes(verdict.verdict)) return [];
    return [[device, findCause(context, snapshot, verdict)?.device ?? device] as const];
  });
}

interface Blamed {
  /** Nodes that have it and do not pass it on. */
  readonly idle: readonly string[];
  /** Nodes that announce it and must not. */
  readonly suspects: readonly string[];
}

function blamedBy(context: Context, losses: Losses, findings: readonly Finding[]): Blamed {
  const isNode = (name: string) => context.nodes.has(name);
  const accused = findings.filter(({ check }) => check === 'route-unexpected').map(({ device }) => device);
  return { idle: losses.map(([, at]) => at).filter(isNode), suspects: accused.filter(isNode) };
}

/** Marks what findings other than a loss are about. */
function markWrong(hops: readonly Hop[], findings: readonly Finding[]): readonly Hop[] {
  const wrong = (hop: Hop) =>
    findings.some(({ check, device }) => {
      if (device !== hop.device || hop.state !== 'has') return false;
      if (check === 'route-next-hop') return hop.layer === 'installed' || hop.layer === 'bgp';
      if (check !== 'route-unexpected') return false;
      return hop.role === 'node'
        ? hop.layer === 'exported'
        : hop.layer === 'installed' || hop.layer === 'bgp';
    });
  return hops.map((hop) => (wrong(hop) ? { ...hop, wrong: true } : hop));
}

/** Marks the step at which the way ends. */
function markLost(hops: readonly Hop[], losses: Losses): readonly Hop[] {
  for (const [device, at] of losses) {
    const lacking = (name: string) =>
      hops.find((hop) => hop.device === name && hop.needed && hop.state === 'lacks');
    const lost = lacking(at) ?? lacking(device);
    if (lost) return hops.map((hop) => (hop === lost ? { ...hop, lost: true } : hop));
  }
  return hops;
}

/** The whole way of a prefix, to one device or everywhere, with the step at which it ends and those that are wrong. */
export function wayWithMarks(
  context: Context,
  prefix: Prefix,
  expected: ExpectedPrefix | undefined,
  verdicts: ReadonlyMap<string, RouteVerdict>,
  findings: readonly Finding[],
  only: string | undefined,
): Way {
  const losses = lossesOf(context, verdicts);
  const way = wayOf(context, prefix, expected, verdicts, blamedBy(context, losses, findings), only);
  return { hops: markWrong(markLost(way.hops, losses), findings), notes: way.notes };
}
