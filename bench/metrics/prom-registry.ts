// The same series in prom-client, as a program with it would keep them.
import { Gauge, Registry } from 'prom-client';
import type { Fabric } from '../../src/model/fabric.ts';
import { seriesOf } from './fabric.ts';

/** A registry with a gauge for each metric and all its series. */
export async function promRegistry(fabric: Fabric): Promise<Registry> {
  const registry = new Registry();
  const gauges = new Map<string, Gauge>();
  for (const { name, help, labels, values, value } of await seriesOf(fabric)) {
    const known = gauges.get(name);
    const gauge = known ?? new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
    gauges.set(name, gauge);
    gauge.set(Object.fromEntries(labels.map((label, i) => [label, values[i] ?? ''])), value);
  }
  return registry;
}
