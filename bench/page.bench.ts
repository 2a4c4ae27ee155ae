// How fast the page is for 500 nodes and 50 switches with faults among them: what the server takes to make it, and when
// Chromium paints it first. Needs Debian's chromium.
import { chromium } from 'playwright-core';
import { addressBook, audit } from '../src/audit/audit.ts';
import { explain } from '../src/audit/explain/explain.ts';
import { computeExpected } from '../src/expected/compute.ts';
import { vantage } from '../src/expected/vantage.ts';
import { createRenderer } from '../src/metrics/renderer.ts';
import { createSelfMetrics } from '../src/metrics/self.ts';
import type { ExpectedSession } from '../src/model/expectation.ts';
import type { Fabric } from '../src/model/fabric.ts';
import { success } from '../src/model/reading.ts';
import { RouteTable } from '../src/model/route-table.ts';
import type { Session } from '../src/model/session.ts';
import type { Device, DeviceSnapshot } from '../src/model/snapshot.ts';
import { renderPage } from '../src/web/page.ts';
import { startServer } from '../src/web/server.ts';
import { clusterObjects } from './cluster.ts';
import { type Measured, memory, print, timed } from './measure.ts';

const size = { nodes: 500, blocksPerNode: 4, services: 500, switches: 50 };
const now = Date.UTC(2026, 0, 15, 3, 0, 0);
const expected = computeExpected(clusterObjects(size));
const switches = Array.from({ length: size.switches }, (_, i): Device => {
  const address = `192.0.2.${i + 1}`;
  return { name: `leaf${i}`, role: 'switch', address, addresses: [address] };
});
const addressOf = new Map(expected.nodes.map(({ name, addresses }) => [name, addresses[0] ?? '']));
const leafOf = new Map(switches.map(({ name, addresses }) => [addresses[0], name]));

/** Every fiftieth session is down. */
function seen(
  { node, peerAddress, peerAsn, localAsn, afi, kind }: ExpectedSession,
  i: number,
  far: boolean,
): Session {
  const down = i % 50 === 0;
  const [device, peer] = far
    ? [leafOf.get(peerAddress) ?? '', addressOf.get(node) ?? '']
    : [node, peerAddress];
  const state = down ? 'active' : 'established';
  const [own, other] = far ? [peerAsn, localAsn] : [localAsn, peerAsn];
  const up = down ? {} : { establishedSeconds: 86_400, prefixesReceived: 40 };
  return {
    device,
    peerAddress: peer,
    peerAsn: other,
    localAsn: own,
    state,
    afi,
    vrf: 'default',
    kind,
    ...up,
  };
}

const snapshot = (
  device: Device,
  sessions: readonly Session[],
  routes: DeviceSnapshot['routes'],
): DeviceSnapshot => ({
  device,
  sessions: success(now, sessions),
  routes,
  facts: {},
  source: device.role === 'node' ? 'bird' : 'snmp',
  collection: [],
  flaps: new Map(),
});

const nodes = expected.nodes.map(({ name, addresses }) => {
  const device: Device = { name, role: 'node', address: '', addresses };
  const own = expected.sessions.flatMap((each, i) => (each.node === name ? [seen(each, i, false)] : []));
  return snapshot(device, own, success(now, []));
});
const leaves = switches.map((device, at) => {
  const own = expected.sessions.flatMap((each, i) =>
    each.peerAddress === device.address ? [seen(each, i, true)] : [],
  );
  // One prefix in a hundred is missing on each switch, another one each time.
  const rows = expected.prefixes
    .filter((_, i) => i % 100 !== at)
    .map(({ prefix, origins: [origin = ''] }) => ({
      prefix,
      nextHops: [{ address: addressOf.get(origin) ?? '' }],
      protocol: 'bgp' as const,
      best: true,
      vrf: 'default',
    }));
  const scopes = [{ kind: 'ranges' as const, prefixes: expected.ranges }];
  const view = {
    layer: 'installed' as const,
    vrf: 'default',
    table: RouteTable.of(rows),
    scopes,
    allNextHops: false,
  };
  return snapshot(device, own, success(now, [view]));
});

const devices = [...nodes, ...leaves];
const maxAgeMs = () => 90_000;
const fabric: Fabric = {
  at: now,
  devices,
  expected: success(now, expected),
  deviceByAddress: addressBook(devices, expected),
  audit: audit({
    now,
    devices,
    expected: success(now, expected),
    vantages: new Map(switches.map((device) => [device.name, vantage(expected, device)])),
    maxAgeMs,
  }),
};

const page = () => renderPage({ fabric, now, version: 'bench', maxAgeMs });
const made = await timed('the page is made', 10, page, () => undefined);

const server = await startServer({
  listen: { host: '127.0.0.1', port: 0 },
  fabric: () => fabric,
  renderer: createRenderer({ metrics: { maxMissingSeries: 100, meshDetail: false, maxAgeMs } }),
  self: createSelfMetrics({ version: 'bench', revision: '' }, 'nothing'),
  maxAgeMs,
  explain: (of, target, device) =>
    explain({ fabric: of, maxAgeMs, target, ...(device !== undefined && { device }) }),
  version: 'bench',
  now: () => now,
});
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});
const missing = fabric.audit.findings.find(({ check }) => check === 'route-missing')?.prefix ?? '';
const paints: Measured[] = [];
for (const [what, path] of [
  ['overview', '/'],
  ['explain of a missing prefix', `/explain?target=${encodeURIComponent(missing)}`],
  ['explain of a switch', '/explain?target=leaf0'],
] as const) {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const tab = await browser.newPage();
    await tab.goto(server.url + path);
    const at = await tab.evaluate(async () => {
      for (;;) {
        const [entry] = performance.getEntriesByName('first-contentful-paint');
        if (entry) return entry.startTime;
        await new Promise((done) => setTimeout(done, 20));
      }
    });
    times.push(at);
    await tab.close();
  }
  times.sort((x, y) => x - y);
  paints.push(
    {
      what: `${what}: first paint in Chromium, median of 5`,
      value: Math.round(times[2] ?? 0),
      unit: 'ms',
      target: '< 1000 ms',
    },
    { what: `${what}: first paint, worst`, value: Math.round(times[4] ?? 0), unit: 'ms' },
  );
}
if (process.env.BENCH_PICTURE) {
  const tab = await browser.newPage({ viewport: { width: 1300, height: 900 } });
  await tab.goto(server.url);
  await tab.screenshot({ path: process.env.BENCH_PICTURE, fullPage: true });
}
await browser.close();
await server.close();
print([
  { what: 'nodes, switches', value: `${size.nodes}, ${size.switches}`, unit: '' },
  {
    what: 'expected prefixes, findings',
    value: `${expected.prefixes.length}, ${fabric.audit.findings.length}`,
    unit: '',
  },
  { what: 'the page', value: Math.round(page().length / 1024), unit: 'KiB' },
  ...made,
  ...paints,
  ...memory(),
]);
