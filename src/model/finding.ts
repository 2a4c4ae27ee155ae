// What the audit says. A verdict on a route or session is one of seven words; `unknown` is never folded into another.
import type { CauseId } from './cause.ts';
import type { ExpectedPrefix, PrefixKind } from './expectation.ts';
import type { RouteRow } from './route-table.ts';
import type { BgpState } from './session.ts';

/**
 * present: there, exactly; covered: only a shorter route of BGP or an aggregate leads there; default-only: nothing but
 * a default route; missing: not there; stale: there, but kept for a peer that is away; unknown: could not look.
 */
export type Verdict =
  | 'present'
  | 'covered'
  | 'default-only'
  | 'missing'
  | 'stale'
  | 'unknown'
  | 'unexpected'
  | 'down';

export type Severity = 'critical' | 'warning' | 'info';

/** Names of the checks; also file names in audit/, and in catalogue/checks.ts. */
export type CheckId =
  | 'session-down'
  | 'session-missing'
  | 'session-unexpected'
  | 'route-missing'
  | 'route-next-hop'
  | 'route-withheld'
  | 'route-unexpected'
  | 'device-unreachable'
  | 'object-invalid';

export interface SessionEnd {
  readonly device: string;
  /** The state it tells; absent: it does not have the session; unread: it could not be asked. */
  readonly state: BgpState | 'absent' | 'unread' | 'seen';
  /** Its last error; empty for none. */
  readonly says: string;
}

export interface Finding {
  readonly check: CheckId;
  readonly severity: Severity;
  readonly device: string;
  /** The prefix, peer address or object that it is about. */
  readonly subject: string;
  readonly verdict: Verdict;
  /** The cause where it is known; its meaning and what to do stand in catalogue/. */
  readonly cause?: CauseId;
  /** One sentence for a person, naming device, prefix or peer, and node. */
  readonly detail: string;
  /** Milliseconds since the epoch when this finding was first seen. */
  readonly since: number;
  readonly prefix?: string;
  readonly kind?: PrefixKind;
  /** Nodes that should announce the prefix. */
  readonly nodes?: readonly string[];
  readonly peerAddress?: string;
  /** The device behind peerAddress where it is known. */
  readonly peer?: string;
  readonly vrf?: string;
  /** Of a session: what each end that is known says. */
  readonly ends?: readonly SessionEnd[];
  /** The incident it is part of: findings with one root share it, and it names the root. */
  readonly incident?: string;
}

/** The verdict on one expected prefix at one device, with the routes that it rests on. */
export interface RouteVerdict {
  readonly expected: ExpectedPrefix;
  readonly verdict: Exclude<Verdict, 'unexpected' | 'down'>;
  /** Rows of the prefix (present, stale) or of what covers it. */
  readonly evidence: readonly RouteRow[];
  /** Why it is unknown, for `unknown`. */
  readonly reason?: string;
}

export interface DeviceAudit {
  readonly device: string;
  readonly verdicts: readonly RouteVerdict[];
  readonly sessionsExpected: number;
  readonly sessionsMissing: number;
  readonly sessionsUnexpected: number;
  readonly routesUnexpected: number;
  /** Distinct prefixes seen inside the cluster's ranges; undefined when it could not be looked. */
  readonly routesSeen: number | undefined;
}

export interface AuditSummary {
  readonly devices: number;
  readonly devicesUnknown: number;
  readonly sessionsUp: number;
  readonly sessionsDown: number;
  readonly expectedPrefixes: number;
  readonly missing: number;
  readonly unknown: number;
}

export interface AuditResult {
  readonly at: number;
  /** How long the audit took, in seconds. */
  readonly durationSeconds: number;
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** Within a grace time: not yet alerted. */
  readonly pending: readonly Finding[];
  /** What could not be judged, one entry per device and reason. */
  readonly unknown: readonly Finding[];
  readonly devices: ReadonlyMap<string, DeviceAudit>;
  readonly summary: AuditSummary;
}
