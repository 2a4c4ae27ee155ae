// Objects in files that change under the exporter: a good export replaces the old one, an empty or broken one does not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { expectedSource } from '../../src/exporter/objects.ts';
import { lastGood } from '../../src/model/reading.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'calico-bgp-objects-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, 'objects.yaml');

const node = (name: string, address: string) =>
  `apiVersion: v1\nkind: Node\nmetadata: { name: ${name}, annotations: { projectcalico.org/IPv4Address: ${address}/24 } }\n---\n`;

it('keeps the last expectation when an export fails, and says why', async () => {
  writeFileSync(file, node('node1', '192.0.2.1') + node('node2', '192.0.2.2'));
  const config = {
    datastore: { kind: 'files' as const, files: [file] },
    expected: { usePodCidr: 'auto' as const, rules: [] },
  };
  const source = expectedSource(config, Date.now);
  await source.refresh();
  expect(source.current()).toMatchObject({
    ok: true,
    value: { nodes: [{ name: 'node1' }, { name: 'node2' }] },
  });

  for (const [content, reason] of [
    ['', /no Node/],
    ['error: the server could not find the requested resource\n', /no Node/],
    ['kind: [\n', /objects\.yaml:\d+:\d+/],
  ] as const) {
    writeFileSync(file, content);
    await source.refresh();
    const reading = source.current();
    expect(reading).toMatchObject({ ok: false, error: { message: expect.stringMatching(reason) } });
    expect(lastGood(reading)?.value.nodes).toHaveLength(2);
  }

  writeFileSync(file, node('node1', '192.0.2.1'));
  await source.refresh();
  expect(source.current()).toMatchObject({ ok: true, value: { nodes: [{ name: 'node1' }] } });
});

it('is no newer than what it was computed from', async () => {
  writeFileSync(file, node('node1', '192.0.2.1'));
  const config = {
    datastore: { kind: 'files' as const, files: [file] },
    expected: { usePodCidr: 'auto' as const, rules: [] },
  };
  const source = expectedSource(config, Date.now);
  await source.refresh();
  const watching = source.watch(() => undefined);
  try {
    const written = Date.now();
    writeFileSync(file, node('node1', '192.0.2.1') + node('node2', '192.0.2.2'));
    // Looked at all the while, as audits do: whoever sees a time after the change sees the change.
    const early: number[] = [];
    await expect
      .poll(
        () => {
          const reading = source.current();
          const count = lastGood(reading)?.value.nodes.length;
          if (reading.at > written && count !== 2) early.push(reading.at - written);
          return count;
        },
        { interval: 10, timeout: 5000 },
      )
      .toBe(2);
    expect(early).toEqual([]);
  } finally {
    watching.stop();
  }
});
