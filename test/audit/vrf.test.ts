// A fabric whose nodes peer inside a VRF of the switch: that VRF's sessions and routes are judged, and no other's.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import type { RouteView } from '../../src/model/route-view.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { device, healthy, input, route, session, view } from './fabric.ts';

const rows = [
  route('10.1.0.0/26', '192.0.2.1', { vrf: 'red' }),
  route('10.1.0.64/26', '192.0.2.2', { vrf: 'red' }),
  route('10.96.0.0/16', '192.0.2.1', { vrf: 'red' }),
];
const red = { vrf: 'red' };
const up = [
  session('leaf01', '192.0.2.1', red),
  session('leaf01', '192.0.2.2', red),
  session('leaf01', '198.51.100.1', red),
];
const empty = view('installed', []);

function leaf(views: readonly RouteView[], sessions = up, vrf: string | null = 'red'): DeviceSnapshot {
  const made = device('leaf01', sessions, views, ['192.0.2.254', '198.51.100.2']);
  return { ...made, device: { ...made.device, ...(vrf !== null && { vrf }) } };
}

const findings = (leaf01: DeviceSnapshot) =>
  audit(input({ ...healthy(), leaf01 })).findings.map(
    ({ check, device: at, subject, severity }) => `${check} ${at} ${subject} ${severity}`,
  );

describe('a switch that carries the cluster in a VRF', () => {
  it('is judged by that VRF: the default one may lack everything', () => {
    const result = audit(input({ ...healthy(), leaf01: leaf([empty, view('installed', rows, red)]) }));
    expect(result.findings).toEqual([]);
    expect(Array.from(result.devices.get('leaf01')?.verdicts ?? [], ({ verdict }) => verdict)).toEqual([
      'present',
      'present',
      'present',
    ]);
    expect(result.devices.get('leaf01')?.routesSeen).toBe(3);
  });

  it('lacks what its VRF lacks, whatever the default one has', () => {
    const others = view(
      'installed',
      rows.map((row) => ({ ...row, vrf: 'default' })),
    );
    expect(findings(leaf([others, view('installed', rows.slice(1), red)]))).toEqual([
      'route-missing leaf01 10.1.0.0/26 critical',
    ]);
  });

  it('is unknown where nobody showed that VRF', () => {
    const result = audit(input({ ...healthy(), leaf01: leaf([empty]) }));
    expect(result.findings).toEqual([]);
    expect(Array.from(result.devices.get('leaf01')?.verdicts ?? [], ({ verdict }) => verdict)).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  it('takes a session with a stranger there for its business, and one elsewhere for none', () => {
    const down = (vrf: string) =>
      findings(
        leaf(
          [view('installed', rows, red)],
          [...up, session('leaf01', '203.0.113.9', { vrf, state: 'active' })],
        ),
      );
    expect(down('red')).toEqual(['session-down leaf01 203.0.113.9 – leaf01 warning']);
    expect(down('default')).toEqual(['session-down leaf01 203.0.113.9 – leaf01 info']);
  });

  it('keeps nothing fresh from a peer that is down in that VRF', () => {
    const [, ...others] = up;
    const sessions = [session('leaf01', '192.0.2.1', { ...red, state: 'active' }), ...others];
    const from = rows.map((row, i) => ({ ...row, from: i === 1 ? '192.0.2.2' : '192.0.2.1' }));
    const result = audit(input({ ...healthy(), leaf01: leaf([view('installed', from, red)], sessions) }));
    expect(Array.from(result.devices.get('leaf01')?.verdicts ?? [], ({ verdict }) => verdict)).toEqual([
      'stale',
      'present',
      'stale',
    ]);
  });

  it('without the option its VRF is the default one', () => {
    expect(healthy().leaf01?.device.vrf).toBeUndefined();
    const shown = leaf([view('installed', rows, red)], up, null);
    const result = audit(input({ ...healthy(), leaf01: shown }));
    expect(result.devices.get('leaf01')?.verdicts.at(0)?.verdict).toBe('unknown');
  });
});
