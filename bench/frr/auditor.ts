// The exporter's side of the FRR benchmark, in a process of its own so that its memory is its own: reads the switch over SSH and
// audits 10,000 expected prefixes at each message.
import { audit } from '../../src/audit/audit.ts';
import { frr } from '../../src/collectors/switches/frr.ts';
import { sshCollector } from '../../src/collectors/switches/ssh.ts';
import type { ExpectedPrefix } from '../../src/model/expectation.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { success } from '../../src/model/reading.ts';
import { tally } from '../../src/model/verdicts.ts';
import { clusterRange, expectedBlocks } from './table.ts';

const [port = '', hostKey = ''] = process.argv.slice(2);
const prefixes = expectedBlocks();
const ranges = [parsePrefix(clusterRange)];
const expected = prefixes.map(
  (prefix): ExpectedPrefix => ({ prefix, kind: 'block', origins: ['node1'], because: 'a benchmark' }),
);
const collector = sshCollector({
  device: 'leaf01',
  driver: frr,
  connection: {
    host: '127.0.0.1',
    port: Number(port),
    username: 'netops',
    password: 'bench',
    hostKeys: { fingerprints: [hostKey] },
  },
  commandTimeoutMs: 60_000,
  maxOutputBytes: 2 ** 28,
  now: Date.now,
});

async function verdict() {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const { sessions, routes, facts } = await collector.collect(
    { prefixes, ranges },
    AbortSignal.timeout(120_000),
  );
  const now = Date.now();
  const device = { name: 'leaf01', role: 'switch', address: '127.0.0.1', addresses: [] } as const;
  const seen = {
    device,
    sessions,
    routes,
    facts: facts ?? {},
    source: 'ssh',
    collection: [],
    flaps: new Map(),
  };
  const result = audit({
    now,
    devices: [seen],
    expected: success(now, { nodes: [], sessions: [], prefixes: expected, ranges, problems: [] }),
    vantages: new Map([['leaf01', { device: 'leaf01', prefixes: expected }]]),
    maxAgeMs: () => 60_000,
  });
  const verdicts = result.devices.get('leaf01')?.verdicts ?? [];
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms: performance.now() - began,
    cpuMs: (user + system) / 1000,
    rssKiB: process.resourceUsage().maxRSS,
    present: tally(verdicts).present,
    error: routes.ok ? undefined : routes.error.message,
  };
}

process.on('message', async () => process.send?.(await verdict()));
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
