// Two leaves of one AS under a spine, read by SNMP, which shows no AS path: what leaf03 lacks of the other rack is taken for a loop
// only where nothing comes from there.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import { device, healthy, input, prefixes, route, session, view } from './fabric.ts';

const spine = { leaf01: '198.51.100.1', leaf03: '203.0.113.1' };
const leaf03 = '203.0.113.9';

interface Scene {
  /** What leaf03 has by way of the spine. */
  readonly carries?: readonly string[];
  readonly asnOfLeaf01?: number;
  readonly asPath?: string;
}

function causes({ carries = [], asnOfLeaf01 = 65003, asPath }: Scene): readonly string[] {
  const fabric = healthy();
  const rows = ['10.1.0.0/26', '10.1.0.64/26', '10.96.0.0/16'].map((prefix) =>
    route(prefix, '198.51.100.2', asPath === undefined ? {} : { asPath }),
  );
  const leaf01 = fabric.leaf01;
  if (!leaf01?.sessions.ok || !leaf01.routes.ok) throw new Error('no leaf');
  const own = leaf01.sessions.value.map((each) => ({
    ...each,
    localAsn: asnOfLeaf01,
    peerAsn: each.peerAddress === spine.leaf01 ? 65000 : each.peerAsn,
  }));
  const all = {
    ...fabric,
    leaf01: device('leaf01', own, leaf01.routes, leaf01.device.addresses),
    spine01: device(
      'spine01',
      [
        session('spine01', '198.51.100.2', { localAsn: 65000, peerAsn: asnOfLeaf01 }),
        session('spine01', leaf03, { localAsn: 65000, peerAsn: 65003 }),
      ],
      [view('installed', rows)],
      Object.values(spine),
    ),
    leaf03: device(
      'leaf03',
      [session('leaf03', spine.leaf03, { localAsn: 65003, peerAsn: 65000 })],
      [
        view(
          'installed',
          carries.map((prefix) => route(prefix, spine.leaf03)),
        ),
      ],
      [leaf03],
    ),
  };
  const vantages = new Map(['leaf01', 'leaf03'].map((name) => [name, { device: name, prefixes }]));
  return audit(input(all, { vantages })).findings.flatMap(({ check, device: at, subject, cause, detail }) =>
    check === 'route-missing' && at === 'leaf03' && subject === '10.1.0.0/26' ? [`${cause}: ${detail}`] : [],
  );
}

describe('a prefix that does not come over the spine', () => {
  it('is dropped as a loop, where all of the other rack of the same AS is', () => {
    expect(causes({})).toEqual([
      'as-path-loop: 10.1.0.0/26 (pod block of node1) is missing on leaf03: leaf03 is in AS 65003, which is in the path ' +
        'already (65000 65003, from leaf01): loop detection drops it',
    ]);
  });

  it('is no loop where another prefix of that rack comes', () => {
    expect(causes({ carries: ['10.1.0.64/26'] })[0]).toMatch(/^not-received: /);
  });

  it('is no loop where the other rack has another AS', () => {
    expect(causes({ asnOfLeaf01: 65001 })[0]).toMatch(/^not-received: /);
  });

  it('is judged by the AS path where one is seen', () => {
    expect(causes({ asPath: '65001 64512' })[0]).toMatch(/^not-received: /);
    expect(causes({ asPath: '65003 64512' })[0]).toMatch(/^as-path-loop: .*65000 65003 64512/);
  });
});
