// What on-call gets on real daemons, with the shipped rules and the shipped Alertmanager example: a leaf that dies is one page, with
// its root, and its repair resolves it. Meanwhile every query of every dashboard is asked of the Prometheus that saw it.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../lab/lab.ts';
import { unavailable } from '../lab/preflight.ts';
import { reference } from '../lab/topologies/reference.ts';
import { labConfig, root, Stack, writeConfig } from './stack.ts';

const run = promisify(execFile);
const absent = ['/usr/bin/prometheus', '/usr/bin/prometheus-alertmanager'].filter(
  (program) => !existsSync(program),
);
const lacks = (await unavailable()) ?? (absent.length > 0 ? `needs ${absent.join(' and ')}` : undefined);

interface Target {
  readonly dashboard: string;
  readonly panel: string;
  readonly expr: string;
}

const targets: Target[] = readdirSync(path.join(root, 'dashboards'))
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) => {
    const { panels } = JSON.parse(readFileSync(path.join(root, 'dashboards', file), 'utf8')) as {
      panels: { title: string; targets?: { expr: string }[] }[];
    };
    return panels.flatMap(({ title, targets: list = [] }) =>
      list.map(({ expr }) => ({ dashboard: file.replace('.json', ''), panel: title, expr })),
    );
  });

/** The query with what a person would choose in the dashboard's variables. */
function chosen({ dashboard, expr }: Target): string {
  const device = { 'calico-bgp-node': 'node4', 'calico-bgp-switch': 'leaf01' }[dashboard] ?? '.*';
  return expr
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__range', '5m')
    .replaceAll('$job', 'calico-bgp-exporter')
    .replaceAll('$device', device)
    .replace(/\$(afi|kind)/g, '.*');
}

/** Panels that may be empty on this lab even while a leaf is dead, and why. */
const mayBeEmpty: Readonly<Record<string, string>> = {
  'Objects by kind': 'the lab’s objects come from a file',
  'Age of each kind': 'the lab’s objects come from a file',
  'Shut on purpose': 'only where a device says whether it is',
  Flaps: 'one failure is no flap yet',
  Accepted: 'only where a device counts them',
  'Its routes that are missing somewhere': 'node4’s routes are there unless the leaf is its only way',
  'Readings that failed': 'of this device none need fail',
  'By device and cause': 'a dead leaf leaves no wrong next hop',
};

describe.skipIf(lacks)(`paging${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  let lab: Lab;
  let stack: Stack;

  beforeAll(async () => {
    await run(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
    await Lab.down('paging');
    lab = await Lab.up(reference, { name: 'paging' });
    const config = writeConfig(
      lab,
      'exporter',
      labConfig(lab, (device) => (device === 'leaf01' ? 'ssh' : 'snmp')),
    );
    stack = await Stack.start(lab, config, { example: true });
  });

  afterAll(async () => {
    await lab?.down();
  });

  const pages = (since: number) =>
    stack.notifications(since).filter(({ path: where }) => where === '/on-call');

  it('a dead leaf is one page that names it; every dashboard has data; the repair resolves it', async () => {
    await stack.until(
      'all is well',
      async () =>
        (await stack.query('ALERTS')).length === 0 &&
        (await stack.query('sum(calico_bgp_routes_missing) == 0')).length === 1,
      120_000,
    );
    const began = Date.now();
    await lab.fault('kill-bgpd', ['leaf02']);
    await lab.fault('stop-snmpd', ['leaf02']);
    await stack.until('somebody is paged', () => pages(began).length > 0, 150_000);

    const empty: string[] = [];
    for (const target of targets) {
      const { ok, body } = await stack.get(
        `http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent(chosen(target))}`,
      );
      expect(ok, `${target.dashboard} ${target.panel}: ${body}`).toBe(true);
      const { data } = JSON.parse(body) as { data: { result: unknown[] } };
      // The reference fabric has no mesh.
      const allowed = target.panel in mayBeEmpty || target.expr.includes('calico_bgp_mesh_');
      if (data.result.length === 0 && !allowed) empty.push(`${target.dashboard}: ${target.panel}`);
    }
    expect(empty).toEqual([]);

    // Long enough for whatever else might page.
    await stack.until('the group has settled', () => Date.now() > began + 150_000, 200_000);
    const firing = pages(began).filter(({ alerts }) => alerts.some(({ status }) => status === 'firing'));
    const incidents = new Set(
      firing.flatMap(({ alerts }) =>
        alerts.map(({ labels }) => `${labels.alertname} ${labels.incident ?? ''}`),
      ),
    );
    expect([...incidents]).toEqual(['CalicoBGPIncident device-down leaf02']);
    expect(firing).toHaveLength(1);

    const healed = Date.now();
    await lab.heal('all');
    await stack.until(
      'the page is resolved',
      () => pages(healed).some(({ alerts }) => alerts.every(({ status }) => status === 'resolved')),
      200_000,
    );
  });
});
