// What deploy/README.md prints to be copied is rendered as it stands there: the overlay of one's own and the chart's values.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMounted } from './mounted.ts';
import { helmTemplate, helmTemplateOf, type KubeObject, kustomizeAt, noTools, root } from './render.ts';
import { schemaProblems } from './schema.ts';

interface Container {
  readonly args: readonly string[];
  readonly volumeMounts: readonly { readonly name: string }[];
  readonly startupProbe: object;
  readonly livenessProbe: object;
  readonly readinessProbe: object;
}

const blocks = [
  ...readFileSync(path.join(root, 'deploy', 'README.md'), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g),
].map(([, text = '']) => text);
const blockWith = (part: string) => blocks.find((text) => text.includes(part)) ?? '';

const dataOf = (objects: readonly KubeObject[], name: RegExp) => {
  const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && name.test(metadata.name));
  return (map?.data ?? {}) as Readonly<Record<string, string>>;
};

const imagesOf = (objects: readonly KubeObject[]) =>
  [...JSON.stringify(objects).matchAll(/"image":"([^"]+)"/g)].map(([, image]) => image);

/** A copy of deploy/kustomize with an overlay of one's own in it; gives the overlay's folder. */
function ownOverlay(kustomization: string): string {
  const work = mkdtempSync(path.join(tmpdir(), 'overlay-'));
  for (const folder of ['deploy/kustomize', 'alerts', 'dashboards'])
    cpSync(path.join(root, folder), path.join(work, folder), { recursive: true });
  const own = path.join(work, 'deploy/kustomize/overlays/own');
  mkdirSync(own);
  const files = { 'kustomization.yaml': kustomization, 'config.yml': 'mine', known_hosts: 'keys' };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(own, name), text);
  return own;
}

/** The auditor's container, and how the web configuration is mounted. */
function auditorOf(objects: readonly KubeObject[]) {
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as unknown as {
    spec: { template: { spec: { containers: Container[]; volumes: { name: string }[] } } };
  };
  const { containers, volumes } = deployment.spec.template.spec;
  const [container] = containers;
  if (!container) throw new Error('the auditor has no container');
  const web = [...container.volumeMounts, ...volumes].filter(({ name }) => name === 'web');
  return { ...container, web };
}

describe.skipIf(noTools !== undefined)(`deploy/README.md${noTools ? ` (skipped: ${noTools})` : ''}`, () => {
  it("shows an overlay of one's own that takes registry, switches and host keys", () => {
    const objects = kustomizeAt(ownOverlay(blockWith('kind: Kustomization')));
    expect(objects.flatMap(schemaProblems)).toEqual([]);
    expect(imagesOf(objects)).toEqual(Array(2).fill('REGISTRY/calico-bgp-exporter:0.1.0'));
    expect(dataOf(objects, /-config-/)).toEqual({ 'config.yml': 'mine' });
    expect(dataOf(objects, /-known-hosts-/)).toEqual({ known_hosts: 'keys' });
  });

  it('has TLS and users for shards as well', () => {
    const shards = blockWith('kind: Kustomization').replace('../agent', '../agent-shards');
    const set = kustomizeAt(ownOverlay(`${shards}components: [../../components/web-config]\n`)).find(
      ({ kind }) => kind === 'StatefulSet',
    );
    expect(JSON.stringify(set?.spec)).toContain('--web.config.file');
  });

  it('shows how to ask for TLS and users, with the component as with the chart', () => {
    const own = ownOverlay(`${blockWith('kind: Kustomization')}components: [../../components/web-config]\n`);
    const chart = helmTemplate('nodes.agent.enabled=true', 'webConfigSecret=calico-bgp-exporter-web');
    const [component, values] = [kustomizeAt(own), chart].map(auditorOf);
    expect(component?.args.slice(-2)).toEqual(['--web.config.file', '/etc/calico-bgp-exporter/web/web.yml']);
    for (const field of ['args', 'startupProbe', 'livenessProbe', 'readinessProbe'] as const)
      expect(values?.[field], field).toEqual(component?.[field]);
    expect(values?.web).toEqual(component?.web);
    expect(values?.livenessProbe).toMatchObject({ tcpSocket: { port: 'http' } });
    const monitor = helmTemplate(
      'monitoring.serviceMonitor.enabled=true',
      'monitoring.serviceMonitor.endpoint.scheme=https',
    ).find(({ kind }) => kind === 'ServiceMonitor');
    expect(monitor?.spec).toMatchObject({ endpoints: [{ scheme: 'https' }] });
  });

  it('shows values of the chart that the exporter starts with', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'values-')), 'my-values.yaml');
    writeFileSync(file, blockWith('image: {'));
    const objects = helmTemplateOf('--set', 'nodes.agent.enabled=true', '-f', file);
    expect(objects.flatMap(schemaProblems)).toEqual([]);
    expect(imagesOf(objects)).toEqual(Array(2).fill('REGISTRY/calico-bgp-exporter:0.1.0'));
    const config = await loadMounted(dataOf(objects, /-config$/)['config.yml'] ?? '');
    expect(config.switches.map(({ name }) => name)).toEqual(['leaf01']);
    expect(config.nodeDiscovery).toBeDefined();
  });
});
