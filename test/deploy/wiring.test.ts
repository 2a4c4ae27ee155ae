// Whether the objects of deploy/ fit together in a running cluster: selectors find pods, ports have the names that are asked for, what is mounted
// is there, and a node can be drained or die. An API server takes an object without any of this.
import { describe, expect, it } from 'vitest';
import { helmTemplate, idOf, type KubeObject, kustomize, noTools } from './render.ts';

type Labels = Readonly<Record<string, string>>;

interface Container {
  readonly ports: readonly { readonly name: string }[];
  readonly volumeMounts: readonly { readonly name: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}

interface Probe {
  readonly httpGet?: { readonly port: string };
  readonly tcpSocket?: { readonly port: string };
}

interface Workload extends KubeObject {
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels };
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly hostNetwork?: boolean;
        readonly serviceAccountName: string;
        readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
        readonly containers: readonly Container[];
        readonly volumes: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[];
      };
    };
  };
}

const includes = (labels: Labels = {}, wanted: Labels) =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

const of = <T>(objects: readonly KubeObject[], ...kinds: readonly string[]) =>
  objects.filter(({ kind }) => kinds.includes(kind)) as unknown as (KubeObject & T)[];

const workloads = (objects: readonly KubeObject[]) =>
  of<Workload>(objects, 'Deployment', 'DaemonSet', 'StatefulSet');

/** Workloads whose pods a selector finds. */
const found = (objects: readonly KubeObject[], labels: Labels) =>
  workloads(objects).filter(({ spec }) => includes(spec.template.metadata.labels, labels));

const portsOf = (workload: Workload) =>
  workload.spec.template.spec.containers.flatMap(({ ports }) => ports.map(({ name }) => name));

const monitored = [
  'monitoring.serviceMonitor.enabled=true',
  'monitoring.prometheusRule.enabled=true',
  'dashboards.enabled=true',
];

const sources: Readonly<Record<string, () => KubeObject[]>> = {
  agent: () => kustomize('overlays/agent'),
  'agent-shards': () => kustomize('overlays/agent-shards'),
  exec: () => kustomize('overlays/exec'),
  'node-status': () => kustomize('overlays/node-status'),
  'the chart with everything': () =>
    helmTemplate('nodes.agent.enabled=true', 'nodes.exec.enabled=true', 'auditor.shards=2', ...monitored),
  'the chart on other ports': () =>
    helmTemplate(
      'nodes.agent.enabled=true',
      'nodes.agent.port=19999',
      'service.port=80',
      'webConfigSecret=web',
      ...monitored,
    ),
};

describe.skipIf(noTools !== undefined)(`wiring${noTools ? ` (skipped: ${noTools})` : ''}`, () => {
  describe.each(Object.entries(sources))('%s', (_, render) => {
    const objects = noTools === undefined ? render() : [];
    const ids = objects.map((object) => idOf(object).replace(/-[0-9a-z]{10}$/, ''));

    it('has services that lead to a port of pods that there are', () => {
      for (const { spec, metadata } of of<{ spec: { selector: Labels; ports: { targetPort: string }[] } }>(
        objects,
        'Service',
      )) {
        const [workload, ...others] = found(objects, spec.selector);
        expect(others, metadata.name).toEqual([]);
        for (const { targetPort } of spec.ports) expect(portsOf(workload as Workload)).toContain(targetPort);
      }
    });

    it('is scraped at a port that its service has', () => {
      const [monitor] = of<{ spec: { selector: { matchLabels: Labels }; endpoints: { port: string }[] } }>(
        objects,
        'ServiceMonitor',
      );
      const services = of<{ spec: { ports: { name: string }[] } }>(objects, 'Service').filter(
        ({ metadata }) => includes(metadata.labels, monitor?.spec.selector.matchLabels ?? {}),
      );
      expect(services.map(({ metadata }) => metadata.name)).toEqual(['calico-bgp-exporter']);
      const named = services.flatMap(({ spec }) => spec.ports.map(({ name }) => name));
      for (const { port } of monitor?.spec.endpoints ?? []) expect(named).toContain(port);
    });

    it('asks probes at ports that its pods have', () => {
      for (const workload of workloads(objects))
        for (const { startupProbe, livenessProbe, readinessProbe } of workload.spec.template.spec.containers)
          for (const probe of [startupProbe ?? livenessProbe, livenessProbe, readinessProbe])
            expect(portsOf(workload)).toContain((probe.httpGet ?? probe.tcpSocket)?.port);
    });

    it('has the pods, accounts, volumes and configurations that it names', () => {
      for (const { spec } of workloads(objects)) {
        const { containers, volumes, serviceAccountName } = spec.template.spec;
        expect(includes(spec.template.metadata.labels, spec.selector.matchLabels)).toBe(true);
        expect(ids).toContain(`ServiceAccount calico-bgp-exporter/${serviceAccountName}`);
        const mounted = containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name));
        expect(mounted.sort()).toEqual(volumes.map(({ name }) => name).sort());
        const maps = volumes.flatMap(({ configMap }) =>
          configMap ? [(configMap as { name: string }).name] : [],
        );
        for (const name of maps)
          expect(ids).toContain(`ConfigMap calico-bgp-exporter/${name.replace(/-[0-9a-z]{10}$/, '')}`);
      }
    });

    it('mounts secrets so that its group alone reads them', () => {
      const mounts = workloads(objects).flatMap(({ spec }) => spec.template.spec.volumes);
      const secrets = mounts.flatMap(({ secret }) => (secret ? [secret as { defaultMode: number }] : []));
      expect(secrets.length).toBeGreaterThan(0);
      for (const { defaultMode } of secrets) expect(defaultMode).toBe(0o440);
    });

    it('lets a node be drained, also while the auditor is not ready', () => {
      const [budget] = of<{ spec: { selector: { matchLabels: Labels } } }>(objects, 'PodDisruptionBudget');
      expect(found(objects, budget?.spec.selector.matchLabels ?? {})).toHaveLength(1);
      // One of one may go; without AlwaysAllow one that is not ready may not (policy/v1, "healthy pods wanted: 0").
      expect(budget?.spec).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    });

    it('leaves a dead node after a minute; agents and shards stay, since nothing would take their place', () => {
      for (const { kind, spec } of workloads(objects)) {
        const { tolerations } = spec.template.spec;
        if (kind === 'DaemonSet') expect(tolerations).toEqual([{ operator: 'Exists' }]);
        else
          expect(tolerations).toEqual(
            ['not-ready', 'unreachable'].map((taint) => ({
              key: `node.kubernetes.io/${taint}`,
              operator: 'Exists',
              effect: 'NoExecute',
              ...(kind === 'Deployment' && { tolerationSeconds: 60 }),
            })),
          );
      }
    });

    it('may resolve names wherever that is done, and ask switches, agents and the API server', () => {
      const policies = of<{
        spec: {
          podSelector: { matchLabels: Labels };
          ingress: { ports: { port: string }[] }[];
          egress: { to?: object; ports: { port: number; protocol: string }[] }[];
        };
      }>(objects, 'NetworkPolicy');
      const onHost = workloads(objects).some(
        ({ kind, spec }) => kind !== 'DaemonSet' && spec.template.spec.hostNetwork,
      );
      expect(policies).toHaveLength(onHost ? 0 : 1);
      for (const { spec } of policies) {
        const [auditor] = found(objects, spec.podSelector.matchLabels);
        for (const { port } of spec.ingress.flatMap(({ ports }) => ports))
          expect(portsOf(auditor as Workload)).toContain(port);
        const anywhere = spec.egress.flatMap(({ to, ports }) => (to === undefined ? ports : []));
        const agents = of<{ spec: { ports: { port: number }[] } }>(objects, 'Service').filter(
          ({ metadata }) => metadata.name.endsWith('-agent'),
        );
        for (const wanted of [
          ...agents.flatMap(({ spec: { ports } }) => ports.map(({ port }) => `${port}/TCP`)),
          ...['53/UDP', '53/TCP', '443/TCP', '6443/TCP', '161/UDP', '22/TCP'],
        ])
          expect(anywhere.map(({ port, protocol }) => `${port}/${protocol}`)).toContain(wanted);
      }
    });
  });
});
