// Every kustomization renders to objects that an API server takes, with the least privilege that deploy/README.md promises.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { peerUrls } from '../../src/exporter/shard-peers.ts';
import { loadMounted } from './mounted.ts';
import { idOf, type KubeObject, kustomize, noTools, root } from './render.ts';
import { schemaProblems } from './schema.ts';

const overlays = readdirSync(path.join(root, 'deploy', 'kustomize', 'overlays'));
const folders = ['base', 'monitoring', ...overlays.map((name) => `overlays/${name}`)];

interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly {
    readonly name: string;
    readonly image: string;
    readonly resources: { readonly requests: object; readonly limits: object };
    readonly securityContext: Readonly<Record<string, unknown>>;
    readonly livenessProbe?: object;
    readonly readinessProbe?: object;
  }[];
}

interface StatefulSet {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas: number;
    readonly serviceName: string;
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly args: readonly string[]; readonly env?: object }[];
      };
    };
  };
}

function podOf(object: KubeObject): PodSpec | undefined {
  if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(object.kind)) return undefined;
  return (object.spec as { template: { spec: PodSpec } }).template.spec;
}

describe.skipIf(noTools !== undefined)(`kustomize${noTools ? ` (skipped: ${noTools})` : ''}`, () => {
  describe.each(folders)('%s', (folder) => {
    const objects = noTools === undefined ? kustomize(folder) : [];

    it('renders objects without unknown fields or wrong types', () => {
      expect(objects.length).toBeGreaterThan(2);
      expect(objects.flatMap(schemaProblems)).toEqual([]);
    });

    it('has each object once, in a namespace or cluster-wide', () => {
      const ids = objects.map(idOf);
      expect(new Set(ids).size).toBe(ids.length);
      const clusterWide = ['Namespace', 'ClusterRole', 'ClusterRoleBinding'];
      for (const object of objects)
        expect(object.metadata.namespace === undefined, idOf(object)).toBe(clusterWide.includes(object.kind));
    });

    it('runs nothing as root or with more than it needs', () => {
      for (const pod of objects.flatMap((object) => podOf(object) ?? [])) {
        expect(pod.securityContext).toMatchObject({
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        for (const container of pod.containers) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          expect(container.resources.limits).toHaveProperty('memory');
          expect(container.resources.requests).toHaveProperty('cpu');
          expect(container.livenessProbe).toBeDefined();
          expect(container.readinessProbe).toBeDefined();
        }
      }
    });

    it('has a configuration that the exporter takes', async () => {
      const maps = objects.filter(
        ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.includes('-config'),
      );
      expect(maps.length).toBe(folder === 'monitoring' ? 0 : 1);
      for (const map of maps) {
        const text = (map.data as Record<string, string>)['config.yml'] ?? '';
        await loadMounted(text);
      }
    });
  });
});

describe.skipIf(noTools !== undefined)(`shards${noTools ? ` (skipped: ${noTools})` : ''}`, () => {
  const objects = noTools === undefined ? kustomize('overlays/agent-shards') : [];
  const of = (kind: string) =>
    objects.filter(
      (object) => object.kind === kind && object.metadata.name.startsWith('calico-bgp-exporter'),
    );

  it('are as many pods as --shard says, each with its index, asked by names that there are', () => {
    const [set] = of('StatefulSet') as unknown as StatefulSet[];
    expect(of('Deployment')).toEqual([]);
    const { replicas, serviceName, selector, template } = set?.spec ?? {};
    const [container] = template?.spec.containers ?? [];
    expect(container?.args.slice(-2)).toEqual(['--shard', `$(SHARD)/${replicas}`]);
    expect(container?.env).toEqual([
      {
        name: 'SHARD',
        valueFrom: { fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } },
      },
    ]);
    const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === serviceName);
    expect(service?.spec).toMatchObject({
      clusterIP: 'None',
      selector: selector?.matchLabels,
      ports: [{ port: 10179 }],
    });
    const [map] = objects.filter(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.includes('-config'),
    );
    const { shards } = parse((map?.data as Record<string, string> | undefined)?.['config.yml'] ?? '') as {
      shards: { peers: string };
    };
    expect(peerUrls(shards, { index: 0, count: replicas ?? 0 })).toEqual(
      [0, 1, 2].map((i) => `http://${set?.metadata.name}-${i}.${serviceName}:10179`),
    );
  });

  it('are scraped once each', () => {
    const [monitor] = of('ServiceMonitor') as unknown as { spec: { selector: { matchLabels: object } } }[];
    const scraped = of('Service').filter(({ metadata }) =>
      Object.entries(monitor?.spec.selector.matchLabels ?? {}).every(
        ([key, value]) => metadata.labels?.[key] === value,
      ),
    );
    expect(scraped.map(({ metadata }) => metadata.name)).toEqual(['calico-bgp-exporter']);
  });
});

it('knows what an API server refuses', () => {
  const wrong = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'x', label: {} },
    spec: { replicas: '1', template: { spec: { containers: [{ name: 'x', imagePolicy: 'Always' }] } } },
  };
  expect(schemaProblems(wrong)).toEqual([
    'Deployment x.metadata.label: no such field in V1ObjectMeta',
    'Deployment x.spec.replicas: must be a number, is string',
    'Deployment x.spec.template.spec.containers[0].imagePolicy: no such field in V1Container',
  ]);
  const monitor = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: 'x' },
    spec: { endpoints: [{ port: 'http', intervall: '15s' }] },
  };
  expect(schemaProblems(monitor)).toEqual(['ServiceMonitor spec.endpoints.*.intervall: no such field']);
});
