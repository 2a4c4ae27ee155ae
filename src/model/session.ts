// A BGP session as one device sees it. The same shape for BIRD, SNMP and every SSH driver; `null` and absent mean
// "the device does not say", never zero. States: RFC 4271 section 8.2.2.
import type { RouteChanges, RouteLimit } from './route-changes.ts';
import type { KeptError } from './session-error.ts';

export const bgpStates = ['idle', 'connect', 'active', 'opensent', 'openconfirm', 'established'] as const;
export type BgpState = (typeof bgpStates)[number];

export type Afi = 'ipv4' | 'ipv6';

/** Where a session comes from: Calico's four ways of peering, or the fabric's own (switch to switch). */
export type SessionKind = 'mesh' | 'node' | 'global' | 'local-workload' | 'fabric';

export interface Session {
  /** Name of the device that was asked. */
  readonly device: string;
  /** Canonical address, without zone or port. */
  readonly peerAddress: string;
  readonly peerAsn: number | null;
  readonly localAsn: number | null;
  /** null: the device does not say. */
  readonly state: BgpState | null;
  readonly afi: Afi;
  /** `default` for the global table. */
  readonly vrf: string;
  readonly localAddress?: string;
  /** BIRD's protocol name, e.g. `Node_172_20_0_254`. */
  readonly name?: string;
  readonly kind?: SessionKind;
  readonly description?: string;
  readonly adminDown?: boolean;
  /** Waits for the other side to connect (BIRD `passive`). */
  readonly passive?: boolean;
  /** Seconds since the session came up; only for an established one. */
  readonly establishedSeconds?: number;
  readonly prefixesReceived?: number;
  readonly prefixesAccepted?: number;
  readonly prefixesAdvertised?: number;
  /** Times the session has come up, as the device counts. */
  readonly transitions?: number;
  readonly lastError?: string;
  /** BIRD: the protocol's own state (up, start, feed, wait …): Established with `wait` or `feed` sends nothing yet. */
  readonly protocolState?: string;
  /** This device holds the silent peer's routes for it (RFC 4724 helper). */
  readonly gracefulRestart?: boolean;
  /** This end signs with a password (TCP MD5, RFC 2385, or TCP-AO); absent where it does not or does not say. */
  readonly passwordSet?: boolean;
  /** iBGP: this end reflects routes to the other (RFC 4456: the other is its client), where the device says. */
  readonly routeReflectorClient?: boolean;
  /** Seconds until it lets go of those routes, where the device says. */
  readonly restartRemainingSeconds?: number;
  /** Limits that the routes of this session have reached (BIRD `[HIT]`): some are refused or the session goes down. */
  readonly limitsHit?: readonly RouteLimit[];
  /** Counted since the protocol started. */
  readonly routeChanges?: RouteChanges;
  /** The most telling error since the session was last up, where the exporter saw it; `lastError` is the latest. */
  readonly keptError?: KeptError;
}

/** True for a session in which routes can flow. */
export function isEstablished(session: Session): boolean {
  return session.state === 'established';
}

/** True for an established session on which nothing, or not yet everything, is sent (BIRD: graceful-restart recovery, feeding). */
export function exportsWait(session: Session): boolean {
  return isEstablished(session) && (session.protocolState === 'wait' || session.protocolState === 'feed');
}

/** Family of a canonical address. */
export function afiOf(address: string): Afi {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
