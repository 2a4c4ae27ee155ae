// What only a node knows, as metrics: recovery, exports held back, counters, limits, errors; and the sums over its mesh.
import { describe, expect, it } from 'vitest';
import { renderExposition } from '../../src/metrics/exposition.ts';
import { readingFamilies } from '../../src/metrics/families.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { success } from '../../src/model/reading.ts';
import { RouteTable } from '../../src/model/route-table.ts';
import type { Session } from '../../src/model/session.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { sampleFabric, sampleNow, sampleOptions } from './sample-fabric.ts';

const session = (peerAddress: string, more: Partial<Session>): Session => ({
  device: 'node1',
  peerAddress,
  peerAsn: 65001,
  localAsn: 64512,
  state: 'established',
  afi: 'ipv4',
  vrf: 'default',
  kind: 'node',
  protocolState: 'up',
  ...more,
});

/** The lines about node1, where it has these sessions. */
async function linesFor(more: Partial<DeviceSnapshot>, sessions: readonly Session[]): Promise<string[]> {
  const fabric = sampleFabric();
  const own = { sessions: success(sampleNow, sessions), ...more };
  const devices = fabric.devices.map((each) => (each.device.name === 'node1' ? { ...each, ...own } : each));
  const { text } = await renderExposition({ ...fabric, devices }, sampleOptions, readingFamilies);
  const lines = Buffer.concat(text).toString().split('\n');
  return lines.filter((line) => line.includes('{device="node1"'));
}

const labels = (address: string, more = '') =>
  `{device="node1",role="node",peer_address="${address}",peer="",kind="node",afi="ipv4",vrf="default"${more}}`;

describe('a node in recovery', () => {
  it('says how far it is, and on which sessions it holds back', async () => {
    const recovery = { waitingFor: 3, remainingSeconds: 216, limitSeconds: 240 };
    const lines = await linesFor({ facts: { recovering: true, recovery } }, [
      session('192.0.2.1', { protocolState: 'wait' }),
      session('192.0.2.2', {}),
    ]);
    expect(lines).toContain('calico_bgp_device_recovering{device="node1",role="node"} 1');
    expect(lines).toContain('calico_bgp_device_recovery_remaining_seconds{device="node1",role="node"} 216');
    expect(lines).toContain('calico_bgp_device_recovery_waiting_sessions{device="node1",role="node"} 3');
    expect(lines).toContain(`calico_bgp_session_exports_waiting${labels('192.0.2.1')} 1`);
    expect(lines).toContain(`calico_bgp_session_exports_waiting${labels('192.0.2.2')} 0`);
  });

  it('says nothing of a recovery that is over', async () => {
    const lines = await linesFor({ facts: { recovering: false, recovery: { remainingSeconds: 216 } } }, []);
    expect(lines.filter((line) => line.includes('_recovery_'))).toEqual([]);
    expect(lines).toContain('calico_bgp_device_recovering{device="node1",role="node"} 0');
  });
});

describe('a session', () => {
  it('shows counters, limits, a silent peer, and the most telling error with its time', async () => {
    const lines = await linesFor({}, [
      session('192.0.2.1', {
        limitsHit: ['import'],
        routeChanges: { importUpdates: [9, 0, 2, 0, 7], exportWithdraws: [4, null, null, null, 3] },
      }),
      session('192.0.2.2', {
        state: 'active',
        gracefulRestart: true,
        restartRemainingSeconds: 100,
        lastError: 'Socket: Connection refused',
        keptError: { text: 'BGP Error: Bad peer AS', at: sampleNow - 60_000 },
      }),
    ]);
    const name = 'calico_bgp_session_route_changes_total';
    const counter = (direction: string, change: string, result: string, value: number) =>
      `${name}${labels('192.0.2.1', `,direction="${direction}",change="${change}",result="${result}"`)} ${value}`;
    expect(lines.filter((line) => line.startsWith(name))).toEqual([
      counter('import', 'update', 'received', 9),
      counter('import', 'update', 'rejected', 0),
      counter('import', 'update', 'filtered', 2),
      counter('import', 'update', 'ignored', 0),
      counter('import', 'update', 'accepted', 7),
      counter('export', 'withdraw', 'received', 4),
      counter('export', 'withdraw', 'accepted', 3),
    ]);
    const other = labels('192.0.2.2');
    expect(lines).toContain(`calico_bgp_session_limit_hit${labels('192.0.2.1', ',limit="import"')} 1`);
    expect(lines).toContain(`calico_bgp_session_graceful_restart${other} 1`);
    expect(lines).toContain(`calico_bgp_session_restart_remaining_seconds${other} 100`);
    const error = labels('192.0.2.2', ',error="BGP Error: Bad peer AS"');
    expect(lines).toContain(`calico_bgp_session_error_info${error} 1`);
    expect(lines).toContain(`calico_bgp_session_error_timestamp_seconds${other} ${sampleNow / 1000 - 60}`);
  });
});

it('a mesh of 500 is six series, with two sessions to the fabric fewer than 600 in all', async () => {
  const row = [1, 1, 1, 1, 1];
  const changes = { importUpdates: row, importWithdraws: row, exportUpdates: row, exportWithdraws: row };
  const mesh = Array.from({ length: 500 }, (_, i) =>
    session(`10.0.${i >> 8}.${i & 255}`, {
      kind: 'mesh',
      routeChanges: changes,
      prefixesAccepted: 20,
      prefixesAdvertised: 1,
      ...(i === 7 ? { protocolState: 'feed' } : {}),
      ...(i === 8 ? { state: 'active' as const, gracefulRestart: true } : {}),
    }),
  );
  const fabric = ['192.0.2.1', '192.0.2.2'].map((address) => session(address, { routeChanges: changes }));
  const lines = await linesFor({}, [...mesh, ...fabric]);
  expect(lines.filter((line) => line.startsWith('calico_bgp_mesh_'))).toEqual([
    'calico_bgp_mesh_sessions{device="node1"} 500',
    'calico_bgp_mesh_sessions_established{device="node1"} 499',
    'calico_bgp_mesh_sessions_exports_waiting{device="node1"} 1',
    'calico_bgp_mesh_sessions_graceful_restart{device="node1"} 1',
    'calico_bgp_mesh_prefixes_accepted{device="node1"} 9980',
    'calico_bgp_mesh_prefixes_advertised{device="node1"} 499',
  ]);
  expect(lines.length).toBeLessThan(600);
});

it("routes that lead nowhere are counted among the best ones of the node's own table", async () => {
  const row = (text: string, best: boolean, unusable: boolean) => ({
    prefix: parsePrefix(text),
    nextHops: [],
    protocol: 'bgp' as const,
    best,
    vrf: 'default',
    ...(unusable ? { unusable } : {}),
  });
  const table = RouteTable.of([
    row('10.1.0.0/26', true, true),
    row('10.1.0.64/26', true, false),
    row('10.1.0.128/26', false, true),
  ]);
  const scopes = [{ kind: 'ranges' as const, prefixes: [parsePrefix('10.0.0.0/8')] }];
  const view = { layer: 'local' as const, vrf: 'default', table, scopes, allNextHops: true };
  expect(await linesFor({ routes: success(sampleNow, [view]) }, [])).toContain(
    'calico_bgp_device_routes_unusable{device="node1",role="node"} 1',
  );
});
