// Metrics of findings beside their counts by severity: pending, silenced, how old the oldest is, how many have ended, and
// the incidents that they make up. By check alone, so that their number does not grow with the fabric.
import { checkTexts } from '../model/catalogue/checks.ts';
import type { Finding } from '../model/finding.ts';
import type { Family, Sample } from './family.ts';

/** Most incidents that have a series of their own; they come worst first. */
const mostIncidents = 100;

const checks = Object.keys(checkTexts);

function* byCheck(findings: readonly Finding[]): Generator<Sample> {
  const counts = new Map(checks.map((check) => [check, 0]));
  for (const { check } of findings) counts.set(check, (counts.get(check) ?? 0) + 1);
  for (const [check, count] of counts) yield [[check], count];
}

export const findingFamilies: readonly Family[] = [
  {
    name: 'calico_bgp_findings_pending',
    type: 'gauge',
    help: 'Findings within a grace time after a change (a node joins or leaves, a block moves, a BIRD restarts), by check.',
    labels: ['check'],
    collect: ({ fabric }) => byCheck(fabric.audit.pending),
  },
  {
    name: 'calico_bgp_findings_silenced',
    type: 'gauge',
    help: 'Findings that a silence of the configuration or of a Node annotation keeps quiet, by check.',
    labels: ['check'],
    collect: ({ fabric }) => byCheck(fabric.audit.silenced ?? []),
  },
  {
    name: 'calico_bgp_findings_resolved_total',
    type: 'counter',
    help: 'Findings that have ended since the start of the exporter, by check; one that nobody can look after any more has not ended.',
    labels: ['check'],
    *collect({ fabric }) {
      const total: ReadonlyMap<string, number> = fabric.audit.resolvedTotal ?? new Map();
      for (const check of checks) yield [[check], total.get(check) ?? 0];
    },
  },
  {
    name: 'calico_bgp_finding_active_since_timestamp_seconds',
    type: 'gauge',
    help: 'When the oldest finding of the check that still stands began, in seconds since the epoch; absent while there is none.',
    labels: ['check'],
    *collect({ fabric }) {
      const oldest = new Map<string, number>();
      for (const { check, since } of fabric.audit.findings)
        oldest.set(check, Math.min(since, oldest.get(check) ?? Number.POSITIVE_INFINITY));
      for (const [check, since] of oldest) yield [[check], since / 1000];
    },
  },
  {
    name: 'calico_bgp_incidents',
    type: 'gauge',
    help: 'Incidents: findings with one root (a cut link, a dead switch) count once, by the worst severity among them.',
    labels: ['severity'],
    *collect({ fabric }) {
      const incidents = fabric.audit.incidents ?? [];
      for (const severity of ['critical', 'warning', 'info'])
        yield [[severity], incidents.filter((incident) => incident.severity === severity).length];
    },
  },
  {
    name: 'calico_bgp_incident',
    type: 'gauge',
    help: 'Findings of the incident, at least 1. incident names the root (a device that is gone, a session, a cause and where it is), severity is the worst of its findings, cause is empty where unknown. The worst 100 only: calico_bgp_incidents counts all.',
    labels: ['incident', 'severity', 'cause'],
    *collect({ fabric }) {
      for (const { id, severity, cause, findings } of (fabric.audit.incidents ?? []).slice(0, mostIncidents))
        yield [[id, severity, cause ?? ''], findings];
    },
  },
  {
    name: 'calico_bgp_silences',
    type: 'gauge',
    help: 'Silences by state: active, expired (over, and not taken away yet), refused (longer than 31 days from now).',
    labels: ['state'],
    *collect({ fabric }) {
      const silences = fabric.audit.silences ?? [];
      for (const state of ['active', 'expired', 'refused'])
        yield [[state], silences.filter((silence) => silence.state === state).length];
    },
  },
];
