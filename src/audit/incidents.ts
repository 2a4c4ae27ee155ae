// Findings with one root put together: a cut link or a dead leaf is one incident with its consequences listed. The root is
// the device that all sessions of are down, else the session, else the cause at its device. Counts are untouched.
import type { CheckId, Finding, Incident, Severity } from '../model/finding.ts';
import type { Draft } from './check.ts';
import type { Context } from './context.ts';
import { sessionGraph } from './holders.ts';

const rank: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

/** Devices that are gone for all that can be seen: every session with them is down, and there are at least two, or nobody can read them. */
export function deadDevices(context: Context): ReadonlySet<string> {
  const dead = new Set<string>();
  for (const family of [4, 6] as const) {
    for (const [name, edges] of sessionGraph(context, family)) {
      const all = [...edges.values()];
      if (all.length === 0 || all.some(({ up }) => up)) continue;
      const snapshot = context.devices.get(name);
      const unread = snapshot !== undefined && !snapshot.sessions.ok;
      // Of one session either end may be the dead one: the end that cannot be read is.
      if (unread || (all.length > 1 && snapshot?.device.role === 'switch')) dead.add(name);
    }
  }
  return dead;
}

const pairText = ([a, b]: readonly [string, string]) => (a <= b ? `${a} – ${b}` : `${b} – ${a}`);

/** The id of the incident that a draft belongs to. */
export function incidentOf(check: CheckId, draft: Draft, dead: ReadonlySet<string>): string {
  const { root, device, subject, cause, ends } = draft;
  const touched = [
    ...(check === 'device-unreachable' ? [device] : []),
    ...(ends?.map((end) => end.device) ?? []),
    ...(root?.sessions?.flat() ?? []),
    ...(root?.device !== undefined && check === 'route-missing' && root.id !== 'unknown-device-unreachable'
      ? [root.device]
      : []),
  ];
  const gone = touched.find((name) => dead.has(name));
  if (gone !== undefined) return `device-down ${gone}`;
  const [pair] = root?.sessions ?? [];
  if (pair) return `session-down ${pairText(pair)}`;
  if (ends) return `${check} ${subject}`;
  const at = root?.device ?? (check === 'route-unexpected' ? (draft.nodes?.[0] ?? device) : device);
  const what = cause ?? check;
  return check === 'object-invalid' || (cause === undefined && check !== 'device-unreachable')
    ? `${what} ${subject}`
    : `${what} ${at}`;
}

const isRoot = ({ check }: Finding) => check.startsWith('session-') || check === 'device-unreachable';

/** The incidents of a list of findings, worst first; `findings` must be sorted worst first. */
export function incidentsOf(findings: readonly Finding[]): readonly Incident[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const id = finding.incident ?? '';
    const group = groups.get(id);
    if (group) group.push(finding);
    else groups.set(id, [finding]);
  }
  return [...groups]
    .flatMap(([id, group]): Incident[] => {
      const root = group.find(isRoot) ?? group[0];
      if (!root) return [];
      const severity = group.reduce<Severity>(
        (worst, each) => (rank[each.severity] < rank[worst] ? each.severity : worst),
        'info',
      );
      const count = (check: (finding: Finding) => boolean) => group.filter(check).length;
      return [
        {
          id,
          severity,
          ...(root.cause ? { cause: root.cause } : {}),
          detail: root.detail,
          findings: group.length,
          missingRoutes: count(({ check }) => check === 'route-missing'),
          devices: [...new Set(group.map(({ device }) => device).filter((name) => name !== ''))].sort(),
          since: group.reduce((least, { since }) => Math.min(least, since), Number.POSITIVE_INFINITY),
        },
      ];
    })
    .sort((x, y) => rank[x.severity] - rank[y.severity] || y.findings - x.findings);
}
