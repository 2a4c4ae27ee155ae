// The main job: prefixes that a switch should carry and does not. Verdicts on every expected prefix at every switch are
// made once per audit (`auditRoutes`) and shared with the counts; the check turns the bad ones into findings.
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteVerdict, RouteVerdicts } from '../model/finding.ts';
import { formatPrefix } from '../model/prefix.ts';
import { lastGood } from '../model/reading.ts';
import { isEstablished, type Session } from '../model/session.ts';
import { clusterVrf, type DeviceSnapshot } from '../model/snapshot.ts';
import { exceptions, isUnlooked, tally } from '../model/verdicts.ts';
import { findCause, roleOf } from './cause.ts';
import type { Check, Draft, RouteAudit } from './check.ts';
import { confirmation, excuse, type Grounded, revision, type Wait } from './confirm.ts';
import type { Context } from './context.ts';
import { type Grounds, type JudgedDevice, judgeAll } from './judged.ts';
import { Listing, leaveRest } from './listing.ts';
import { lookedInto, shareOf } from './looked-into.ts';
import { unreflected } from './unreflected.ts';
import { silentPeers } from './verdict.ts';

/** True for an established session that may bring other routers' next hops: iBGP, or eBGP with `next hop keep`. */
function keepsNextHop(context: Context, device: string, session: Session): boolean {
  if (!isEstablished(session)) return false;
  if (session.peerAsn !== null && session.peerAsn === session.localAsn) return true;
  const node = context.deviceByAddress.get(session.peerAddress);
  const expected = node === undefined ? [] : (context.expectedByNode.get(node) ?? []);
  return expected.some(
    ({ nextHopKeep, peerAddress }) => nextHopKeep && context.deviceByAddress.get(peerAddress) === device,
  );
}

/** What the verdicts on a device rest on beside the prefixes. */
export function groundsOf(context: Context, snapshot: DeviceSnapshot): Grounds {
  const { name } = snapshot.device;
  const sessions = context.sessions(snapshot);
  return {
    views: context.routes(snapshot),
    silent: silentPeers(sessions.known ? sessions.value : [], clusterVrf(snapshot.device)),
    hopsKept: sessions.known && sessions.value.some((session) => keepsNextHop(context, name, session)),
  };
}

/** Judges every expected prefix at every device that should carry some. */
export function auditRoutes(context: Context): RouteAudit {
  const result = new Map<string, JudgedDevice>();
  for (const [name, snapshot] of context.devices) {
    const carries = context.carries(name);
    if (carries.length > 0) result.set(name, judgeAll(carries, groundsOf(context, snapshot)));
  }
  return result;
}

const words = {
  missing: 'is missing on',
  'default-only': 'is missing on (only a default route is left)',
  covered: 'is reached only through a shorter prefix on',
  stale: 'is only kept for a peer that is away (graceful restart) on',
};

function sentence(verdict: keyof typeof words, prefix: string, role: string, device: string): string {
  if (verdict === 'default-only')
    return `${prefix} (${role}) is missing on ${device}, which has only a default route`;
  return `${prefix} (${role}) ${words[verdict]} ${device}`;
}

// A verdict is made anew when anything changes that it or its cause rests on: until then its words are the same.
const drafts = new WeakMap<RouteVerdict, Draft>();

function draft(context: Context, snapshot: DeviceSnapshot, found: RouteVerdict): Draft {
  const known = drafts.get(found) ?? newDraft(context, snapshot, found);
  drafts.set(found, known);
  return known;
}

function newDraft(context: Context, snapshot: DeviceSnapshot, found: RouteVerdict): Draft {
  const { expected, verdict, evidence } = found;
  const prefix = formatPrefix(expected.prefix);
  const device = snapshot.device.name;
  const common = { device, subject: prefix, verdict, prefix, kind: expected.kind, nodes: expected.origins };
  const [row] = evidence;
  if (verdict === 'covered' && row) {
    const via = row.nextHops.map((hop) => hop.address ?? hop.interface).join(', ');
    const filtered = expected.kind === 'borrowed' ? findCause(context, snapshot, found) : undefined;
    if (filtered?.id === 'borrowed-address-filtered') {
      const detail = `${sentence('covered', prefix, roleOf(expected), device)}: ${filtered.clause}`;
      return { ...common, severity: 'critical', cause: filtered.id, detail };
    }
    const detail = `${sentence('covered', prefix, roleOf(expected), device)}: ${formatPrefix(row.prefix)} via ${via || 'nothing'}`;
    return { ...common, severity: 'warning', cause: 'covered-only', detail };
  }
  if (verdict === 'stale') {
    const detail = `${sentence('stale', prefix, roleOf(expected), device)}: the peer it came from has no session now`;
    return { ...common, severity: 'warning', cause: 'graceful-restart', detail };
  }
  const lost = findCause(context, snapshot, found);
  // That it did not come is no more than the verdict says already.
  const cause = verdict === 'default-only' && lost?.id === 'not-received' ? undefined : lost;
  const text = sentence(verdict === 'default-only' ? verdict : 'missing', prefix, roleOf(expected), device);
  const detail = cause ? `${text}: ${cause.clause}` : text;
  const grounds = lost?.grounds;
  const fallback =
    verdict === 'default-only' ? { cause: 'default-only' as const, ...(grounds && { grounds }) } : {};
  return {
    ...common,
    severity: 'critical',
    detail,
    ...(cause ? { cause: cause.id, root: cause } : fallback),
  };
}

/** How long a prefix that has become expected may take to reach every switch, in milliseconds. */
const graceMs = 30_000;

/** While a new prefix cannot be judged, since the switch was last asked before it had time to arrive: until when. */
function graceUntil(
  context: Context,
  { routes }: DeviceSnapshot,
  expected: ExpectedPrefix,
): number | undefined {
  // When it began while we watched, or when the node claimed the block, whichever is later.
  const watched = context.input.expectedSince?.(expected.prefix) ?? Number.NEGATIVE_INFINITY;
  const since = Math.max(watched, expected.since ?? Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(since) || since > context.input.now + 60_000) return undefined;
  const good = lastGood(routes);
  const cacheSeconds = Math.max(0, ...(good?.value.map((view) => view.cacheSeconds ?? 0) ?? []));
  const until = since + graceMs + cacheSeconds * 1000;
  return (good?.at ?? 0) < until ? until : undefined;
}

/** What a finding rests on that cannot be said before all of it was read once more; undefined where it can. */
function groundsFor(made: Draft): Grounded | undefined {
  const grounds = made.root?.grounds ?? made.grounds;
  // What was said in these words is said again: it has waited.
  if (!grounds || made.told?.draft === made) return undefined;
  return { ...grounds, devices: [made.device, ...grounds.devices] };
}

/** What keeps a finding waiting until everything that its cause was concluded from was read once more. */
function unconfirmed(context: Context, made: Draft): Wait | undefined {
  const grounds = groundsFor(made);
  return grounds && confirmation(context, 'route-missing', made, grounds);
}

/** The words in which it stands, while those for another cause wait; undefined where it is new, or may be said in its own. */
function saidBefore(context: Context, made: Draft): { readonly old: Draft; readonly wait: Wait } | undefined {
  const grounds = groundsFor(made);
  const old = grounds && context.standing('route-missing', made);
  if (!old || old.cause === made.cause || old.verdict !== made.verdict) return undefined;
  const wait = revision(context, 'route-missing', made, grounds);
  return wait && { old, wait };
}

/** What cannot be judged at a device, as one. */
function unjudgedAt(device: string, verdicts: RouteVerdicts): Draft[] {
  const { unknown } = tally(verdicts);
  if (unknown === 0) return [];
  let reason = 'no reason given';
  for (const verdict of exceptions(verdicts)) {
    if (verdict.verdict !== 'unknown') continue;
    reason = verdict.reason ?? reason;
    break;
  }
  const detail = `${unknown} of ${verdicts.length} prefixes cannot be judged on ${device}: ${reason}`;
  return [{ severity: 'warning', device, subject: device, verdict: 'unknown', detail }];
}

const prefixOfVerdict = ({ expected }: RouteVerdict) => expected.prefix;

const lostAmong = (verdicts: readonly RouteVerdict[]) =>
  verdicts.reduce((sum, { verdict }) => sum + Number(verdict === 'missing' || verdict === 'default-only'), 0);

export const routeMissing: Check = (context, routes) => {
  const findings = new Listing();
  const pending = new Listing();
  const unknown: Draft[] = [];
  const again = new Map<string, number>();
  const unlisted = new Map<string, number>();
  const revised: Draft[] = [];
  const ask = ({ devices, from }: Wait) => {
    for (const name of devices) again.set(name, Math.min(from, again.get(name) ?? from));
  };
  const add = (made: Draft) => {
    const before = saidBefore(context, made);
    const wait = before?.wait ?? unconfirmed(context, made);
    if (wait) ask(wait);
    if (before) {
      revised.push(made);
      findings.add(made.device, () => before.old);
    } else if (wait) {
      pending.add(made.device, () => ({ ...made, until: wait.until, excuse }));
    } else findings.add(made.device, () => made);
  };
  const faults = new Map<string, readonly RouteVerdict[]>();
  for (const [device, { verdicts }] of routes) {
    unknown.push(...unjudgedAt(device, verdicts));
    if (isUnlooked(verdicts)) continue;
    const judged = [...exceptions(verdicts)].filter(({ verdict }) => verdict !== 'unknown');
    if (judged.length > 0) faults.set(device, judged);
  }
  const share = shareOf(faults.size);
  for (const [device, all] of faults) {
    const snapshot = context.devices.get(device);
    if (!snapshot) continue;
    const some = lookedInto(context, { check: 'route-missing', device, share }, all, prefixOfVerdict);
    for (const verdict of some) {
      const until = graceUntil(context, snapshot, verdict.expected);
      if (until !== undefined) {
        const excuse = 'the prefix is expected since a moment ago';
        pending.add(device, () => ({ ...draft(context, snapshot, verdict), until, excuse }));
      } else add(draft(context, snapshot, verdict));
    }
    leaveRest(findings, pending, device, all.length - some.length);
    unlisted.set(device, lostAmong(all) - lostAmong(some));
  }
  for (const made of unreflected(context)) add(made);
  return { findings, pending, unlisted, unknown, again, revised };
};
