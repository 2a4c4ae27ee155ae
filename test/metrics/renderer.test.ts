// The keeper of the latest rendering: newest wins, old work is skipped, faults leave the former rendering in place.
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { endGzip } from '../../src/metrics/gzip.ts';
import { createRenderer, type Renderer } from '../../src/metrics/renderer.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import { sampleFabric, sampleOptions } from './sample-fabric.ts';

let renderer: Renderer | undefined;
afterEach(() => renderer?.stop());

const auditedAt = (at: number): Fabric => {
  const fabric = sampleFabric();
  return { ...fabric, audit: { ...fabric.audit, at } };
};
const stamp = (from: Renderer) =>
  /^calico_bgp_audit_last_timestamp_seconds (.*)$/m.exec(
    Buffer.concat(from.current()?.text ?? []).toString(),
  )?.[1];

describe('renderer', () => {
  it('has nothing before the first fabric', () => {
    renderer = createRenderer({ metrics: sampleOptions });
    expect(renderer.current()).toBeUndefined();
    expect(renderer.compressed('text')).toBeUndefined();
  });

  it('ends with the newest of many fabrics and renders only some of them', async () => {
    let renderings = 0;
    renderer = createRenderer({ metrics: sampleOptions, onRendered: () => renderings++ });
    for (let second = 1; second <= 50; second++) renderer.update(auditedAt(second * 1000));
    await renderer.settled();
    expect(stamp(renderer)).toBe('50');
    expect(renderings).toBe(2);
  });

  it('keeps the former rendering when a family throws, and goes on afterwards', async () => {
    const errors: unknown[] = [];
    renderer = createRenderer({ metrics: sampleOptions, onError: (error) => errors.push(error) });
    renderer.update(auditedAt(1000));
    await renderer.settled();
    renderer.update({ ...auditedAt(2000), devices: [null] } as unknown as Fabric);
    await renderer.settled();
    expect(errors).toHaveLength(1);
    expect(stamp(renderer)).toBe('1');
    renderer.update(auditedAt(3000));
    await renderer.settled();
    expect(stamp(renderer)).toBe('3');
  });

  it('compresses a rendering once and the next one anew', async () => {
    renderer = createRenderer({ metrics: sampleOptions });
    renderer.update(auditedAt(1000));
    await renderer.settled();
    const first = renderer.compressed('openmetrics');
    expect(renderer.compressed('openmetrics')).toBe(first);
    renderer.update(auditedAt(2000));
    await renderer.settled();
    const second = await renderer.compressed('openmetrics');
    if (!second) throw new Error('nothing was rendered');
    const text = gunzipSync(Buffer.concat(endGzip(second, Buffer.alloc(0)))).toString();
    expect(text).toContain('calico_bgp_audit_last_timestamp_seconds 2\n');
  });

  it('renders nothing any more once stopped', async () => {
    renderer = createRenderer({ metrics: sampleOptions });
    renderer.stop();
    renderer.update(auditedAt(1000));
    await renderer.settled();
    expect(renderer.current()).toBeUndefined();
  });
});
