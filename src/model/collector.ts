// The contract between the exporter and whatever reads a device: ask for the prefixes in question, get readings.
// A collector never throws and never outlives its signal; each part of its answer succeeds or fails by itself.
import type { Family } from './address.ts';
import type { Capabilities } from './capabilities.ts';
import type { Prefix } from './prefix.ts';
import type { Reading } from './reading.ts';
import type { RouteView } from './route-view.ts';
import type { Session } from './session.ts';

export type DeviceRole = 'node' | 'switch';

/** What the audit needs to know about: so that cost grows with the cluster and not with the switch's table. */
export interface CollectQuery {
  /** Prefixes that must be somewhere. */
  readonly prefixes: readonly Prefix[];
  /** The cluster's own ranges (pools, service ranges): anything inside them is of interest. */
  readonly ranges: readonly Prefix[];
  /** VRFs beside the default one that this device is asked for. */
  readonly vrfs?: readonly string[];
  /** Asks for whole tables, where the source can read them while they come. */
  readonly wholeTables?: boolean;
}

/** Graceful-restart recovery of the device itself (RFC 4724): it announces nothing before the end of it. */
export interface Recovery {
  /** Sessions that it still waits for. */
  readonly waitingFor?: number;
  /** Until it no longer waits for them, and of how many. */
  readonly remainingSeconds?: number;
  readonly limitSeconds?: number;
}

/** What a device says of itself; only what it says. */
export interface DeviceFacts {
  /** Its name for itself: sysName, or what its prompt says. */
  readonly hostname?: string;
  /** The driver that reads it by SSH, and how that is known where `driver: auto` found it. */
  readonly driver?: string;
  readonly detectedBy?: string;
  readonly software?: string;
  readonly localAsn?: number;
  readonly routerId?: string;
  /** BIRD: seconds since the epoch of its start and of its last reconfiguration. */
  readonly startedAt?: number;
  readonly reconfiguredAt?: number;
  /** BIRD: this node is in graceful-restart recovery and announces nothing yet. */
  readonly recovering?: boolean;
  /** BIRD: families whose daemon does not run (its socket refuses or is absent) while that of the other one answers. */
  readonly familiesDown?: readonly Family[];
  /** How far that recovery is. */
  readonly recovery?: Recovery;
  /**
   * How far off the two times above may be, in seconds: BIRD prints local times without a zone, so that an hour is in doubt
   * where its clock is not UTC (the clocks may have been changed in between), and a day where it prints dates alone.
   */
  readonly timesWithinSeconds?: number;
  /** What the source of the readings beside these facts can see of the device. */
  readonly capabilities?: Capabilities;
}

export interface Collected {
  readonly sessions: Reading<readonly Session[]>;
  readonly routes: Reading<readonly RouteView[]>;
  readonly facts?: DeviceFacts;
}

export interface Collector {
  readonly device: string;
  /** How it reads: `bird`, `snmp`, `ssh` … */
  readonly source: string;
  /** Reads once. Ends soon after `signal` aborts, with readings that say so. */
  collect(query: CollectQuery, signal: AbortSignal): Promise<Collected>;
  /** Lets go of kept connections. */
  close(): void;
}
