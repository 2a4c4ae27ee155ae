// Alert rules: valid, true to the metrics, documented, and each one tested by promtool for pending, firing and resolved.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertSources, usersNotice, withCatalogue } from '../../scripts/alert-texts.ts';
import { because } from '../because.ts';
import { problemsOf } from '../dashboards/catalogue.ts';

interface Rule {
  readonly alert: string;
  /** Of a recording rule, in place of `alert`. */
  readonly record?: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook_url: string;
    readonly dashboard_url: string;
  };
}

interface AlertTest {
  readonly promql_expr_test?: readonly {
    readonly expr: string;
    readonly exp_samples?: readonly { readonly labels?: string; readonly value: number }[];
  }[];
  readonly alert_rule_test?: readonly {
    readonly alertname: string;
    readonly eval_time: string;
    readonly exp_alerts: readonly unknown[];
  }[];
}

const root = path.resolve(import.meta.dirname, '..', '..');
const rulesFile = path.join(root, 'alerts', 'calico-bgp.rules.yml');
const text = (file: string) => readFileSync(file, 'utf8');
const groups = (parse(text(rulesFile)) as { groups: { name: string; interval: string; rules: Rule[] }[] })
  .groups;
const recorded = groups.flatMap((group) => group.rules.filter(({ alert }) => alert === undefined));
const rules = groups.flatMap((group) => group.rules.filter(({ alert }) => alert !== undefined));
const testFiles = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test.yml'));
const tests = testFiles.flatMap(
  (file) => (parse(text(path.join(import.meta.dirname, file))) as { tests: AlertTest[] }).tests,
);

const has = (tool: string) => spawnSync(tool, ['--version']).status === 0;
const run = (tool: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(tool, args, { cwd: root, encoding: 'utf8' });
  return { status, said: stdout + stderr };
};
const seconds = (time: string) => Number.parseInt(time, 10) * (time.endsWith('m') ? 60 : 1);

it('there is a runbook for each alert and for nothing else', () => {
  const pages = readdirSync(path.join(root, 'docs', 'runbooks')).map((file) => file.replace('.md', ''));
  expect(pages.sort()).toEqual(rules.map(({ alert }) => alert).sort());
});

it.each(recorded.map((rule) => [rule.record ?? '', rule] as const))(
  '%s is named level:metric:operation and tested',
  (name, rule) => {
    expect(name).toMatch(/^[a-z_]+:calico_bgp_\w+:(sum|count|max|min)$/);
    expect(problemsOf(rule.expr)).toEqual([]);
    expect(
      tests.flatMap(({ promql_expr_test = [] }) => promql_expr_test).some(({ expr }) => expr === name),
    ).toBe(true);
  },
);

describe('the catalogue', () => {
  const named = Object.entries(alertSources);

  it.each(named)('is what %s says of users', (name, source) => {
    const rule = rules.find(({ alert }) => alert === name);
    expect(rule?.annotations.description).toContain(usersNotice(source));
    // Alerts that stand for causes by their label name the very same.
    const [, pattern] = /cause=~"([^"]+)"/.exec(rule?.expr ?? '') ?? [];
    if (pattern !== undefined && 'causes' in source)
      expect(pattern.split('|').sort()).toEqual([...source.causes].sort());
  });

  it('is asked for every alert that has a cause in its rule', () => {
    const byCause = rules.filter(({ expr }) => expr.includes('cause=~')).map(({ alert }) => alert);
    expect(named.map(([name]) => name)).toEqual(expect.arrayContaining(byCause));
    expect(byCause.length).toBeGreaterThan(3);
  });

  it('fails for words of its own', () => {
    const [before = '', after = ''] = text(rulesFile).split('Users notice: load is not spread');
    expect(withCatalogue(`${before}Users notice: nobody knows${after}`)).toBe(text(rulesFile));
    expect(() => withCatalogue(text(rulesFile).replaceAll('Users notice', 'Users see'))).toThrow(
      'has no line',
    );
  });
});

describe('rules', () => {
  it('are evaluated every 15 s', () => {
    expect(groups.map(({ interval }) => interval)).toEqual(groups.map(() => '15s'));
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))('%s is whole', (name, rule) => {
    expect(name).toMatch(/^CalicoBGP[A-Z][A-Za-z]+$/);
    expect(['critical', 'warning', 'info']).toContain(rule.labels.severity);
    const { summary, description, runbook_url, dashboard_url } = rule.annotations;
    expect(summary).not.toBe('');
    expect(description.length).toBeGreaterThan(60);
    expect(description).toContain('Users notice: ');
    expect(runbook_url).toBe(
      `{{ with $externalLabels.calico_bgp_docs }}{{ . }}/{{ end }}docs/runbooks/${name}.md`,
    );
    const runbook = text(path.join(root, 'docs', 'runbooks', `${name}.md`));
    for (const part of ['What it means', 'What users notice', 'First three commands'])
      expect(runbook).toContain(part);
    expect(text(path.join(root, 'docs', 'alerts.md'))).toContain(`[${name}](runbooks/${name}.md)`);
    const [, uid = ''] = /\/d\/([\w-]+)/.exec(dashboard_url) ?? [];
    expect(existsSync(path.join(root, 'dashboards', `${uid}.json`)), uid).toBe(true);
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s uses metrics and labels that exist',
    (_, rule) => {
      const { summary, description } = rule.annotations;
      const shown = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(
        ([, label = '']) => label,
      );
      expect(problemsOf(rule.expr, shown)).toEqual([]);
      for (const [, query = ''] of description.matchAll(/printf "([^ ]+)" \$labels/g)) {
        expect(problemsOf(query.replaceAll('\\"', '"').replaceAll('%q', '"x"'))).toEqual([]);
      }
      for (const [, label = ''] of description.matchAll(/label "(\w+)"/g)) {
        const [, query = ''] = /printf "(\w+)/.exec(description) ?? [];
        expect(problemsOf(query, [label])).toEqual([]);
      }
    },
  );

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s is tested before it fires, firing and resolved',
    (name, rule) => {
      const times = tests.flatMap(({ alert_rule_test = [] }) => {
        const own = alert_rule_test.filter(({ alertname }) => alertname === name);
        const firing = own
          .filter(({ exp_alerts }) => exp_alerts.length > 0)
          .map(({ eval_time }) => seconds(eval_time));
        const quiet = own
          .filter(({ exp_alerts }) => exp_alerts.length === 0)
          .map(({ eval_time }) => seconds(eval_time));
        if (firing.length === 0) return [];
        return {
          before: quiet.some((time) => time < Math.min(...firing)),
          resolved: quiet.some((time) => time > Math.max(...firing)),
        };
      });
      expect(
        times.some(({ before }) => before),
        'not firing',
      ).toBe(true);
      expect(
        times.some(({ resolved }) => resolved),
        'resolved',
      ).toBe(true);
      if (rule.for === '0s') return;
      const pending = tests
        .flatMap(({ promql_expr_test = [] }) => promql_expr_test)
        .some((test) => showsPending(test, name));
      expect(pending, 'pending').toBe(true);
    },
  );
});

/** True when the answer that a test expects has this alert as pending: in its labels, or by what the query selects. */
function showsPending(
  { expr, exp_samples = [] }: NonNullable<AlertTest['promql_expr_test']>[number],
  name: string,
): boolean {
  const wanted = [`alertname="${name}"`, 'alertstate="pending"'];
  return exp_samples.some(({ labels = '' }) =>
    wanted.every((part) => labels.includes(part) || expr.includes(part)),
  );
}

describe.skipIf(!has('promtool'))(
  because(!has('promtool'), 'promtool (of the package prometheus)', 'the program is not installed'),
  () => {
    it('accepts the rules', () => {
      expect(run('promtool', 'check', 'rules', rulesFile)).toMatchObject({ status: 0 });
    });

    it.each(testFiles)('%s', (file) => {
      const { status, said } = run('promtool', 'test', 'rules', path.join('test', 'alerts', file));
      expect(status, said).toBe(0);
    });
  },
);
