// What the audit says. A verdict on a route or session is one of seven words; `unknown` is never folded into another.
import type { CauseId } from './cause.ts';
import type { ExpectedPrefix, PrefixKind } from './expectation.ts';
import type { Prefix } from './prefix.ts';
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
  | 'route-unannounced'
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
  /** How often it has come, where it went and came again within minutes; absent for once. */
  readonly times?: number;
  /** Of a pending or silenced one: until when, in ms since the epoch, and why. */
  readonly until?: number;
  readonly excuse?: string;
  /** Of a pending one: since when it waits this time, in ms since the epoch; `since` is older where it has come before. */
  readonly pendingSince?: number;
}

/** A finding that is over. */
export interface ResolvedFinding {
  readonly finding: Finding;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly durationSeconds: number;
}

/** Findings with one root. */
export interface Incident {
  /** Names the root: `session-down leaf01 – spine01`, `device-down leaf02`, `bird-down node3`. */
  readonly id: string;
  /** The worst of its findings. */
  readonly severity: Severity;
  readonly cause?: CauseId;
  /** The sentence of its root. */
  readonly detail: string;
  readonly findings: number;
  readonly missingRoutes: number;
  readonly devices: readonly string[];
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** What somebody has asked not to be told of. All conditions that are given must hold. */
export interface Silence {
  /** Where it stands: `silences[0]`, `Node node3`. */
  readonly source: string;
  /** Names, `*` for any characters. */
  readonly devices?: readonly string[];
  readonly nodes?: readonly string[];
  /** Ranges: a prefix inside one of them. */
  readonly prefixes?: readonly Prefix[];
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly reason: string;
}

/** A silence as it stands now. */
export interface SilenceState extends Silence {
  /** refused: it would last longer than any silence may. */
  readonly state: 'active' | 'expired' | 'refused';
  /** Findings that it keeps quiet now. */
  readonly findings: number;
}

/** The verdict on one expected prefix at one device, with the routes that it rests on. */
export interface RouteVerdict {
  readonly expected: ExpectedPrefix;
  readonly verdict: Exclude<Verdict, 'unexpected' | 'down'>;
  /** Rows of the prefix (present, stale) or of what covers it. */
  readonly evidence: readonly RouteRow[];
  /** Why it is unknown, for `unknown`. */
  readonly reason?: string | undefined;
}

/** The verdicts on all prefixes that a device should carry, in their order; a list is one, and see model/verdicts.ts. */
export interface RouteVerdicts extends Iterable<RouteVerdict> {
  readonly length: number;
  at(i: number): RouteVerdict | undefined;
}

export interface DeviceAudit {
  readonly device: string;
  readonly verdicts: RouteVerdicts;
  readonly sessionsExpected: number;
  readonly sessionsMissing: number;
  readonly sessionsUnexpected: number;
  readonly routesUnexpected: number;
  /** Distinct prefixes seen inside the cluster's ranges; undefined when it could not be looked. */
  readonly routesSeen: number | undefined;
  /** Missing routes that are in a grace time or wait to be looked at once more, and are not listed: there are too many. */
  readonly waitingUnlisted?: number;
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
  /** Found, but silenced. */
  readonly silenced?: readonly Finding[];
  readonly silences?: readonly SilenceState[];
  /** Findings that ended within the last hour, the latest first. */
  readonly resolved?: readonly ResolvedFinding[];
  /** How many findings of each check have ended since the start. */
  readonly resolvedTotal?: ReadonlyMap<CheckId, number>;
  /** The findings by their roots, worst first. */
  readonly incidents?: readonly Incident[];
  /** Devices to be read again soon, and not before when (ms since the epoch): something pending depends on what they show then. */
  readonly again?: ReadonlyMap<string, number>;
  /** Findings, by what tells them apart, that stand in the words of the audit before, and since when others are due (ms since the epoch). */
  readonly revised?: ReadonlyMap<string, number>;
  readonly devices: ReadonlyMap<string, DeviceAudit>;
  readonly summary: AuditSummary;
}
