// Files as a datastore: read again when they change, and the last objects kept while they cannot be read.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { filesDatastore } from '../../src/datastores/files-datastore.ts';
import { until } from '../kube/cluster.ts';

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const pool = (name: string) =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: ${name}}\nspec: {cidr: 10.0.0.0/16}\n`;

function start(now: () => number = Date.now) {
  const folder = mkdtempSync(path.join(tmpdir(), 'files-datastore-'));
  const file = path.join(folder, 'objects.yaml');
  writeFileSync(file, pool('first'));
  const datastore = filesDatastore([folder], now);
  closing.push(datastore.stop, () => rmSync(folder, { recursive: true }));
  const names = () => {
    const reading = datastore.current();
    const value = reading.ok ? reading.value : reading.last?.value;
    return value?.objects.map(({ metadata }) => metadata.name);
  };
  return { datastore, file, names };
}

describe('a datastore of files', () => {
  it('is pending, then read; the same value while nothing changes', async () => {
    let clock = 1;
    const { datastore, names } = start(() => clock);
    expect(datastore.current()).toMatchObject({ ok: false, error: { kind: 'pending' } });
    await datastore.refresh();
    expect(names()).toEqual(['first']);
    expect(datastore.current()).toMatchObject({ ok: true, at: 1, value: { kinds: [] } });
    const before = datastore.current();
    clock = 2;
    datastore.watch(() => expect.fail('nothing has changed'));
    // Unchanged files are as good as read again.
    await until(() => datastore.current().at === 2);
    expect(datastore.current()).toEqual({ ...before, at: 2 });
  });

  it('is read again when a file changes, and keeps what it had when that cannot be read', async () => {
    const { datastore, file, names } = start();
    await datastore.refresh();
    let changes = 0;
    datastore.watch(() => changes++);
    writeFileSync(file, `${pool('first')}---\n${pool('second')}`);
    await until(() => changes === 1);
    expect(names()).toEqual(['first', 'second']);
    writeFileSync(file, 'kind: [');
    await until(() => changes === 2);
    expect(datastore.current()).toMatchObject({
      ok: false,
      error: { kind: 'parse', message: expect.stringContaining('objects.yaml:') },
    });
    expect(names()).toEqual(['first', 'second']);
    writeFileSync(file, pool('third'));
    await until(() => changes === 3);
    expect(datastore.current().ok).toBe(true);
    expect(names()).toEqual(['third']);
  }, 15_000);
});
