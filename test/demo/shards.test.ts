// Three shards on the demo fabric say together what one process says: of each device the same samples, each from one of them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quietLog as log } from '../../src/cli/log.ts';
import { parseConfig } from '../../src/config/load.ts';
import { createExporter } from '../../src/exporter.ts';
import { renderExposition } from '../../src/metrics/exposition.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import type { Shard } from '../../src/model/shard.ts';
import { type RunningDemo, runDemo } from './running.ts';

let running: RunningDemo;
beforeAll(async () => {
  running = await runDemo();
});
afterAll(() => running.stop());

async function audited(shard?: Shard): Promise<Fabric> {
  const config = parseConfig(running.demo.configText, 'demo.yaml', {});
  const exporter = createExporter({ ...config, ...(shard && { shard }) }, { log, now: Date.now });
  const fabric = await exporter.runOnce();
  await exporter.stop();
  return fabric;
}

const shards = () => Promise.all([0, 1, 2].map((index) => audited({ index, count: 3 })));

/**
 * Samples about single devices. Times and durations differ between any two runs; the cause and the end at fault may need what
 * another shard has read.
 */
async function samples(fabric: Fabric): Promise<string[]> {
  const { text } = await renderExposition(fabric, {
    maxMissingSeries: 1000,
    meshDetail: true,
    maxAgeMs: () => 60_000,
  });
  return Buffer.concat(text)
    .toString()
    .split('\n')
    .filter((line) => /[{,]device="[^"]/.test(line))
    .filter((line) => !/^\w*(?:timestamp|duration|age|findings|incident)\w*[{]/.test(line))
    .map((line) => line.replace(/,?cause="[^"]*"/, ''));
}

test('each device is asked by one shard', async () => {
  const names = (await shards()).map(({ devices }) => devices.map(({ device }) => device.name));
  expect(names.every((own) => own.length > 0 && own.length < 9)).toBe(true);
  expect(names.flat().sort()).toEqual((await audited()).devices.map(({ device }) => device.name).sort());
});

test.each(['none', 'withdraw-node3-block', 'filter-10.233.67.0-at-leaf01'])(
  'fault %s: the samples of the shards together are those of one process',
  async (fault) => {
    if (fault !== 'none') running.demo.control.inject(fault);
    try {
      const parts = await shards();
      const together = (await Promise.all(parts.map(samples))).flat().sort();
      const whole = (await samples(await audited())).sort();
      expect(whole.length).toBeGreaterThan(100);
      expect(together).toEqual(whole);
      // What is expected is computed in each, and no shard complains of what another one asks.
      const expected = parts.map(({ audit }) => audit.summary.expectedPrefixes);
      expect(expected).toEqual([7, 7, 7]);
      if (fault === 'none') {
        for (const { audit } of parts) expect([audit.findings, audit.unknown]).toEqual([[], []]);
      }
    } finally {
      running.demo.control.healAll();
    }
  },
);
