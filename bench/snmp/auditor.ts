// The exporter's side of the SNMP benchmark, bundled and in a process of its own so that its memory is its own: collects once
// to be warm and once for the measurement, audits, and prints what it found.
import { audit } from '../../src/audit/audit.ts';
import { snmpCollector } from '../../src/collectors/switches/snmp.ts';
import type { ExpectedPrefix } from '../../src/model/expectation.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { success } from '../../src/model/reading.ts';
import { tally } from '../../src/model/verdicts.ts';
import { countOfRows, rowPrefix } from './table.ts';

const [port = '', every = '1', most = '', ...pools] = process.argv.slice(2);
const prefixes = Array.from({ length: countOfRows }, (_, i) => i)
  .filter((i) => i % Number(every) === 0)
  .slice(0, Number(most))
  .map(rowPrefix);
const ranges = pools.map(parsePrefix);
const expected = prefixes.map(
  (prefix): ExpectedPrefix => ({ prefix, kind: 'block', origins: ['node1'], because: 'a benchmark' }),
);
const collector = snmpCollector({
  device: 'leaf01',
  host: '127.0.0.1',
  port: Number(port),
  credentials: { version: '2c', community: 'public' },
  timeoutMs: 2000,
  retries: 1,
  maxRepetitions: 25,
  maxRows: 500_000,
  now: Date.now,
});

async function verdict() {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const {
    sessions,
    routes,
    facts = {},
  } = await collector.collect({ prefixes, ranges }, AbortSignal.timeout(120_000));
  const now = Date.now();
  const result = audit({
    now,
    devices: [
      {
        device: { name: 'leaf01', role: 'switch', address: '127.0.0.1', addresses: [] },
        sessions,
        routes,
        facts,
        source: 'snmp',
        collection: [],
        flaps: new Map(),
      },
    ],
    expected: success(now, { nodes: [], sessions: [], prefixes: expected, ranges, problems: [] }),
    vantages: new Map([['leaf01', { device: 'leaf01', prefixes: expected }]]),
    maxAgeMs: () => 60_000,
  });
  const verdicts = result.devices.get('leaf01')?.verdicts ?? [];
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms: performance.now() - began,
    cpuMs: (user + system) / 1000,
    present: tally(verdicts).present,
    unexpected: result.devices.get('leaf01')?.routesUnexpected ?? 0,
    error: routes.ok ? undefined : routes.error.message,
  };
}

process.on('message', async () => {
  const found = await verdict();
  process.send?.({ ...found, rssKiB: process.resourceUsage().maxRSS });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
