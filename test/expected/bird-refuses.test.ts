// Values that make BIRD refuse a whole configuration: named with the object and the field, and tried on a real `bird -p`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { computeExpected } from '../../src/expected/compute.ts';
import type { ApiObject } from '../../src/model/object.ts';
import { birdPath } from '../collectors/nodes/real-bird.ts';
import { calico, config, node } from './build.ts';

const filter = (rule: object) => calico('BGPFilter', 'f', { exportV4: [{ action: 'Reject', ...rule }] });
const advertise = (entry: object) => config({ prefixAdvertisements: [entry] });

/** What it is, the object, the field that is complained of, and how calico-node renders the value. */
const cases: readonly (readonly [string, ApiObject, string, string])[] = [
  [
    'a filter CIDR with host bits',
    filter({ cidr: '10.1.2.3/8', matchOperator: 'In' }),
    'spec.exportV4[0].cidr',
    'function f() { if (net ~ 10.1.2.3/8) then { reject; } }',
  ],
  [
    'lengths that leave nothing',
    filter({ cidr: '10.1.2.0/24', matchOperator: 'In', prefixLength: { max: 16 } }),
    'spec.exportV4[0].prefixLength',
    'function f() { if (net ~ [ 10.1.2.0/24{24,16} ]) then { reject; } }',
  ],
  [
    'a community out of range in a filter',
    filter({ communities: { values: ['65536:1'] } }),
    'spec.exportV4[0].communities.values[0]',
    'function f() { if ((65536, 1) ~ bgp_community) then { reject; } }',
  ],
  [
    'a community out of range in an advertisement',
    advertise({ cidr: '10.1.0.0/16', communities: ['70000:1'] }),
    'spec.prefixAdvertisements[0].communities',
    'function f() { bgp_community.add((70000, 1)); }',
  ],
  [
    'a large community out of range',
    advertise({ cidr: '10.1.0.0/16', communities: ['1:2:4294967296'] }),
    'spec.prefixAdvertisements[0].communities',
    'function f() { bgp_large_community.add((1, 2, 4294967296)); }',
  ],
  [
    'an advertised CIDR with host bits',
    advertise({ cidr: '10.1.0.1/16', communities: ['65000:1'] }),
    'spec.prefixAdvertisements[0].cidr',
    'function f() { if (net ~ 10.1.0.1/16) then { accept; } }',
  ],
  [
    'a service range with host bits',
    config({ serviceClusterIPs: [{ cidr: '10.96.0.5/12' }] }),
    'spec.serviceClusterIPs[0].cidr',
    'protocol static { route 10.96.0.5/12 blackhole; }',
  ],
  [
    'a cluster id that is no address',
    node('rr', { ipv4Address: '10.0.0.1/24', routeReflectorClusterID: 'rack-1' }),
    'spec.bgp.routeReflectorClusterID',
    'protocol bgp p { local as 1; neighbor 10.0.0.2 as 1; rr client; rr cluster id rack-1; }',
  ],
];

describe('what BIRD refuses', () => {
  it.each(cases)('%s is named', (_what, object, field) => {
    const other = node('a', { ipv4Address: '10.0.0.9/24' });
    const { problems } = computeExpected([other, object]);
    const found = problems.filter(({ message }) => message.includes('BIRD refuses the whole configuration'));
    expect(found.map((problem) => [problem.severity, problem.object, problem.field])).toEqual([
      ['error', `${object.kind} ${object.metadata.name}`, field],
    ]);
  });

  it('says nothing of what BIRD takes', () => {
    const { problems } = computeExpected([
      node('rr', { ipv4Address: '10.0.0.1/24', routeReflectorClusterID: '244.0.0.1' }),
      config({
        serviceClusterIPs: [{ cidr: '10.96.0.0/12' }, { cidr: 'fd00::/108' }],
        prefixAdvertisements: [{ cidr: '10.1.0.0/16', communities: ['65535:65535', '4294967295:0:1'] }],
      }),
      filter({ cidr: '10.1.2.0/24', matchOperator: 'In', prefixLength: { min: 24, max: 24 } }),
    ]);
    expect(problems.filter(({ message }) => message.includes('BIRD refuses'))).toEqual([]);
  });

  it.skipIf(birdPath === undefined).each(cases)('%s: bird -p', (_what, _object, _field, rendered) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bird-refuses-'));
    const file = path.join(folder, 'bird.cfg');
    const check = (text: string) => {
      writeFileSync(file, `router id 10.0.0.1;\nprotocol device { }\n${text}\n`);
      return execFileSync(birdPath ?? 'bird', ['-p', '-c', file], { stdio: 'pipe' });
    };
    try {
      expect(() => check('')).not.toThrow();
      expect(() => check(rendered)).toThrow(/bird\.cfg:3:/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
