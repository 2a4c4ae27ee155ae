// The main job on real daemons: a route lost on a real fabric becomes an alert that names prefix, switch and node, and
// the alert resolves when the route is back. Prometheus evaluates the shipped rules; Alertmanager posts to a webhook.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../lab/lab.ts';
import { unavailable } from '../lab/preflight.ts';
import { reference } from '../lab/topologies/reference.ts';
import { type Alert, labConfig, root, Stack, writeConfig } from './stack.ts';

const run = promisify(execFile);
const programs = ['/usr/bin/prometheus', '/usr/bin/prometheus-alertmanager'];
const absent = programs.filter((program) => !existsSync(program));
const lacks = (await unavailable()) ?? (absent.length > 0 ? `needs ${absent.join(' and ')}` : undefined);
const title = `end to end${lacks ? ` (skipped: ${lacks})` : ''}`;

/** Group interval of alerts/calico-bgp.rules.yml, which Prometheus evaluates unchanged. */
const evaluationMs = 15_000;
/** Until a fault shows in Prometheus: collection 2 s, audit 0.25 s, scrape 2 s, and BGP's own convergence. */
const visibleWithinMs = 15_000;

const bySwitch: Record<string, 'snmp' | 'snmp3' | 'ssh'> = {
  spine01: 'snmp',
  leaf01: 'snmp3',
  leaf02: 'ssh',
};
const prefixOf = (node: number) => `10.233.${63 + node}.0/24`;

/** `prefix@device node` of every alert on a missing pod route. */
const missingRoutes = (alerts: readonly Alert[]) =>
  alerts
    .filter(({ labels }) => labels.alertname === 'CalicoBGPPodRouteMissing')
    .map(({ labels }) => `${labels.prefix}@${labels.device} ${labels.node}`)
    .sort();

const named = (alerts: readonly Alert[], name: string) =>
  alerts
    .filter(({ labels }) => labels.alertname === name)
    .map(({ labels }) => `${labels.device} ${labels.peer ?? ''}`.trim())
    .sort();

const at = (devices: readonly string[], nodes: readonly number[]) =>
  nodes.flatMap((node) => devices.map((device) => `${prefixOf(node)}@${device} node${node}`)).sort();

describe.skipIf(lacks)(title, () => {
  let lab: Lab;
  let stack: Stack;

  beforeAll(async () => {
    await run(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
    // A run that was cut off may have left its lab, with an older exporter in it.
    await Lab.down('e2e');
    lab = await Lab.up(reference, { name: 'e2e' });
    stack = await Stack.start(
      lab,
      writeConfig(
        lab,
        'exporter',
        labConfig(lab, (device) => bySwitch[device] ?? 'ssh'),
      ),
    );
  });

  afterAll(async () => {
    await lab?.down();
  });

  // A test that fails leaves no fault to the next one.
  afterEach(async () => {
    await lab?.heal('all');
  });

  /** Waits until everything is as it should be and no alert of ours is pending or firing. */
  async function quiet(): Promise<void> {
    await stack.until(
      'no alert is pending or firing',
      async () =>
        (await stack.query('ALERTS')).length === 0 &&
        (await stack.query('sum(calico_bgp_routes_missing) == 0')).length === 1,
      120_000,
    );
  }

  interface Expected {
    readonly missing: readonly string[];
    readonly others: Readonly<Record<string, readonly string[]>>;
  }

  /** Injects, waits for all expected alerts, checks that nothing else is said of routes, heals, waits for resolution. */
  async function fault(
    name: string,
    args: readonly string[],
    shows: string,
    expected: Expected,
  ): Promise<void> {
    await quiet();
    const began = Date.now();
    await lab.fault(name, args);
    await stack.until(
      `${name} shows in Prometheus`,
      async () => (await stack.query(shows)).length > 0,
      visibleWithinMs + 30_000,
    );
    const visible = Date.now();
    const arrived = () => {
      const firing = stack.alerts(began, 'firing');
      const all = Object.entries(expected.others).every(([alert, who]) =>
        who.every((one) => named(firing, alert).includes(one)),
      );
      return all && expected.missing.every((one) => missingRoutes(firing).includes(one));
    };
    await stack.until(
      `${name} is alerted: ${JSON.stringify(expected)}`,
      arrived,
      2 * evaluationMs + visibleWithinMs,
    );
    const told = stack
      .notifications(began)
      .filter(({ alerts }) => alerts.some(({ status }) => status === 'firing'));
    // Within two evaluations of the moment Prometheus can see it; two seconds for Alertmanager and the webhook.
    expect((told[0]?.at ?? Number.POSITIVE_INFINITY) - visible).toBeLessThanOrEqual(2 * evaluationMs + 2000);

    const firing = stack.alerts(began, 'firing');
    expect(missingRoutes(firing)).toEqual(expected.missing);
    for (const [alert, who] of Object.entries(expected.others)) expect(named(firing, alert)).toEqual(who);
    for (const { labels, annotations } of firing) {
      for (const label of ['device', 'prefix', 'node']) {
        const value = labels[label];
        if (value) expect(`${annotations.summary} ${annotations.description}`).toContain(value);
      }
    }

    const healed = Date.now();
    await lab.heal(name, args);
    await stack.until(
      `${name} is resolved`,
      () => expected.missing.every((one) => missingRoutes(stack.alerts(healed, 'resolved')).includes(one)),
      120_000,
    );
    await quiet();
  }

  it('sees the healthy fabric: 16 and 8 session ends, 7 prefixes on each switch, nothing missing', async () => {
    await quiet();
    expect(await stack.query('count(calico_bgp_session_up{role="node"} == 1)')).toMatchObject([
      { value: 16 },
    ]);
    expect(await stack.query('count(calico_bgp_session_up{role="switch"} == 1)')).toMatchObject([
      { value: 8 },
    ]);
    const expected = await stack.query('sum by (device) (calico_bgp_expected_prefixes)');
    expect(expected.map(({ labels, value }) => [labels.device, value]).sort()).toEqual([
      ['leaf01', 7],
      ['leaf02', 7],
      ['spine01', 7],
    ]);
  });

  it('a block withdrawn on its node is missing on every switch', () =>
    fault('withdraw', ['node3'], 'calico_bgp_route_missing', {
      missing: at(['leaf01', 'leaf02', 'spine01'], [3]),
      others: {},
    }));

  it('a prefix filtered at one leaf is missing there and nowhere else', () =>
    fault('filter', [prefixOf(4), 'leaf01'], 'calico_bgp_route_missing', {
      missing: at(['leaf01'], [4]),
      others: {},
    }));

  it('a stopped BIRD loses its node’s block everywhere, and its sessions', () =>
    fault('stop-bird', ['node5'], 'calico_bgp_route_missing', {
      missing: at(['leaf01', 'leaf02', 'spine01'], [5]),
      others: {
        CalicoBGPDeviceUnreachable: ['node5'],
        CalicoBGPSessionDown: ['leaf02 node5', 'node4 node5', 'node6 node5'],
      },
    }));

  it('a session shut between spine and leaf cuts each side from the other’s racks', () =>
    fault('shut-session', ['spine01', 'leaf02'], 'calico_bgp_route_missing', {
      missing: [...at(['leaf01', 'spine01'], [4, 5, 6]), ...at(['leaf02'], [1, 2, 3])].sort(),
      others: { CalicoBGPSessionDown: ['leaf02 spine01'], CalicoBGPDeviceUnreachable: [] },
    }));

  it('a switch whose SNMP agent is gone is unknown, never missing', async () => {
    await quiet();
    const began = Date.now();
    await lab.fault('stop-snmpd', ['leaf01']);
    await stack.until(
      'leaf01 is unreachable',
      () => named(stack.alerts(began, 'firing'), 'CalicoBGPDeviceUnreachable').includes('leaf01'),
      120_000,
    );
    // Beyond the three intervals for which the last reading counts.
    await stack.until(
      'its routes are unknown',
      async () => (await stack.query('calico_bgp_routes_unknown{device="leaf01"} == 7')).length === 1,
    );
    expect(await stack.query('calico_bgp_route_missing')).toEqual([]);
    expect(missingRoutes(stack.alerts(began, 'firing'))).toEqual([]);
    const healed = Date.now();
    await lab.heal('stop-snmpd', ['leaf01']);
    await stack.until(
      'it is resolved',
      () => named(stack.alerts(healed, 'resolved'), 'CalicoBGPDeviceUnreachable').includes('leaf01'),
      120_000,
    );
    await quiet();
    expect(missingRoutes(stack.alerts(began, 'firing'))).toEqual([]);
  });

  interface Report {
    readonly findings: readonly {
      check: string;
      device: string;
      subject: string;
      verdict: string;
      cause?: string;
      detail: string;
    }[];
    readonly unknown: readonly { device: string; detail: string }[];
  }

  async function auditBy(
    name: string,
    config: object,
  ): Promise<{ code: number; seconds: number; report: Report }> {
    const bundle = path.join(root, 'dist', 'calico-bgp-exporter.js');
    const file = writeConfig(lab, name, config);
    const began = performance.now();
    const argv = [process.execPath, bundle, 'audit', '--config', file, '--output', 'json'];
    const { code, stdout } = await lab.exec('obs', argv);
    return { code, seconds: (performance.now() - began) / 1000, report: JSON.parse(stdout) as Report };
  }

  it('gives the same findings over SNMP and over SSH', async () => {
    await quiet();
    await lab.fault('withdraw', ['node3']);
    await lab.fault('filter', [prefixOf(4), 'leaf01']);
    await lab.fault('announce', ['10.233.100.0/24', 'node6']);
    await lab.fault('shut-session', ['spine01', 'leaf02']);
    const told = async (via: 'snmp' | 'ssh') => {
      const { code, report } = await auditBy(
        via,
        labConfig(lab, () => via),
      );
      expect(code).toBe(1);
      return report.findings.map(({ check, device, subject, verdict, cause }) =>
        [check, device, subject, verdict, cause].join(' '),
      );
    };
    // The faults settle in BGP's own time; the last of them to show is that session.
    await stack.until('the session is down', async () =>
      (await told('ssh')).some((line) => line.startsWith('session-down spine01 leaf02 – spine01')),
    );
    await stack.until(
      'all has settled',
      async () => (await told('ssh')).join() === (await told('snmp')).join(),
      30_000,
    );
    const found = await told('snmp');
    expect(found).toContain('route-missing leaf01 10.233.66.0/24 missing not-configured-on-node');
    expect(found).toContain('session-down spine01 leaf02 – spine01 down admin-down');
    expect(found).toContain('route-unexpected leaf02 10.233.100.0/24 unexpected rogue-announcer');
    expect(found).toContain('route-unexpected node6 10.233.100.0/24 unexpected rogue-announcer');
    expect(found).toContain('route-missing spine01 10.233.69.0/24 missing session-down');
    await lab.heal('all');
    await quiet();
  });

  it('pays no more than a deadline for what does not answer, and reads all the rest', async () => {
    await quiet();
    await lab.fault('freeze-snmpd', ['leaf01']);
    await lab.fault('freeze-bird', ['node2']);
    const config = labConfig(lab, (device) => (device === 'leaf02' ? 'snmp3' : 'snmp')) as {
      switches: { name: string; snmp: Record<string, unknown> }[];
    };
    for (const { name, snmp } of config.switches)
      if (name === 'leaf02') snmp.authPassword = 'not the password';
    const { code, seconds, report } = await auditBy('deadlines', config);
    expect(code).toBe(1);
    // collection.timeout is 2 s; the rest is the start of the program.
    expect(seconds).toBeLessThan(2 + 0.5 + 3);
    const unreachable = report.findings.filter(({ check }) => check === 'device-unreachable');
    expect(unreachable.map(({ device }) => device).sort()).toEqual(['leaf01', 'leaf02', 'node2']);
    expect(unreachable.find(({ device }) => device === 'leaf02')?.detail).toMatch(/auth/i);
    expect(report.findings.filter(({ check }) => check !== 'device-unreachable')).toEqual([]);
    expect(report.unknown.map(({ device }) => device).sort()).toEqual(
      expect.arrayContaining(['leaf01', 'leaf02']),
    );
    await lab.heal('all');
    await quiet();
  });
});
