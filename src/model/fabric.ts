// Everything there is to show at one moment: snapshot, expectation and audit, made by the exporter after each audit and
// handed to whoever renders: metrics, API, page, command line.
import type { ExpectedState } from './expectation.ts';
import type { AuditResult } from './finding.ts';
import type { KindState } from './object.ts';
import type { Reading } from './reading.ts';
import type { Device, DeviceSnapshot } from './snapshot.ts';

export interface Fabric {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly devices: readonly DeviceSnapshot[];
  /** Devices that another shard asks. */
  readonly elsewhere?: readonly Device[];
  readonly expected: Reading<ExpectedState>;
  /** The kinds of objects behind the expectation, where the datastore looks kind by kind. */
  readonly datastore?: { readonly kinds: readonly KindState[] };
  readonly audit: AuditResult;
  /** Device behind a BGP address: canonical address -> device name. */
  readonly deviceByAddress: ReadonlyMap<string, string>;
}
