// The Alertmanager example: accepted, no matcher that nothing can match, every page and every message where it belongs, and no inhibition
// from one cluster to another. And the words of a message, as Alertmanager makes them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { because } from '../because.ts';

interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

interface Route {
  readonly matchers?: readonly string[];
  readonly group_by: readonly string[];
  readonly routes?: readonly Route[];
}

const root = path.resolve(import.meta.dirname, '..', '..');
const example = path.join('alerts', 'alertmanager.example.yml');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const { route, inhibit_rules: inhibitions } = parse(read(example)) as {
  route: Route;
  inhibit_rules: Inhibition[];
};
const rules = (
  parse(read(path.join('alerts', 'calico-bgp.rules.yml'))) as {
    groups: { rules: { alert?: string; labels: { severity: string } }[] }[];
  }
).groups
  .flatMap((group) => group.rules)
  .flatMap(({ alert, labels }) => (alert === undefined ? [] : [{ alert, severity: labels.severity }]));

const amtool = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('amtool', args, { cwd: root, encoding: 'utf8' });
  return { status, said: stdout.trim(), stderr };
};
const has = spawnSync('amtool', ['--version']).status === 0;
const needs = (what: string) =>
  because(!has, `amtool (of the package prometheus-alertmanager) ${what}`, 'the program is not installed');

/** The names in `alertname=~"CalicoBGP(A|B)"`, each for itself. */
function named(matchers: readonly string[]): string[] {
  const [, pattern = ''] = /alertname=~?"([^"]+)"/.exec(matchers.join(' ')) ?? [];
  const [, head = '', list] = /^(\w*)\((.+)\)$/.exec(pattern) ?? [];
  return list === undefined ? [pattern] : list.split('|').map((name) => head + name);
}

describe('matchers', () => {
  const all = [
    ...(route.routes ?? []).map(({ matchers = [] }) => matchers),
    ...inhibitions.flatMap(({ source_matchers, target_matchers }) => [source_matchers, target_matchers]),
  ];

  it.each(all.flatMap((matchers) => named(matchers).map((name) => [name, matchers] as const)))(
    '%s is an alert of that severity',
    (name, matchers) => {
      const [, severities = '.*'] = /severity=~?"([^"]+)"/.exec(matchers.join(' ')) ?? [];
      const matching = rules.filter(
        ({ alert, severity }) =>
          new RegExp(`^(?:${name})$`).test(alert) && new RegExp(`^(?:${severities})$`).test(severity),
      );
      expect(matching).not.toEqual([]);
    },
  );

  it.each(inhibitions.map((rule) => [rule.target_matchers.join(), rule] as const))(
    'what silences %s is of the same cluster and job',
    (_, { equal }) => {
      expect(equal).toEqual(expect.arrayContaining(['cluster', 'job']));
      expect(equal.length).toBeGreaterThan(2);
    },
  );

  it('group no two clusters together', () => {
    for (const { group_by } of [route, ...(route.routes ?? [])])
      if (group_by !== undefined) expect(group_by).toContain('cluster');
  });
});

describe.skipIf(!has)(needs('routes'), () => {
  it('accepts the example and its templates', () => {
    expect(amtool('check-config', example)).toMatchObject({ status: 0 });
  });

  const pages = [
    'CalicoBGPIncident',
    'CalicoBGPWrongNextHop',
    'CalicoBGPRogueAnnouncer',
    'CalicoBGPDatastoreNeverRead',
    'CalicoBGPExporterDown',
    'CalicoBGPExporterAbsent',
    'CalicoBGPNotAuditing',
    'CalicoBGPAuditStale',
  ];
  it.each(rules)('$alert to who has to know', ({ alert, severity }) => {
    const { said } = amtool(
      'config',
      'routes',
      'test',
      `--config.file=${example}`,
      `alertname=${alert}`,
      `severity=${severity}`,
    );
    const team = severity === 'info' ? 'nobody' : 'team';
    expect(said).toBe(pages.includes(alert) ? 'on-call' : team);
  });
});

describe.skipIf(!has)(needs('writes'), () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'calico-bgp-message-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const alert = (status: string, n = 1) => ({
    status,
    labels: { alertname: 'CalicoBGPIncident', severity: 'critical' },
    annotations: {
      summary: `summary ${n}`,
      description: 'Users notice: connections time out.',
      runbook_url: 'https://docs.example/CalicoBGPIncident.md',
      dashboard_url: 'https://grafana.example/d/calico-bgp-overview',
    },
    startsAt: '2024-01-02T03:04:05Z',
  });
  const written = (part: string, status: string, alerts: readonly object[], commonLabels = {}) => {
    const data = path.join(folder, 'data.json');
    writeFileSync(data, JSON.stringify({ receiver: 'x', status, alerts, commonLabels }));
    const template = path.join('alerts', 'calico-bgp.tmpl');
    return amtool(
      'template',
      'render',
      `--template.glob=${template}`,
      `--template.data=${data}`,
      `--template.text={{ template "calico_bgp.${part}" . }}`,
    ).said;
  };

  it('a title', () => {
    expect(written('title', 'firing', [alert('firing')])).toBe('1 firing: summary 1');
    expect(written('title', 'firing', [alert('firing'), alert('firing')], { cluster: 'east' })).toBe(
      '2 firing in east: summary 1 and 1 more',
    );
    expect(written('title', 'resolved', [alert('resolved')])).toBe('resolved: summary 1');
  });

  it('what users notice and where to look, and does not call repaired what is only no longer known', () => {
    const links = [
      'Runbook: https://docs.example/CalicoBGPIncident.md',
      'Dashboard: https://grafana.example/d/calico-bgp-overview',
    ];
    expect(written('text', 'firing', [alert('firing'), alert('resolved', 2)])).toBe(
      [
        'critical: summary 1',
        'Users notice: connections time out.',
        'Since 2024-01-02 03:04:05 UTC',
        ...links,
        '',
        'resolved, or no longer known: summary 2',
        ...links,
      ].join('\n'),
    );
  });

  it('ten alerts of a large group, and how many there are beside', () => {
    const many = Array.from({ length: 200 }, (_, i) => alert('firing', i + 1));
    const text = written('text', 'firing', many);
    expect(text.match(/^critical: /gm)).toHaveLength(10);
    expect(text.endsWith('and 190 more')).toBe(true);
  });
});
