// The demo read by the real collectors through its own configuration, and judged by the real audit: what a newcomer sees
// within seconds of the start. Counts and findings are written by hand from the reference topology.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quietLog as log } from '../../src/cli/log.ts';
import { parseConfig } from '../../src/config/load.ts';
import { nodeSources } from '../../src/exporter/node-sources.ts';
import { collectOnce } from '../../src/exporter/poller.ts';
import { switchSources } from '../../src/exporter/sources.ts';
import { createExporter } from '../../src/exporter.ts';
import type { Collected } from '../../src/model/collector.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import { formatPrefix, parsePrefix } from '../../src/model/prefix.ts';
import { type RunningDemo, runDemo } from './running.ts';

let running: RunningDemo;
beforeAll(async () => {
  running = await runDemo();
});
afterAll(() => running.stop());

const config = () => parseConfig(running.demo.configText, 'demo.yaml', {});

const blocks = [64, 65, 66, 67, 68, 69].map((n) => `10.233.${n}.0/24`);
const query = {
  prefixes: ['10.233.0.0/18', ...blocks].map(parsePrefix),
  ranges: ['10.233.0.0/18', '10.233.64.0/18'].map(parsePrefix),
};

async function collectAll(): Promise<Map<string, Collected>> {
  const parsed = config();
  const switches = parsed.switches.map((each) => switchSources(each, new Map(), Date.now));
  const devices = [...nodeSources(parsed, new Map(), Date.now).listed, ...switches];
  const entries = await Promise.all(
    devices.map(async ({ device, sources: [source] }) => {
      if (!source) throw new Error(`${device.name} has no source`);
      const collected = await collectOnce(source, query, Date.now);
      source.collector.close();
      return [device.name, collected] as const;
    }),
  );
  return new Map(entries);
}

test('every collector reads its device: 16 + 8 established sessions, the seven prefixes on each switch', async () => {
  const all = await collectAll();
  const sessions = (name: string) => {
    const reading = all.get(name)?.sessions;
    if (!reading?.ok) throw new Error(`${name}: ${JSON.stringify(reading)}`);
    return reading.value
      .map(({ peerAddress, peerAsn, state }) => `${peerAddress} ${peerAsn} ${state}`)
      .sort();
  };
  expect(sessions('node1')).toEqual([
    '172.20.0.12 64512 established',
    '172.20.0.13 64512 established',
    '172.20.0.254 65009 established',
  ]);
  expect(sessions('node6')).toEqual(['173.20.0.11 64513 established', '173.20.0.12 64513 established']);
  expect(sessions('spine01')).toEqual(['100.0.0.2 65009 established', '100.0.0.6 65010 established']);
  expect(sessions('leaf01')).toEqual([
    '100.0.0.1 65008 established',
    '172.20.0.11 64512 established',
    '172.20.0.12 64512 established',
  ]);
  expect(sessions('leaf02')).toEqual([
    '100.0.0.5 65008 established',
    '173.20.0.11 64513 established',
    '173.20.0.12 64513 established',
  ]);
  const nodes = [...all.keys()].filter((name) => name.startsWith('node'));
  expect(nodes.flatMap(sessions)).toHaveLength(16);
  for (const name of ['spine01', 'leaf01', 'leaf02']) {
    const routes = all.get(name)?.routes;
    if (!routes?.ok) throw new Error(`${name}: ${JSON.stringify(routes)}`);
    for (const view of routes.value) {
      expect(view.partial).toBeUndefined();
      expect([...view.table.prefixes()].map(formatPrefix).sort()).toEqual(['10.233.0.0/18', ...blocks]);
    }
    const installed = routes.value.find((view) => view.layer === 'installed');
    const hops = installed?.table.rowsOf(parsePrefix('10.233.64.0/24')).flatMap((row) => row.nextHops);
    const expected = {
      spine01: ['100.0.0.2'],
      leaf01: ['172.20.0.11', '172.20.0.12'],
      leaf02: ['100.0.0.5'],
    };
    expect(hops?.map((hop) => hop.address).sort()).toEqual(expected[name as keyof typeof expected]);
  }
});

test('what a node sends to its leaf is seen', async () => {
  const routes = (await collectAll()).get('node2')?.routes;
  if (!routes?.ok) throw new Error(JSON.stringify(routes));
  const exported = routes.value.find((view) => view.layer === 'exported' && view.peer === '172.20.0.254');
  expect([...(exported?.table.prefixes() ?? [])].map(formatPrefix).sort()).toEqual([
    '10.233.0.0/18',
    ...blocks.slice(0, 3),
  ]);
});

describe('the audit', () => {
  async function audited(): Promise<Fabric> {
    const exporter = createExporter(config(), { log, now: Date.now });
    const fabric = await exporter.runOnce();
    await exporter.stop();
    return fabric;
  }

  const findings = ({ audit }: Fabric) =>
    [...audit.findings, ...audit.pending]
      .map(({ check, device, subject }) => `${check} ${device} ${subject}`)
      .sort();

  const missing = (prefix: string, ...devices: string[]) =>
    devices.map((device) => `route-missing ${device} ${prefix}`);

  test('healthy: 24 ends up, 7 prefixes expected, nothing to say', async () => {
    const fabric = await audited();
    expect(fabric.audit.summary).toMatchObject({
      devices: 9,
      devicesUnknown: 0,
      sessionsUp: 24,
      sessionsDown: 0,
      expectedPrefixes: 7,
      missing: 0,
      unknown: 0,
    });
    expect(findings(fabric)).toEqual([]);
    const expected = fabric.expected;
    if (!expected.ok) throw new Error(expected.error.message);
    expect(expected.value.sessions).toHaveLength(16);
    expect(expected.value.problems).toEqual([]);
  });

  const every = ['leaf01', 'leaf02', 'spine01'];
  const cases: readonly (readonly [fault: string, up: number, expected: readonly string[]])[] = [
    ['withdraw-node3-block', 24, missing('10.233.66.0/24', ...every)],
    ['filter-10.233.67.0-at-leaf01', 24, missing('10.233.67.0/24', 'leaf01')],
    [
      'shut-spine01-leaf02',
      22,
      [
        ...blocks.slice(0, 3).flatMap((prefix) => missing(prefix, 'leaf02')),
        ...blocks.slice(3).flatMap((prefix) => missing(prefix, 'leaf01', 'spine01')),
        'session-down spine01 leaf02 – spine01',
      ],
    ],
    [
      'wrong-as-node6',
      20,
      [
        ...missing('10.233.69.0/24', ...every),
        'session-down node4 node4 – node6',
        'session-down node5 node5 – node6',
      ],
    ],
    ['wrong-as-at-leaf02-for-node4', 22, ['session-down leaf02 leaf02 – node4']],
  ];

  test.each(cases)('%s', async (fault, up, expected) => {
    running.demo.control.inject(fault);
    try {
      const fabric = await audited();
      expect(fabric.audit.summary.sessionsUp).toBe(up);
      expect(findings(fabric)).toEqual([...expected].sort());
    } finally {
      running.demo.control.heal(fault);
    }
  });

  test('stop-bird-node5: its block is missing everywhere, and node5 itself cannot be read', async () => {
    running.demo.control.inject('stop-bird-node5');
    try {
      await expect.poll(() => existsSync(running.socketOf('node5'))).toBe(false);
      const fabric = await audited();
      expect(fabric.audit.summary).toMatchObject({ sessionsUp: 18, sessionsDown: 3, missing: 3 });
      expect(findings(fabric)).toEqual(
        expect.arrayContaining([
          ...missing('10.233.68.0/24', ...every),
          'session-down node5 leaf02 – node5',
          'session-down node5 node4 – node5',
          'session-down node5 node5 – node6',
        ]),
      );
      expect(fabric.devices.filter(({ sessions }) => !sessions.ok).map(({ device }) => device.name)).toEqual([
        'node5',
      ]);
    } finally {
      running.demo.control.heal('stop-bird-node5');
    }
    await expect.poll(() => existsSync(running.socketOf('node5'))).toBe(true);
  });

  test('rogue-route: unexpected on every switch, nothing missing', async () => {
    running.demo.control.inject('rogue-route');
    try {
      const fabric = await audited();
      expect(fabric.audit.summary.missing).toBe(0);
      for (const device of every) {
        expect(findings(fabric)).toContain(`route-unexpected ${device} 10.233.100.0/24`);
      }
    } finally {
      running.demo.control.heal('rogue-route');
    }
  });

  test('a silent agent and a hanging BIRD: unknown, never missing', async () => {
    running.demo.control.inject('snmp-silent-leaf01');
    running.demo.control.inject('freeze-bird-node2');
    try {
      const fabric = await audited();
      expect(fabric.audit.summary).toMatchObject({
        missing: 0,
        devicesUnknown: 2,
        unknown: 7,
        sessionsDown: 0,
      });
      const failed = fabric.devices.flatMap(({ device, sessions }) =>
        sessions.ok ? [] : [`${device.name} ${sessions.error.kind}`],
      );
      expect(failed).toEqual(['node2 timeout', 'leaf01 timeout']);
    } finally {
      running.demo.control.healAll();
    }
  });

  test('healed: nothing to say again', async () => {
    const fabric = await audited();
    expect(fabric.audit.summary).toMatchObject({ sessionsUp: 24, sessionsDown: 0, missing: 0, unknown: 0 });
    expect(findings(fabric)).toEqual([]);
  });
});
