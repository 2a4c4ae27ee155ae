// A fabric of devices without anything that they are compared with: what an agent, which sees one node and no objects,
// has to show. Nothing is expected, so nothing is missing; families about the comparison have no samples.
import type { Fabric } from './fabric.ts';
import { failure } from './reading.ts';
import type { DeviceSnapshot } from './snapshot.ts';

/** The devices as they were read, at `at` (milliseconds since the epoch). */
export function aloneFabric(devices: readonly DeviceSnapshot[], at: number): Fabric {
  const summary = {
    devices: devices.length,
    devicesUnknown: 0,
    sessionsUp: 0,
    sessionsDown: 0,
    expectedPrefixes: 0,
    missing: 0,
    unknown: 0,
  };
  return {
    at,
    devices,
    expected: failure(at, 'pending', 'no objects are read here'),
    audit: { at, durationSeconds: 0, findings: [], pending: [], unknown: [], devices: new Map(), summary },
    deviceByAddress: new Map(),
  };
}
