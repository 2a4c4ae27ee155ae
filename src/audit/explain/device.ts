// explain NODE and explain SWITCH: what it should have, what it has, what differs, its sessions from both ends, and how old
// each reading is.
import { causeTexts } from '../../model/catalogue/causes.ts';
import type { ExpectedPrefix } from '../../model/expectation.ts';
import type {
  ExplainTone,
  Explanation,
  PrefixLine,
  ReadingLine,
  SessionLine,
} from '../../model/explanation.ts';
import type { Fabric } from '../../model/fabric.ts';
import type { Finding, RouteVerdict } from '../../model/finding.ts';
import { formatPrefix } from '../../model/prefix.ts';
import { lastGood, type Reading } from '../../model/reading.ts';
import type { DeviceSnapshot } from '../../model/snapshot.ts';
import { exceptions } from '../../model/verdicts.ts';
import { roleOf } from '../cause.ts';
import type { Context } from '../context.ts';
import { carries, holds, lacks } from '../holders.ts';
import { adviceOn } from './advice.ts';
import { tones } from './prefix.ts';
import { sessionLines } from './sessions.ts';
import { counted, listed } from './words.ts';

/** Most lines of one list. */
const most = { sessions: 100, prefixes: 50, findings: 50 } as const;

function factsOf(context: Context, name: string): [string, string][] {
  const facts: [string, string][] = [];
  const add = (label: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') facts.push([label, String(value)]);
  };
  const node = context.nodes.get(name);
  const snapshot = context.devices.get(name);
  const { facts: own, device } = snapshot ?? {};
  add('AS', node?.asn ?? own?.localAsn);
  add('BGP addresses', listed(node?.addresses ?? device?.addresses ?? []));
  add('route reflector', node?.routeReflectorClusterId && `cluster id ${node.routeReflectorClusterId}`);
  const { ready, readySince, deletingSince, unschedulable } = node?.lifecycle ?? {};
  const since = readySince === undefined ? '' : ` since ${new Date(readySince).toISOString().slice(0, 19)}Z`;
  add('Kubernetes', ready === undefined ? undefined : `${ready ? 'Ready' : 'NotReady'}${since}`);
  if (unschedulable) add('cordoned', 'yes');
  add('being deleted since', deletingSince === undefined ? undefined : new Date(deletingSince).toISOString());
  add('software', own?.software);
  add('router id', own?.routerId);
  if (own?.recovering) add('graceful restart', 'in recovery: it announces nothing yet');
  if (device?.address) add('asked at', device.address);
  return facts;
}

function readingLine(
  part: 'sessions' | 'routes',
  source: string,
  reading: Reading<readonly unknown[]>,
  what: string,
): ReadingLine {
  const good = lastGood(reading);
  const at = good === undefined ? {} : { at: good.at };
  if (reading.ok) return { part, source, ok: true, ...at, says: what };
  const kept = good ? '; the values from before are still in use while they are fresh' : '';
  return { part, source, ok: false, ...at, says: `${reading.error.message}${kept}` };
}

function readingsOf(snapshot: DeviceSnapshot | undefined): readonly ReadingLine[] {
  if (!snapshot) return [];
  const { source, sessions, routes } = snapshot;
  const views = lastGood(routes)?.value ?? [];
  const rows = views.reduce((sum, view) => sum + view.table.size, 0);
  return [
    readingLine('sessions', source, sessions, counted(lastGood(sessions)?.value.length ?? 0, 'session')),
    readingLine('routes', source, routes, `${counted(rows, 'route')} in ${counted(views.length, 'table')}`),
  ];
}

function announced(context: Context, name: string, expected: ExpectedPrefix): PrefixLine {
  const { prefix } = expected;
  const common = { prefix: formatPrefix(prefix), what: expected.because };
  const snapshot = context.devices.get(name);
  const routes = snapshot && context.routes(snapshot);
  const switches = [...context.devices.values()].filter(({ device }) => device.role === 'switch');
  const having = switches.filter(({ device }) => carries(context, device.name, prefix));
  const on = switches.length === 0 ? '' : `; ${having.length} of ${switches.length} switches have it`;
  if (!routes?.known) {
    const why = routes ? routes.reason : `${name} is not configured here`;
    return { ...common, tone: 'unknown', says: `not known on the node: ${why}${on}` };
  }
  const sent = routes.value.filter((view) => view.layer === 'exported' && view.table.has(prefix));
  const peers = sent.flatMap(({ peer }) =>
    peer === undefined ? [] : [context.deviceByAddress.get(peer) ?? peer],
  );
  if (peers.length > 0)
    return {
      ...common,
      tone: having.length < switches.length ? 'warn' : 'good',
      says: `sent to ${listed(peers)}${on}`,
    };
  if (lacks(routes.value, 'local', prefix))
    return { ...common, tone: 'bad', says: `not in BIRD's own table${on}` };
  if (holds(routes.value, 'local', prefix))
    return { ...common, tone: 'bad', says: `in BIRD's own table, sent on no session${on}` };
  return { ...common, tone: 'unknown', says: `not known on the node${on}` };
}

const weight: Record<ExplainTone, number> = { bad: 0, warn: 1, unknown: 2, good: 3 };

interface Prefixes {
  readonly lines: readonly PrefixLine[];
  readonly note?: string;
  /** How many there are, and of them as they should be. */
  readonly total: number;
  readonly good: number;
}

function ofNode(context: Context, name: string): Prefixes {
  const own = (context.expected?.prefixes ?? []).filter(({ origins }) => origins.includes(name));
  const lines = own.slice(0, 1000).map((each) => announced(context, name, each));
  const good = lines.filter(({ tone }) => tone === 'good').length;
  return { lines: lines.toSorted((x, y) => weight[x.tone] - weight[y.tone]), total: own.length, good };
}

const words: Readonly<Record<RouteVerdict['verdict'], readonly [ExplainTone, string]>> = {
  present: ['good', 'there'],
  missing: ['bad', 'missing'],
  'default-only': ['bad', 'missing, only a default route leads there'],
  stale: ['warn', 'kept for a peer that is away'],
  covered: ['warn', 'reached only by a shorter prefix'],
  unknown: ['unknown', 'not known'],
};

function ofSwitch({ audit }: Fabric, name: string): Prefixes {
  const verdicts = audit.devices.get(name)?.verdicts ?? [];
  const findings = new Map(
    [...audit.pending, ...audit.findings].flatMap((finding) =>
      finding.device === name && finding.prefix !== undefined ? [[finding.prefix, finding] as const] : [],
    ),
  );
  const differing = [...exceptions(verdicts)];
  const lines = differing.slice(0, 1000).map(({ expected, verdict, reason }): PrefixLine => {
    const prefix = formatPrefix(expected.prefix);
    const cause = findings.get(prefix)?.cause;
    const why = reason ?? (cause && `${causeTexts[cause].title} (${cause})`);
    const [tone, word] = words[verdict];
    return { prefix, what: roleOf(expected), tone, says: why === undefined ? word : `${word}: ${why}` };
  });
  const total = verdicts.length;
  return {
    lines: lines.toSorted((x, y) => weight[x.tone] - weight[y.tone]),
    total,
    good: total - differing.length,
  };
}

function concerns(finding: Finding, name: string): boolean {
  const { device, peer, ends, nodes } = finding;
  return (
    device === name ||
    peer === name ||
    nodes?.includes(name) === true ||
    ends?.some((end) => end.device === name) === true
  );
}

function sentence(
  name: string,
  role: 'node' | 'switch',
  findings: readonly Finding[],
  sessions: readonly SessionLine[],
  prefixes: Prefixes,
): string {
  const [worst] = findings;
  if (worst) {
    if (findings.length === 1) return worst.detail;
    return `${findings.length} findings concern ${name}; the worst: ${worst.detail}`;
  }
  const unread = sessions.some(({ own }) => own.says.startsWith('not known'));
  if (unread) return `What ${name} has is not known: ${sessions[0]?.own.says.replace('not known: ', '')}`;
  const up = sessions.filter(({ tone }) => tone === 'good').length;
  const part = `${up} of ${counted(sessions.length, 'session')} up`;
  const what = role === 'node' ? 'announced and carried' : 'carried';
  const routes = `${prefixes.good} of ${counted(prefixes.total, 'prefix', 'prefixes')} ${what}`;
  return `No finding concerns ${name}: ${part}, ${routes}`;
}

/** Explains a node or a switch. */
export function explainDevice(
  fabric: Fabric,
  context: Context,
  name: string,
  role: 'node' | 'switch',
): Explanation {
  const { audit } = fabric;
  const about = (list: readonly Finding[]) => list.filter((finding) => concerns(finding, name));
  const all = [...about(audit.findings), ...about(audit.pending)];
  const sessions = sessionLines(context, name, role);
  const prefixes = role === 'node' ? ofNode(context, name) : ofSwitch(fabric, name);
  const snapshot = context.devices.get(name);
  const read = snapshot?.sessions.ok === true && snapshot.routes.ok;
  const [worst] = all;
  const facts = factsOf(context, name);
  const what = role === 'node' ? 'should announce' : 'should carry';
  facts.push([what, `${counted(prefixes.total, 'prefix', 'prefixes')}, ${prefixes.good} as they should be`]);
  const notes: string[] = [];
  const cut = <T>(list: readonly T[], limit: number, noun: string): readonly T[] => {
    if (list.length > limit) notes.push(`${list.length - limit} more ${noun} are not shown`);
    return list.slice(0, limit);
  };
  return {
    kind: role,
    target: name,
    at: fabric.at,
    tone: worst ? tones[worst.severity] : read ? 'good' : 'unknown',
    verdict: sentence(name, role, all, sessions, prefixes),
    facts,
    hops: [],
    paths: [],
    sessions: cut(sessions, most.sessions, 'sessions'),
    prefixes: cut(prefixes.lines, most.prefixes, 'prefixes'),
    readings: readingsOf(snapshot),
    findings: cut(all, most.findings, 'findings'),
    advice: adviceOn(all),
    notes,
  };
}
