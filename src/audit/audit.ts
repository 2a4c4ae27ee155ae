// (expected, snapshot) -> findings: runs every check, gives each finding its age from the audit before, sorts worst
// first and counts. Pure; the clock comes in with the input.
import type {
  AuditResult,
  AuditSummary,
  CheckId,
  DeviceAudit,
  Finding,
  RouteVerdict,
  Silence,
} from '../model/finding.ts';
import { isEstablished } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import { tally } from '../model/verdicts.ts';
import type { Check, Draft, RouteAudit } from './check.ts';
import { checks } from './checks.ts';
import { type AuditInput, buildContext, type Context } from './context.ts';
import { graceOf } from './grace.ts';
import { pastOf, resolvedCounts, resolvedNow } from './history.ts';
import { deadDevices, incidentOf, incidentsOf } from './incidents.ts';
import { bounded, Listing } from './listing.ts';
import { countInside } from './ranges.ts';
import { auditRoutes } from './route-missing.ts';
import { silenceFor, silenceStates, silencesOf } from './silences.ts';
import { decidingViews } from './verdict.ts';

export type { AuditInput } from './context.ts';
export { addressBook } from './context.ts';

const rank = { critical: 0, warning: 1, info: 2 };

function keyOf({
  check,
  device,
  subject,
  vrf = '',
  ends,
}: Pick<Finding, 'check' | 'device' | 'subject' | 'vrf' | 'ends'>): string {
  // The end at fault of a session may change while it is down; the finding stays the same.
  return `${check} ${ends ? '' : device} ${subject} ${vrf}`;
}

function worstFirst(x: Finding, y: Finding): number {
  return (
    rank[x.severity] - rank[y.severity] ||
    checkOrder[x.check] - checkOrder[y.check] ||
    (x.device === y.device ? 0 : x.device.localeCompare(y.device)) ||
    x.subject.localeCompare(y.subject)
  );
}

const checkOrder = Object.fromEntries(Object.keys(checks).map((id, i) => [id, i])) as Record<CheckId, number>;

function seenInRanges(context: Context, snapshot: DeviceSnapshot): number | undefined {
  const routes = context.routes(snapshot);
  if (!routes.known) return undefined;
  const layer =
    snapshot.device.role === 'node' ? routes.value.filter((view) => view.layer === 'local') : undefined;
  const views = layer ?? decidingViews(routes.value);
  // No view at all, or nothing but cut answers without a row: nothing was seen because nobody could look.
  if (views.every((view) => view.partial !== undefined && view.table.size === 0)) return undefined;
  return countInside(
    context.expected?.ranges ?? [],
    views.map(({ table }) => table),
  );
}

function expectedSessionsAt(context: Context, { device }: DeviceSnapshot): number {
  if (device.role === 'node') return context.expectedByNode.get(device.name)?.length ?? 0;
  return context.expectedTowards(device.name).length;
}

/** Findings by check and device, before any list is cut. */
type Counts = ReadonlyMap<string, number>;

function deviceAudits(context: Context, routes: RouteAudit, counts: Counts): Map<string, DeviceAudit> {
  const count = (check: CheckId, device: string) => counts.get(`${check} ${device}`) ?? 0;
  const audits = new Map<string, DeviceAudit>();
  for (const [device, snapshot] of context.devices) {
    audits.set(device, {
      device,
      verdicts: routes.get(device)?.verdicts ?? [],
      sessionsExpected: expectedSessionsAt(context, snapshot),
      sessionsMissing: count('session-missing', device),
      sessionsUnexpected: count('session-unexpected', device),
      routesUnexpected: count('route-unexpected', device),
      routesSeen: seenInRanges(context, snapshot),
    });
  }
  return audits;
}

function isUnknown(context: Context, snapshot: DeviceSnapshot): boolean {
  const { sessions, routes } = snapshot;
  return !sessions.ok || !routes.ok || !context.sessions(snapshot).known || !context.routes(snapshot).known;
}

function summarise(context: Context, routes: RouteAudit, pending: readonly Finding[]): AuditSummary {
  const snapshots = [...context.devices.values()];
  const sessions = snapshots.flatMap((snapshot) => {
    const known = context.sessions(snapshot);
    return known.known ? known.value : [];
  });
  const tallies = [...routes.values()].map(({ verdicts }) => tally(verdicts));
  const having = (verdict: RouteVerdict['verdict']) =>
    tallies.reduce((sum, counts) => sum + counts[verdict], 0);
  const lost = (verdict: string) => verdict === 'missing' || verdict === 'default-only';
  const waiting = pending.filter(({ check, verdict }) => check === 'route-missing' && lost(verdict)).length;
  return {
    devices: snapshots.length,
    devicesUnknown: snapshots.filter((snapshot) => isUnknown(context, snapshot)).length,
    sessionsUp: sessions.filter(isEstablished).length,
    sessionsDown: sessions.filter((session) => session.state !== null && !isEstablished(session)).length,
    expectedPrefixes: context.expected?.prefixes.length ?? 0,
    missing: having('missing') + having('default-only') - waiting,
    unknown: having('unknown'),
  };
}

/**
 * Audits one snapshot. `previous` gives standing findings their age.
 * Never throws for anything that devices or objects say.
 */
export function audit(input: AuditInput, previous?: AuditResult): AuditResult {
  const began = performance.now();
  const { now } = input;
  const fired = new Set(previous?.findings.map(keyOf));
  const waited = new Map(previous?.pending.map((finding) => [keyOf(finding), finding.since]));
  const context = buildContext(input, {
    wasFound: (check, draft) => fired.has(keyOf({ check, ...draft })),
    waitedSince: (check, draft) => waited.get(keyOf({ check, ...draft })),
  });
  const routes = auditRoutes(context);
  const past = pastOf(previous, now, keyOf);
  const dead = deadDevices(context);
  const silences = silencesOf(context);
  const quiet = new Map<Silence, number>();
  const lists = { findings: [] as Finding[], pending: [] as Finding[], unknown: [] as Finding[] };
  const silenced: Finding[] = [];
  const counts = new Map<string, number>();
  const place = (finding: Finding, list: keyof typeof lists) => {
    const silence = list === 'unknown' ? undefined : silenceFor(silences, finding, now);
    if (silence) {
      quiet.set(silence, (quiet.get(silence) ?? 0) + 1);
      silenced.push({ ...finding, until: silence.until, excuse: silence.reason });
      return;
    }
    const grace = list === 'findings' ? graceOf(context, finding) : undefined;
    if (grace) lists.pending.push({ ...finding, until: grace.until, excuse: grace.reason });
    else lists[list].push(finding);
  };
  for (const [id, check] of Object.entries(checks) as [CheckId, Check][]) {
    const dated = ({ root, ...draft }: Draft): Finding => {
      const { since, times } = past.get(keyOf({ check: id, ...draft })) ?? { since: now, times: 1 };
      const incident = incidentOf(id, { ...draft, ...(root && { root }) }, dead);
      return { check: id, ...draft, since, incident, ...(times > 1 ? { times } : {}) };
    };
    const outcome = check(context, routes);
    count(counts, id, outcome.findings);
    // One by one: a spread of a big outage's findings overflows the stack.
    for (const draft of bounded(outcome.findings)) place(dated(draft), 'findings');
    for (const draft of bounded(outcome.pending ?? [])) place(dated(draft), 'pending');
    for (const draft of bounded(outcome.unknown ?? [])) place(dated(draft), 'unknown');
  }
  const findings = lists.findings.sort(worstFirst);
  const keys = new Set([...findings, ...lists.pending, ...lists.unknown, ...silenced].map(keyOf));
  const unread = new Set(
    [...context.devices.values()].flatMap((s) => (isUnknown(context, s) ? [s.device.name] : [])),
  );
  const resolved = resolvedNow(previous, { at: now, keys, unread }, keyOf);
  return {
    at: now,
    durationSeconds: (performance.now() - began) / 1000,
    findings,
    pending: lists.pending.sort(worstFirst),
    unknown: lists.unknown.sort(worstFirst),
    silenced: silenced.sort(worstFirst),
    silences: silenceStates(silences, quiet, now),
    resolved,
    resolvedTotal: resolvedCounts(previous, resolved, now),
    incidents: incidentsOf(findings),
    devices: deviceAudits(context, routes, counts),
    summary: summarise(context, routes, [...lists.pending, ...silenced]),
  };
}

/** Counts findings by check and device. A session that neither end has is one finding, and each end lacks one session. */
function count(counts: Map<string, number>, check: CheckId, drafts: readonly Draft[] | Listing): void {
  if (drafts instanceof Listing) {
    for (const [device, number] of drafts.counts) counts.set(`${check} ${device}`, number);
    return;
  }
  for (const { device, ends } of drafts) {
    const lacking = ends?.flatMap((end) => (end.state === 'absent' ? [end.device] : []));
    for (const at of check === 'session-missing' && lacking ? lacking : [device])
      counts.set(`${check} ${at}`, (counts.get(`${check} ${at}`) ?? 0) + 1);
  }
}
