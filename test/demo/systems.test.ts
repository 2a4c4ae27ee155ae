// The demo with switches of one system each, read over SSH: whatever the system, each fault gives the same findings.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { quietLog as log } from '../../src/cli/log.ts';
import { drivers } from '../../src/collectors/switches/drivers.ts';
import { parseConfig } from '../../src/config/load.ts';
import { faults } from '../../src/demo/faults.ts';
import { type DemoSystem, demoSystems } from '../../src/demo/switch-servers.ts';
import { createExporter } from '../../src/exporter.ts';
import { type RunningDemo, runDemo } from './running.ts';

const names = faults.map(({ name }) => name);
const running = new Map<DemoSystem, RunningDemo>();

beforeAll(async () => {
  for (const system of demoSystems) running.set(system, await runDemo(Date.now, { switches: system }));
});
afterAll(() => Promise.all([...running.values()].map((each) => each.stop())));

async function findings(system: DemoSystem, fault?: string): Promise<readonly string[]> {
  const each = running.get(system);
  if (!each) throw new Error(`no demo of ${system}`);
  const { control } = each.demo;
  const socket = each.socketOf('node5');
  if (fault !== undefined) control.inject(fault);
  if (fault === 'stop-bird-node5') await expect.poll(() => existsSync(socket)).toBe(false);
  // Long enough for a busy machine: what must not answer is waited for only here.
  const config = parseConfig(each.demo.configText, 'demo.yaml', {});
  const patient = fault?.includes('silent') || fault?.includes('freeze') ? 4000 : 20_000;
  const exporter = createExporter(
    { ...config, switches: config.switches.map((device) => ({ ...device, timeout: patient })) },
    { log, now: Date.now },
  );
  try {
    const { audit } = await exporter.runOnce();
    const { devicesUnknown, sessionsUp, missing, unknown } = audit.summary;
    const said = [...audit.findings, ...audit.pending].map(
      ({ check, device, subject, verdict, cause }) => `${check} ${device} ${subject} ${verdict} ${cause}`,
    );
    return [`${devicesUnknown} ${sessionsUp} ${missing} ${unknown}`, ...said.sort()];
  } finally {
    await exporter.stop();
    control.healAll();
    await expect.poll(() => existsSync(socket)).toBe(true);
  }
}

const byFrr = new Map<string, Promise<readonly string[]>>();
function findingsByFrr(fault: string): Promise<readonly string[]> {
  const told = byFrr.get(fault) ?? findings('frr', fault);
  byFrr.set(fault, told);
  return told;
}

test('the command line offers every system, and each is a driver', () => {
  const demo = commands.find(({ name }) => name === 'demo');
  expect(demo?.flags.switches?.choices).toEqual(['mixed', ...demoSystems]);
  for (const system of demoSystems) expect(drivers[system]).toBeDefined();
});

describe.each(demoSystems.filter((system) => system !== 'frr'))('%s', (system) => {
  test('healthy: nothing to say', async () => {
    expect(await findings(system)).toEqual(['0 24 0 0']);
  });

  test.each(names)('%s: the findings of FRR', async (fault) => {
    const own = await findings(system, fault);
    expect(own.length).toBeGreaterThan(fault.includes('silent') ? 0 : 1);
    expect(own).toEqual(await findingsByFrr(fault));
  });
});
