// What became of the findings of the audit before: those that ended are resolved, with how long they lasted, for an hour; one
// that comes back within five minutes is the same finding again and counts how often. A finding that nobody can look
// after any more has not ended.
import type { AuditResult, CheckId, Finding, ResolvedFinding } from '../model/finding.ts';
import { moreSubject } from './listing.ts';

/** How long an ended finding can still come back as itself, and how long and how many of them are kept. */
const flapMs = 5 * 60_000;
const keptMs = 60 * 60_000;
const mostKept = 200;

export type KeyOf = (finding: Pick<Finding, 'check' | 'device' | 'subject' | 'vrf' | 'ends'>) => string;

/** What a finding takes over from its former life. */
export interface Past {
  readonly since: number;
  readonly times: number;
}

/** Since when and how often: of findings that stand, and of those that ended a moment ago. Those of `known` are left out. */
export function pastOf(
  previous: AuditResult | undefined,
  now: number,
  known: ReadonlySet<Finding>,
  keyOf: KeyOf,
): ReadonlyMap<string, Past> {
  const past = new Map<string, Past>();
  for (const { finding, until } of previous?.resolved ?? []) {
    const { since, times = 1 } = finding;
    if (now - until <= flapMs) past.set(keyOf(finding), { since, times: times + 1 });
  }
  const lists = [previous?.unknown, previous?.pending, previous?.silenced, previous?.findings];
  for (const list of lists)
    for (const finding of list ?? [])
      if (!known.has(finding)) past.set(keyOf(finding), { since: finding.since, times: finding.times ?? 1 });
  return past;
}

interface Now {
  readonly at: number;
  /** True for what is said now, too, firing or not. */
  readonly isSaid: (finding: Finding) => boolean;
  /** Devices of which nobody knows anything now. */
  readonly unread: ReadonlySet<string>;
  /** Check and device of lists that were cut: what is not on them any more may still be so. */
  readonly cut: ReadonlySet<string>;
}

/** Findings of the audit before that have ended. */
export function endedNow(previous: AuditResult | undefined, now: Now): readonly Finding[] {
  const isCut = ({ check, device }: Finding) => now.cut.has(`${check} ${device}`);
  return (previous?.findings ?? []).filter(
    (finding) =>
      !now.isSaid(finding) &&
      !now.unread.has(finding.device) &&
      !isCut(finding) &&
      finding.subject !== moreSubject,
  );
}

/** Resolved findings, the latest first: those that end now, and those that ended before and have not come back. */
export function resolvedNow(
  previous: AuditResult | undefined,
  ended: readonly Finding[],
  { at, isSaid }: Pick<Now, 'at' | 'isSaid'>,
): readonly ResolvedFinding[] {
  const latest = ended.slice(0, mostKept).map((finding) => ({
    finding,
    until: at,
    durationSeconds: Math.max(0, at - finding.since) / 1000,
  }));
  const before = (previous?.resolved ?? []).filter(
    ({ finding, until }) => at - until <= keptMs && !isSaid(finding),
  );
  return [...latest, ...before].slice(0, mostKept);
}

/** How many findings of each check have ended since the start. */
export function resolvedCounts(
  previous: AuditResult | undefined,
  ended: readonly Finding[],
): ReadonlyMap<CheckId, number> {
  const counts = new Map(previous?.resolvedTotal);
  for (const { check } of ended) counts.set(check, (counts.get(check) ?? 0) + 1);
  return counts;
}
