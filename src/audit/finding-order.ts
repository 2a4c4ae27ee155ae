// What tells one finding from another, and the order in which findings are listed: worst first.
import type { CheckId, Finding } from '../model/finding.ts';
import { checks } from './checks.ts';

const rank = { critical: 0, warning: 1, info: 2 };

const checkOrder = Object.fromEntries(Object.keys(checks).map((id, i) => [id, i])) as Record<CheckId, number>;

/** The same for what is found again. */
export function keyOf({
  check,
  device,
  subject,
  vrf = '',
  ends,
}: Pick<Finding, 'check' | 'device' | 'subject' | 'vrf' | 'ends'>): string {
  // The end at fault of a session may change while it is down; the finding stays the same.
  return `${check} ${ends ? '' : device} ${subject} ${vrf}`;
}

function compare(x: Finding, y: Finding): number {
  return (
    rank[x.severity] - rank[y.severity] ||
    checkOrder[x.check] - checkOrder[y.check] ||
    (x.device === y.device ? 0 : x.device.localeCompare(y.device)) ||
    x.subject.localeCompare(y.subject)
  );
}

const nothing: ReadonlySet<Finding> = new Set();

/**
 * Findings in order. Those that stand, all of which are among them, stay in the order that they have in `before`, and only what
 * is new is put among them.
 */
export function worstFirst(
  findings: readonly Finding[],
  before: readonly Finding[] = [],
  standing: ReadonlySet<Finding> = nothing,
): readonly Finding[] {
  if (standing.size < findings.length / 2) return findings.toSorted(compare);
  const old = before.filter((finding) => standing.has(finding));
  const fresh = findings.filter((finding) => !standing.has(finding)).sort(compare);
  if (old.length + fresh.length !== findings.length) return findings.toSorted(compare);
  const all: Finding[] = [];
  let at = 0;
  for (const finding of fresh) {
    let [from, to] = [at, old.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const order = compare(old[middle] as Finding, finding);
      // Which of two equal ones was said first only the whole list tells.
      if (order === 0) return findings.toSorted(compare);
      if (order < 0) from = middle + 1;
      else to = middle;
    }
    for (; at < from; at++) all.push(old[at] as Finding);
    all.push(finding);
  }
  for (; at < old.length; at++) all.push(old[at] as Finding);
  return all;
}
