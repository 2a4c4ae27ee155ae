// A leaf with 100,000 routes of others in its BGP and its routing table: over SSH and over SNMP the exporter says the same of it.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Lab } from '../lab/lab.ts';
import { unavailable } from '../lab/preflight.ts';
import { reference } from '../lab/topologies/reference.ts';
import { labConfig, root, writeConfig } from './stack.ts';

const run = promisify(execFile);
const lacks = await unavailable();
const routes = 100_000;

/** The i-th route: /24s that no pool has. */
const other = (i: number) => `${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`;

interface Report {
  readonly findings: readonly Readonly<
    Record<'check' | 'device' | 'subject' | 'verdict' | 'cause', string>
  >[];
  readonly summary: { readonly missing: number; readonly devicesUnknown: number };
}

describe.skipIf(lacks)(`a leaf with 100,000 routes${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  let lab: Lab;

  beforeAll(async () => {
    await run(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
    await Lab.down('large');
    // snmpd keeps a table of this size for a minute, as it does by default: it takes seconds to read it from the kernel.
    lab = await Lab.up({ ...reference, snmpRouteCacheSeconds: 60 }, { name: 'large' });
    const batch = path.join(lab.description.folder, 'routes.batch');
    const lines = Array.from(
      { length: routes },
      (_, i) => `route add ${other(i)} via 172.20.0.11 proto static`,
    );
    writeFileSync(batch, `${lines.join('\n')}\n`);
    await lab.exec('leaf01', ['ip', '-batch', batch]);
    // In BGP, too, and no further than this leaf.
    await lab.vtysh(
      'leaf01',
      'configure terminal',
      'route-map KEEP permit 10',
      'set community no-advertise',
      'exit',
      'router bgp 65009',
      'address-family ipv4 unicast',
      'redistribute kernel route-map KEEP',
    );
    const bgp = async () =>
      Number(
        /Total Prefixes\D+(\d+)/.exec(await lab.vtysh('leaf01', 'show bgp ipv4 unicast statistics'))?.[1],
      );
    await vi.waitUntil(async () => (await bgp()) > routes, { timeout: 60_000, interval: 1000 });
  }, 180_000);

  afterAll(async () => {
    await lab?.down();
  });

  async function told(via: 'snmp' | 'ssh'): Promise<Report> {
    const config = { ...labConfig(lab, () => via), collection: { interval: '60s', timeout: '30s' } };
    const file = writeConfig(lab, via, config);
    const bundle = path.join(root, 'dist', 'calico-bgp-exporter.js');
    const { stdout, stderr } = await lab.exec('obs', [
      process.execPath,
      bundle,
      'audit',
      '--config',
      file,
      '--output',
      'json',
    ]);
    expect(stderr).toBe('');
    return JSON.parse(stdout) as Report;
  }

  const lines = ({ findings }: Report) =>
    findings.map(({ check, device, subject, verdict, cause }) =>
      [check, device, subject, verdict, cause].join(' '),
    );

  it('is whole both ways', async () => {
    const whole = async (via: 'snmp' | 'ssh') => {
      const report = await told(via);
      return [lines(report), report.summary.missing, report.summary.devicesUnknown];
    };
    expect(await whole('ssh')).toEqual([[], 0, 0]);
    // snmpd answers nobody while it reads so many routes from the kernel for the first time: until then the leaf is unknown, and
    // nothing is missing.
    await expect.poll(() => whole('snmp'), { timeout: 90_000, interval: 2000 }).toEqual([[], 0, 0]);
  }, 120_000);

  it('gives the same findings over SNMP and over SSH', async () => {
    await lab.fault('withdraw', ['node3']);
    await lab.fault('filter', ['10.233.67.0/24', 'leaf01']);
    await lab.fault('announce', ['10.233.100.0/24', 'node1']);
    await expect
      .poll(async () => [lines(await told('ssh')), lines(await told('snmp'))].map((all) => all.join('\n')), {
        timeout: 150_000,
        interval: 2000,
      })
      .toSatisfy(([ssh, snmp]: string[]) => ssh === snmp && ssh?.includes('10.233.100.0/24') === true);
    const found = lines(await told('snmp'));
    expect(found).toContain('route-missing leaf01 10.233.66.0/24 missing not-configured-on-node');
    expect(found).toContain('route-unexpected leaf01 10.233.100.0/24 unexpected rogue-announcer');
    expect(found.some((line) => line.startsWith('route-missing leaf01 10.233.67.0/24 '))).toBe(true);
  }, 240_000);
});
