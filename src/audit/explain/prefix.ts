// explain PREFIX: the whole way of a prefix, table by table, from the objects to the far nodes; the verdict of the audit in
// one sentence; where the way ends, and what to do.
import type { CauseId } from '../../model/cause.ts';
import type { ExpectedPrefix } from '../../model/expectation.ts';
import type { ExplainTone, Explanation, Hop } from '../../model/explanation.ts';
import type { Fabric } from '../../model/fabric.ts';
import type { Finding, RouteVerdict } from '../../model/finding.ts';
import { contains, formatPrefix, type Prefix, samePrefix } from '../../model/prefix.ts';
import { findCause, roleOf } from '../cause.ts';
import type { Context } from '../context.ts';
import { intentOf, looksAt, roleAt, spread, wayBetween } from '../trail.ts';
import { adviceOn } from './advice.ts';
import { counted, listed } from './words.ts';

/** Most nodes shown of those that should announce it, and of those at the far end; most switches; most tables of a device. */
const most = { origins: 12, farNodes: 12, switches: 64, tables: 16 } as const;

export const tones: Readonly<Record<Finding['severity'], ExplainTone>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'warn',
};

/** The audit's verdicts on a prefix, by device. */
export function verdictsOn(fabric: Fabric, prefix: Prefix, only?: string): Map<string, RouteVerdict> {
  const found = new Map<string, RouteVerdict>();
  for (const { device, verdicts } of fabric.audit.devices.values()) {
    if (only !== undefined && device !== only) continue;
    const verdict = verdicts.find(({ expected }) => samePrefix(expected.prefix, prefix));
    if (verdict) found.set(device, verdict);
  }
  return found;
}

/** Findings about a prefix, those within their grace time last. */
export function findingsOn({ audit }: Fabric, prefix: Prefix, only?: string): readonly Finding[] {
  const text = formatPrefix(prefix);
  const about = (finding: Finding) =>
    finding.prefix === text && (only === undefined || finding.device === only || finding.device === '');
  return [...audit.findings.filter(about), ...audit.pending.filter(about)];
}

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
  blamed: readonly string[],
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
  // A node that should have passed it on and does not stands before those that it should have passed it to.
  const idle = blamed.filter((name) => !announcers.includes(name) && !devices.includes(name));
  const passing = [...idle, ...devices.slice(0, most.switches)];
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

function having(hops: readonly Hop[], role: 'node' | 'switch'): string[] {
  const names = hops.flatMap((hop) =>
    hop.role === role && hop.state === 'has' && hop.layer !== 'intent' ? [hop.device] : [],
  );
  return [...new Set(names)];
}

function unexpectedSentence(context: Context, prefix: Prefix, hops: readonly Hop[]): string {
  const text = formatPrefix(prefix);
  const range = (context.expected?.ranges ?? []).find((each) => contains(each, prefix));
  const where = range ? `; it lies in ${formatPrefix(range)}, a range of the cluster` : '';
  const holders = [...having(hops, 'node'), ...having(hops, 'switch')];
  const who = holders.length === 0 ? 'nobody has it' : `${listed(holders)} have it all the same`;
  return `No object calls for ${text}${where}: ${who}`;
}

/** The sentence where no finding says one. */
function quietSentence(
  context: Context,
  prefix: Prefix,
  expected: ExpectedPrefix | undefined,
  verdicts: ReadonlyMap<string, RouteVerdict>,
  hops: readonly Hop[],
): { readonly tone: ExplainTone; readonly verdict: string; readonly cause?: CauseId } {
  const text = formatPrefix(prefix);
  const withheld = (context.expected?.withheld ?? []).find((each) => samePrefix(each.prefix, prefix));
  if (withheld && !expected) {
    const { nodes, because, object, cause } = withheld;
    const verdict = `${text} of ${listed(nodes)} is kept from the fabric on purpose: ${because || object}`;
    return { tone: 'good', verdict, cause };
  }
  if (!expected) {
    if (!context.expected)
      return { tone: 'unknown', verdict: 'The objects were never read: what should be there is not known' };
    return { tone: 'good', verdict: unexpectedSentence(context, prefix, hops) };
  }
  const what = `${text} (${roleOf(expected)})`;
  const unknown = [...verdicts].filter(([, { verdict }]) => verdict === 'unknown');
  const [first] = unknown;
  if (first) {
    const names = listed(unknown.map(([name]) => name));
    return { tone: 'unknown', verdict: `${what} cannot be judged on ${names}: ${first[1].reason ?? ''}` };
  }
  if (verdicts.size === 0)
    return { tone: 'good', verdict: `${what}: no switch that is read should carry it` };
  const names = listed([...verdicts.keys()]);
  const verb = verdicts.size === 1 ? 'carries' : 'carry';
  return { tone: 'good', verdict: `${what} is where it should be: ${names} ${verb} it` };
}

function sentenceOf(findings: readonly Finding[]): string {
  const [first, ...rest] = findings;
  if (!first) return '';
  const same = rest.filter(({ cause, check }) => cause === first.cause && check === first.check);
  const others = rest.filter((finding) => !same.includes(finding));
  const where = [...new Set(same.map(({ device }) => device))].filter((name) => name !== first.device);
  const also = where.length > 0 ? ` The same on ${listed(where)}.` : '';
  const more = others.length > 0 ? ` ${counted(others.length, 'more finding')} about it below.` : '';
  const end = /[.!?]$/.test(first.detail) ? '' : also || more ? '.' : '';
  return `${first.detail}${end}${also}${more}`;
}

/** Explains a prefix, at one device or everywhere. */
export function explainPrefix(fabric: Fabric, context: Context, prefix: Prefix, only?: string): Explanation {
  const text = formatPrefix(prefix);
  const entries = (context.expected?.prefixes ?? []).filter((each) => samePrefix(each.prefix, prefix));
  const [expected] = entries;
  const verdicts = verdictsOn(fabric, prefix, only);
  const findings = findingsOn(fabric, prefix, only);
  const losses = lossesOf(context, verdicts);
  const blamed = [...new Set(losses.map(([, at]) => at))].filter((name) => context.nodes.has(name));
  const way = wayOf(context, prefix, expected, verdicts, blamed, only);
  const hops = markLost(way.hops, losses);
  const quiet = quietSentence(context, prefix, expected, verdicts, hops);
  const [worst] = findings;
  const waiting = worst !== undefined && !fabric.audit.findings.includes(worst);
  const inside = (context.expected?.prefixes ?? []).filter(
    (each) => contains(prefix, each.prefix) && !samePrefix(each.prefix, prefix),
  );
  const facts: [string, string][] = entries.map((entry) => [roleOf(entry), entry.because]);
  if (inside.length > 0)
    facts.push(['expected inside it', listed(inside.map((each) => formatPrefix(each.prefix)))]);
  const verdict = worst ? sentenceOf(findings) : quiet.verdict;
  return {
    kind: 'prefix',
    target: text,
    ...(only === undefined ? {} : { device: only }),
    at: fabric.at,
    tone: worst ? (waiting ? 'warn' : tones[worst.severity]) : quiet.tone,
    verdict: waiting ? `Within its grace time, not yet a finding: ${verdict}` : verdict,
    facts,
    hops,
    paths: [],
    sessions: [],
    prefixes: [],
    readings: [],
    findings,
    advice: adviceOn(findings, quiet.cause && !worst ? [quiet.cause] : []),
    notes: way.notes,
  };
}

/** The role of whoever a name stands for; undefined for a stranger. */
export function knownRole(context: Context, name: string): 'node' | 'switch' | undefined {
  return context.devices.has(name) || context.nodes.has(name) ? roleAt(context, name) : undefined;
}
