// A fabric whose devices were read at different moments.
import { audit } from '../../src/audit/audit.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { device, healthy, input, route, success, view } from './fabric.ts';

export const at = (snapshot: DeviceSnapshot | undefined, ms: number): DeviceSnapshot => {
  if (!snapshot?.sessions.ok || !snapshot.routes.ok) throw new Error('no device');
  const { device: own, sessions, routes } = snapshot;
  return device(own.name, success(ms, sessions.value), success(ms, routes.value), own.addresses);
};

export const run = (
  fabric: Record<string, DeviceSnapshot>,
  ms: number,
  previous?: ReturnType<typeof audit>,
) => audit({ ...input(fabric), now: ms, isWatching: true }, previous);

/** leaf01 lacks node1's block, which node1 sends it; read at these times. */
export function refused(leafAt: number, node1At: number): Record<string, DeviceSnapshot> {
  const { leaf01, node1, node2, spine01 } = healthy();
  if (!leaf01?.sessions.ok) throw new Error('no leaf');
  const rows = ['10.1.0.64/26', '10.96.0.0/16'].map((prefix) => route(prefix, '192.0.2.2'));
  const lacking = device('leaf01', leaf01.sessions, [view('installed', rows)], leaf01.device.addresses);
  return {
    spine01: at(spine01, leafAt),
    leaf01: at(lacking, leafAt),
    node1: at(node1, node1At),
    node2: at(node2, leafAt),
  };
}

export const missing = (findings: ReturnType<typeof audit>['findings']) =>
  findings
    .filter(({ check }) => check === 'route-missing')
    .map(({ device, subject, cause }) => `${device} ${subject} ${cause}`);

export const rejected = ['leaf01 10.1.0.0/26 rejected-by-switch-policy'];
