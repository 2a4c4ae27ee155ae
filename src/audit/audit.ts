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
import { historyOf, keepWords } from './before.ts';
import { carryOver } from './carry-over.ts';
import type { Draft, RouteAudit } from './check.ts';
import { type AuditInput, buildContext, type Context } from './context.ts';
import { keyOf, worstFirst } from './finding-order.ts';
import { graceOf } from './grace.ts';
import { endedNow, type Past, pastOf, resolvedCounts, resolvedNow } from './history.ts';
import { deadDevices, incidentOf, incidentsOf } from './incidents.ts';
import { countInside } from './ranges.ts';
import { auditRoutes } from './route-missing.ts';
import { askAgain, type ListName, type Outcomes, runChecks, type Said } from './run-checks.ts';
import { silenceFor, silenceStates, silencesOf } from './silences.ts';
import { decidingViews } from './verdict.ts';

export type { AuditInput } from './context.ts';
export { addressBook } from './context.ts';

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

function deviceAudits(
  context: Context,
  routes: RouteAudit,
  { counts }: Said,
  waiting: ReadonlyMap<string, number>,
): Map<string, DeviceAudit> {
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
      waitingUnlisted: waiting.get(device) ?? 0,
    });
  }
  return audits;
}

function isUnknown(context: Context, snapshot: DeviceSnapshot): boolean {
  const { sessions, routes } = snapshot;
  return !sessions.ok || !routes.ok || !context.sessions(snapshot).known || !context.routes(snapshot).known;
}

function summarise(
  context: Context,
  routes: RouteAudit,
  pending: readonly Finding[],
  unlisted: ReadonlyMap<string, number>,
): AuditSummary {
  const snapshots = [...context.devices.values()];
  let [sessionsUp, sessionsDown] = [0, 0];
  for (const snapshot of snapshots) {
    const sessions = context.sessions(snapshot);
    for (const session of sessions.known ? sessions.value : []) {
      if (isEstablished(session)) sessionsUp++;
      else if (session.state !== null) sessionsDown++;
    }
  }
  const tallies = [...routes.values()].map(({ verdicts }) => tally(verdicts));
  const having = (verdict: RouteVerdict['verdict']) =>
    tallies.reduce((sum, counts) => sum + counts[verdict], 0);
  const lost = (verdict: string) => verdict === 'missing' || verdict === 'default-only';
  // Of devices that should carry something: what a node lacks is a finding, and no verdict that was counted.
  const waiting = pending.filter(
    ({ check, verdict, device }) => check === 'route-missing' && lost(verdict) && routes.has(device),
  ).length;
  const unlistedCount = [...unlisted.values()].reduce((sum, number) => sum + number, 0);
  return {
    devices: snapshots.length,
    devicesUnknown: snapshots.filter((snapshot) => isUnknown(context, snapshot)).length,
    sessionsUp,
    sessionsDown,
    expectedPrefixes: context.expected?.prefixes.length ?? 0,
    missing: having('missing') + having('default-only') - waiting - unlistedCount,
    unknown: having('unknown'),
  };
}

/**
 * Missing routes that are not listed, by device, where most of those that are listed wait, are in a grace time or silenced: then so
 * are they.
 */
function waitingUnlisted(
  unlisted: ReadonlyMap<string, number>,
  findings: readonly Finding[],
  excused: readonly Finding[],
): ReadonlyMap<string, number> {
  const more = new Map<string, number>();
  const add = (list: readonly Finding[], one: number) => {
    for (const { check, device, prefix } of list)
      if (check === 'route-missing' && prefix !== undefined) more.set(device, (more.get(device) ?? 0) + one);
  };
  add(excused, 1);
  add(findings, -1);
  return new Map([...unlisted].filter(([device]) => (more.get(device) ?? 0) > 0));
}

/** What an audit leaves to the next one. */
interface Memory {
  readonly context: Context;
  readonly routes: RouteAudit;
  readonly outcomes: Outcomes;
  /** Stands for it where only that it is the same counts: whoever remembers this holds no tables. */
  readonly token: object;
}

const memories = new WeakMap<AuditResult, Memory>();

interface Dates {
  readonly past: ReadonlyMap<string, Past>;
  readonly now: number;
  readonly dead: ReadonlySet<string>;
}

/** A finding with its age: since when it has been found, and how often it has come. */
function datedFinding(
  check: CheckId,
  { root, grounds: _grounds, told: _told, ...draft }: Draft,
  { past, now, dead }: Dates,
): Finding {
  const { since, times } = past.get(keyOf({ check, ...draft })) ?? { since: now, times: 1 };
  const incident = incidentOf(check, { ...draft, ...(root && { root }) }, dead);
  return { check, ...draft, since, incident, ...(times > 1 ? { times } : {}) };
}

/** Writes down what became of a draft, for the next audit. */
function tell(draft: Draft, finding: Finding, { token: by }: Memory): void {
  keepWords(finding, draft);
  if (draft.told?.finding === finding && draft.told.draft === draft) draft.told.by = by;
  else draft.told = { draft, finding, by };
}

/**
 * Audits one snapshot. `previous` gives standing findings their age; where only prefixes have changed since then, what was
 * said of the others is taken over. Never throws for anything that devices or objects say.
 */
export function audit(input: AuditInput, previous?: AuditResult): AuditResult {
  const began = performance.now();
  const { now } = input;
  const before = previous && memories.get(previous);
  const { forget, ...history } = historyOf(previous, now);
  const context = buildContext(input, history, before?.context);
  const carried = before && carryOver(before.context, before.routes, context);
  const routes = carried ?? auditRoutes(context);
  const dead = deadDevices(context);
  const silences = silencesOf(context);
  const quiet = new Map<Silence, number>();
  const lists = { findings: [] as Finding[], pending: [] as Finding[], unknown: [] as Finding[] };
  const silenced: Finding[] = [];
  const place = (finding: Finding, list: ListName): Finding => {
    const silence = list === 'unknown' ? undefined : silenceFor(silences, finding, now);
    const grace = silence || list !== 'findings' ? undefined : graceOf(context, finding);
    if (silence) quiet.set(silence, (quiet.get(silence) ?? 0) + 1);
    if (grace?.again) askAgain(again, [grace.again]);
    const because = silence ?? grace;
    const placed = because ? { ...finding, until: because.until, excuse: because.reason } : finding;
    if (silence) silenced.push(placed);
    else if (grace || list === 'pending') {
      const waiting = { ...placed, pendingSince: history.waitedSince(finding.check, finding) ?? now };
      lists.pending.push(waiting);
      return waiting;
    } else lists[list].push(placed);
    return placed;
  };
  const said = runChecks(context, routes, carried && before?.outcomes);
  const { again } = said;
  const memory: Memory = { context, routes, outcomes: said.outcomes, token: {} };
  // What stands and is said in the same words is the same finding, and its key need not be made again.
  const standing = new Set<Finding>();
  const toldBefore = (draft: Draft): Finding | undefined => {
    const { told } = draft;
    return carried && told && told.by === before?.token && told.draft === draft ? told.finding : undefined;
  };
  for (const [, , drafts] of said.drafts) {
    for (const draft of drafts) {
      const finding = toldBefore(draft);
      if (finding) standing.add(finding);
    }
  }
  const past = pastOf(previous, now, standing, keyOf);
  const keys = new Set<string>();
  for (const [id, list, drafts] of said.drafts) {
    // One by one: a spread of a big outage's findings overflows the stack.
    for (const draft of drafts) {
      const known = toldBefore(draft);
      const finding = known ?? datedFinding(id, draft, { past, now, dead });
      tell(draft, finding, memory);
      const placed = place(finding, list);
      if (placed === known && list === 'findings') continue;
      standing.delete(finding);
      keys.add(keyOf(finding));
    }
  }
  const findings = worstFirst(lists.findings, previous?.findings, standing);
  const isSaid = (finding: Finding) => standing.has(finding) || keys.has(keyOf(finding));
  const unread = new Set(
    [...context.devices.values()].flatMap((s) => (isUnknown(context, s) ? [s.device.name] : [])),
  );
  const ended = endedNow(previous, { at: now, isSaid, unread, cut: said.cut });
  const resolved = resolvedNow(previous, ended, { at: now, isSaid });
  forget();
  const excused = [...lists.pending, ...silenced];
  const waiting = waitingUnlisted(said.unlisted, lists.findings, excused);
  const result = {
    at: now,
    durationSeconds: (performance.now() - began) / 1000,
    findings,
    pending: worstFirst(lists.pending),
    unknown: worstFirst(lists.unknown),
    silenced: worstFirst(silenced),
    silences: silenceStates(silences, quiet, now),
    resolved,
    resolvedTotal: resolvedCounts(previous, ended),
    again,
    revised: said.revised,
    incidents: incidentsOf(findings),
    devices: deviceAudits(context, routes, said, waiting),
    summary: summarise(context, routes, excused, waiting),
  };
  memories.set(result, memory);
  return result;
}
