// What is known of the fabric now: for every configured device its latest readings, and the objects behind the
// expectation. Sources put readings in as they come; the audit reads it as a whole.
import type { DeviceFacts, DeviceRole } from './collector.ts';
import type { Reading } from './reading.ts';
import type { RouteView } from './route-view.ts';
import type { Session } from './session.ts';

export interface Device {
  readonly name: string;
  readonly role: DeviceRole;
  /** How it can be reached for asking; empty for a local socket. */
  readonly address: string;
  /** Addresses its BGP sessions use, as configured; sessions themselves tell more. */
  readonly addresses: readonly string[];
  /** The VRF in which it carries the cluster's routes, as configured; absent: the default one. */
  readonly vrf?: string;
}

/** The VRF in which a device carries the cluster's routes. */
export function clusterVrf({ vrf = 'default' }: Pick<Device, 'vrf'>): string {
  return vrf;
}

/** Cost and fate of the latest and all former readings of one device by one source. */
export interface CollectionStats {
  readonly source: string;
  readonly durationSeconds: number;
  readonly lastSuccessAt: number | undefined;
  readonly successes: number;
  readonly failures: number;
}

export interface DeviceSnapshot {
  readonly device: Device;
  readonly sessions: Reading<readonly Session[]>;
  readonly routes: Reading<readonly RouteView[]>;
  readonly facts: DeviceFacts;
  /** The source whose readings stand above. */
  readonly source: string;
  readonly collection: readonly CollectionStats[];
  /** Times a session went from established to anything else while we watched, by `flapKey`. */
  readonly flaps: ReadonlyMap<string, number>;
}

/** Key of a session in `DeviceSnapshot.flaps`. */
export function flapKey({ peerAddress, vrf, afi }: Pick<Session, 'peerAddress' | 'vrf' | 'afi'>): string {
  return `${vrf} ${afi} ${peerAddress}`;
}

/** A reading older than this many intervals is too old to judge by: its verdicts are `unknown`. */
export const staleAfterIntervals = 3;
