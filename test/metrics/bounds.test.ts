// What a scrape holds at most, and what says that something was left out.
import { expect, it } from 'vitest';
import { renderExposition } from '../../src/metrics/exposition.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import type { Incident } from '../../src/model/finding.ts';
import { success } from '../../src/model/reading.ts';
import { RouteTable } from '../../src/model/route-table.ts';
import { sampleFabric, sampleNow, sampleOptions } from './sample-fabric.ts';

async function lines(fabric: Fabric, name: string): Promise<string[]> {
  const { text } = await renderExposition(fabric, sampleOptions);
  const all = Buffer.concat(text).toString().split('\n');
  return all.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

const incident = (i: number): Incident => ({
  id: `device-down leaf${i}`,
  severity: 'critical',
  detail: '',
  findings: 1,
  missingRoutes: 0,
  devices: [`leaf${i}`],
  since: sampleNow,
});

it('names the hundred worst incidents, counts all', async () => {
  const fabric = sampleFabric();
  const incidents = Array.from({ length: 250 }, (_, i) => incident(i));
  const many = { ...fabric, audit: { ...fabric.audit, incidents } };
  const named = await lines(many, 'calico_bgp_incident');
  expect(named).toHaveLength(100);
  expect(named[0]).toContain('incident="device-down leaf0"');
  expect(named.at(-1)).toContain('incident="device-down leaf99"');
  const counted = await lines(many, 'calico_bgp_incidents');
  expect(counted.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBe(250);
});

it('counts tables that were cut, and says nothing of a device that was not read', async () => {
  const fabric = sampleFabric();
  const table = RouteTable.of([]);
  const devices = fabric.devices.map((each) =>
    each.device.name === 'leaf01'
      ? {
          ...each,
          routes: success(sampleNow, [
            {
              layer: 'installed' as const,
              vrf: 'default',
              table,
              scopes: [],
              allNextHops: true,
              partial: 'cut off after 10 rows',
            },
          ]),
        }
      : each,
  );
  const cut = await lines({ ...fabric, devices }, 'calico_bgp_device_tables_cut');
  expect(cut).toContain('calico_bgp_device_tables_cut{device="leaf01"} 1');
  expect(cut).toHaveLength(devices.filter(({ routes }) => routes.ok).length);
});
