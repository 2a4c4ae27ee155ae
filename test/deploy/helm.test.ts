// The chart: linted, its values checked by its schema, and its objects the same as those of deploy/kustomize.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  helmLint,
  helmNotes,
  helmTemplate,
  idOf,
  type KubeObject,
  kustomize,
  noTools,
  root,
} from './render.ts';
import { schemaProblems } from './schema.ts';

const everything = [
  'monitoring.serviceMonitor.enabled=true',
  'monitoring.prometheusRule.enabled=true',
  'dashboards.enabled=true',
];

/** Values that give what an overlay gives. */
const overlays: Readonly<Record<string, readonly string[]>> = {
  agent: ['nodes.agent.enabled=true', 'auditor.hostNetwork=true', ...everything],
  'agent-shards': ['nodes.agent.enabled=true', 'auditor.hostNetwork=true', 'auditor.shards=3', ...everything],
  exec: ['nodes.exec.enabled=true', ...everything],
  'node-status': ['nodes.nodeStatus.enabled=true', ...everything],
};

/** What both must agree on: all but what Helm adds, generated names and the user's own configuration. */
function essence(object: KubeObject): unknown {
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (
      /^(app\.kubernetes\.io\/(managed-by|instance|version|part-of)|helm\.sh\/chart|checksum\/config)$/.test(
        key,
      )
    )
      return undefined;
    // Lists of named things are in the order in which a component or a template adds them.
    if (Array.isArray(value) && /^(volumes|volumeMounts)$/.test(key))
      return value.toSorted((x, y) => (x.name < y.name ? -1 : 1));
    if (key === 'imagePullPolicy' || key === 'annotations' || key === 'generation') return undefined;
    return value;
  });
  const plain = JSON.parse(text.replace(/(calico-bgp-exporter-(?:config|known-hosts))-[0-9a-z]{10}/g, '$1'));
  if (object.kind !== 'ConfigMap') return plain;
  // The dashboards are the same but for the end of the last line.
  const files: readonly [string, string][] = Object.entries(plain.data);
  plain.data = Object.fromEntries(
    files.flatMap(([name, text]) => (name.endsWith('.json') ? [[name, text.trimEnd()]] : [])),
  );
  return plain;
}

const byId = (objects: readonly KubeObject[]) => {
  const wanted = objects.filter(({ kind }) => kind !== 'Namespace');
  return Object.fromEntries(
    wanted.map((object) => [idOf(object).replace(/-[0-9a-z]{10}$/, ''), essence(object)]),
  );
};

describe.skipIf(noTools !== undefined)(`helm${noTools ? ` (skipped: ${noTools})` : ''}`, () => {
  it('passes its linter', () => {
    expect(helmLint()).toContain('0 chart(s) failed');
  });

  it.each(Object.entries(overlays))('gives the objects of the overlay %s', (overlay, values) => {
    const chart = helmTemplate(...values);
    expect(chart.flatMap(schemaProblems)).toEqual([]);
    expect(byId(chart)).toEqual(byId(kustomize(`overlays/${overlay}`)));
  });

  it('can be used without roles, budget and network policy', () => {
    const objects = helmTemplate(
      'rbac.create=false',
      'podDisruptionBudget.enabled=false',
      'networkPolicy.enabled=false',
    );
    expect(objects.map(idOf).sort()).toEqual([
      'ConfigMap calico-bgp-exporter/calico-bgp-exporter-config',
      'ConfigMap calico-bgp-exporter/calico-bgp-exporter-known-hosts',
      'Deployment calico-bgp-exporter/calico-bgp-exporter',
      'Service calico-bgp-exporter/calico-bgp-exporter',
      'ServiceAccount calico-bgp-exporter/calico-bgp-exporter',
    ]);
  });

  describe('of several shards', () => {
    const one = <T>(objects: readonly KubeObject[], wanted: RegExp): T => {
      const object = objects.find((each) => wanted.test(idOf(each)));
      if (!object) throw new Error(`the chart makes no ${wanted}`);
      return object as T;
    };
    const shardsOf = (objects: readonly KubeObject[]) =>
      parse(one<{ data: Record<string, string> }>(objects, /^ConfigMap .*-config$/).data['config.yml'] ?? '')
        .shards;

    it('tells each where the others are, unless the configuration does, and lets them ask each other', () => {
      const objects = helmTemplate('auditor.shards=2');
      const peers = 'http://calico-bgp-exporter-{i}.calico-bgp-exporter-shards:10179';
      expect(shardsOf(objects)).toEqual({ peers });
      const own = helmTemplate('auditor.shards=2', 'config.shards.peers=http://shard-\\{i\\}.example:10179');
      expect(shardsOf(own)).toEqual({ peers: 'http://shard-{i}.example:10179' });
      const { spec } = one<{ spec: { podSelector: object; egress: unknown[] } }>(objects, /^NetworkPolicy/);
      expect(spec.egress).toContainEqual({
        to: [{ podSelector: spec.podSelector }],
        ports: [{ port: 10179, protocol: 'TCP' }],
      });
    });

    it('leaves one auditor as it was', () => {
      const objects = helmTemplate('auditor.shards=1');
      expect(objects).toEqual(helmTemplate());
      expect(objects.map(({ kind }) => kind)).not.toContain('StatefulSet');
      expect(shardsOf(objects)).toBeUndefined();
    });

    it('keeps shards apart only as long as nothing else is said of their place', () => {
      const affinityOf = (...values: string[]) => {
        const objects = helmTemplate('auditor.shards=2', ...values);
        const { spec } = one<{ spec: { template: { spec: { affinity: object } } } }>(objects, /^StatefulSet/);
        return Object.keys(spec.template.spec.affinity);
      };
      expect(affinityOf()).toEqual(['podAntiAffinity']);
      expect(affinityOf('auditor.affinity.nodeAffinity.x=1')).toEqual(['nodeAffinity']);
    });
  });

  it.each([
    ['auditor.shards=0', /shards/],
    ['image.pullPolicy=Sometimes', /pullPolicy/],
    ['nodes.agnet.enabled=true', /agnet/],
    ['service.port=0', /port/],
    ['nodes.agent.enabled=yes please', /enabled/],
    ['config.swiches=1', /swiches/],
  ])('refuses the value %s', (value, message) => {
    expect(() => helmTemplate(value)).toThrow(message);
  });

  it('knows the sections of the configuration', () => {
    const sectionsOf = (file: string, ...keys: string[]) =>
      keys.reduce((at, key) => at[key], JSON.parse(readFileSync(path.join(root, file), 'utf8')));
    const values = 'deploy/helm/calico-bgp-exporter/values.schema.json';
    const named = sectionsOf(values, 'properties', 'config', 'propertyNames', 'enum');
    expect(named.toSorted()).toEqual(Object.keys(sectionsOf('docs/config.schema.json', 'properties')).sort());
  });

  it('says in the configuration how nodes are read, as the overlays do, unless it is said there', () => {
    const discoveryOf = (objects: readonly KubeObject[]) => {
      const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && /-config/.test(metadata.name));
      const data = map?.data as Record<string, string> | undefined;
      return parse(data?.['config.yml'] ?? '{}').nodeDiscovery;
    };
    expect(discoveryOf(helmTemplate())).toBeUndefined();
    for (const name of ['agent', 'exec'])
      expect(discoveryOf(helmTemplate(`nodes.${name}.enabled=true`))).toEqual(
        discoveryOf(kustomize(`overlays/${name}`)),
      );
    const statuses = ['nodes.nodeStatus.enabled=true', 'nodes.nodeStatus.manage=true'];
    expect(discoveryOf(helmTemplate(...statuses))).toEqual({ status: { manage: true } });
    const own = 'config.nodeDiscovery.exec.namespaces={kube-system}';
    expect(discoveryOf(helmTemplate('nodes.agent.enabled=true', own))).toEqual({
      exec: { namespaces: ['kube-system'] },
    });
  });

  it('adds who may look and what is asked to the network policy', () => {
    const peer = { namespaceSelector: { matchLabels: { name: 'ingress' } } };
    const [policy] = helmTemplate(
      'networkPolicy.extraFrom[0].namespaceSelector.matchLabels.name=ingress',
      'networkPolicy.extraEgress[0].ports[0].port=2379',
    ).filter(({ kind }) => kind === 'NetworkPolicy');
    expect(schemaProblems(policy as KubeObject)).toEqual([]);
    const spec = policy?.spec as { ingress: { from: object[] }[]; egress: object[] } | undefined;
    expect(spec?.ingress[0]?.from).toContainEqual(peer);
    expect(spec?.egress).toContainEqual({ ports: [{ port: 2379 }] });
  });

  it('tells whoever installs it what is still to be done', () => {
    const nothing = helmNotes();
    expect(nothing).toContain('port-forward service/calico-bgp-exporter 10179:10179');
    expect(nothing).toContain('there is nothing to ask');
    expect(nothing).not.toContain('Secret');
    const agents = helmNotes('nodes.agent.enabled=true', 'auditor.shards=2', 'auditor.hostNetwork=true');
    expect(agents).not.toContain('nothing to ask');
    for (const part of [
      'Secret calico-bgp-exporter-agent',
      'No switch is asked',
      'statefulset/',
      'privileged',
    ])
      expect(agents).toContain(part);
    const whole = helmNotes(
      'nodes.exec.enabled=true',
      'config.switches[0].name=leaf01',
      'monitoring.serviceMonitor.enabled=true',
    );
    expect(whole).not.toMatch(/WARNING|not read|No switch|Prometheus/);
  });

  it('lets the exporter make node statuses only where that is asked for', () => {
    const verbs = (values: readonly string[]) =>
      helmTemplate('nodes.nodeStatus.enabled=true', ...values)
        .filter(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name.endsWith('node-status'))
        .flatMap(({ rules }) => (rules as { verbs: string[] }[]).flatMap((rule) => rule.verbs));
    expect(verbs([])).toEqual(['list']);
    expect(verbs(['nodes.nodeStatus.manage=true'])).toEqual(['list', 'create', 'delete']);
  });
});
