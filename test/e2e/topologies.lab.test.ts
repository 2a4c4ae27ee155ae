// Every topology of the lab, healthy, audited over SSH and over SNMP: what Calico's objects call for is what real daemons
// do, whatever the fabric's shape, and nobody cries wolf. BGP4-MIB shows IPv4 sessions alone, so SNMP counts fewer ends.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../lab/lab.ts';
import { unavailable } from '../lab/preflight.ts';
import { dualHomed } from '../lab/topologies/dual-homed.ts';
import { dualStack } from '../lab/topologies/dual-stack.ts';
import { mesh } from '../lab/topologies/mesh.ts';
import { oneAs } from '../lab/topologies/one-as.ts';
import type { Topology } from '../lab/topology.ts';
import { labConfig, root, type Via, writeConfig } from './stack.ts';

const lacks = await unavailable();

interface Row {
  readonly topology: Topology;
  readonly prefixes: number;
  /** Established session ends that each way of asking shows. */
  readonly ends: Readonly<Record<'ssh' | 'snmp', number>>;
}

/** Counted by hand from test/lab/topologies. */
const rows: readonly Row[] = [
  { topology: mesh, prefixes: 4, ends: { ssh: 14, snmp: 14 } },
  { topology: oneAs, prefixes: 5, ends: { ssh: 12, snmp: 12 } },
  { topology: dualHomed, prefixes: 5, ends: { ssh: 36, snmp: 36 } },
  { topology: dualStack, prefixes: 10, ends: { ssh: 32, snmp: 24 } },
];

describe.skipIf(lacks)(`topologies${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
  });
  afterEach(() => Lab.down('shapes'));

  it.each(rows)('$topology.name is clean', async ({ topology, prefixes, ends }) => {
    await Lab.down('shapes');
    const lab = await Lab.up(topology, { name: 'shapes' });
    const ways: readonly ('ssh' | ('snmp' & Via))[] = ['ssh', 'snmp'];
    for (const via of ways) {
      const file = writeConfig(
        lab,
        via,
        labConfig(lab, () => via),
      );
      const bundle = path.join(root, 'dist', 'calico-bgp-exporter.js');
      const argv = [process.execPath, bundle, 'audit', '--config', file, '--output', 'json'];
      const { code, stdout, stderr } = await lab.exec('obs', argv);
      expect(stderr).toBe('');
      const { findings, unknown, summary } = JSON.parse(stdout);
      expect([via, findings, unknown]).toEqual([via, [], []]);
      expect(summary).toMatchObject({
        sessionsUp: ends[via],
        sessionsDown: 0,
        expectedPrefixes: prefixes,
        missing: 0,
      });
      expect(code).toBe(0);
    }
  });
});
