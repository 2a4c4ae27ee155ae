// The configurations that the documentation points to are read as they stand, beside files of the kinds they name.

import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';

const examples = path.resolve(import.meta.dirname, '..', '..', 'deploy', 'examples');
const folder = mkdtempSync(path.join(tmpdir(), 'calico-bgp-example-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('deploy/examples/calico-bgp-exporter.yml is right', async () => {
  const file = path.join(folder, 'calico-bgp-exporter.yml');
  copyFileSync(path.join(examples, 'calico-bgp-exporter.yml'), file);
  writeFileSync(path.join(folder, 'objects.yaml'), 'apiVersion: v1\nkind: List\nitems: []\n');
  writeFileSync(path.join(folder, 'known_hosts'), '');
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(path.join(folder, 'id_ed25519'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const config = await loadConfig(file, {
    SNMP_AUTH_PASSWORD: 'auth-secret',
    SNMP_PRIV_PASSWORD: 'priv-secret',
  });
  expect(config.nodes.map(({ name }) => name)).toEqual([
    'node1',
    'node2',
    'node3',
    'node4',
    'node5',
    'node6',
  ]);
  expect(config.switches.map(({ name, snmp, ssh }) => [name, snmp?.version, ssh?.driver])).toEqual([
    ['spine01', '3', undefined],
    ['leaf01', undefined, 'frr'],
    ['leaf02', undefined, 'frr'],
  ]);
});
