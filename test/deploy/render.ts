// What deploy/ becomes when kubectl and helm render it, as objects.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
// @ts-expect-error: plain JavaScript, since it runs before anything is installed
import { ensureKubeTools, helm, kubectl } from '../../scripts/kube-tools.mjs';

export const root = path.resolve(import.meta.dirname, '..', '..');
export const chart = path.join(root, 'deploy', 'helm', 'calico-bgp-exporter');

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Why nothing can be rendered here; undefined when it can. */
export const noTools: string | undefined = ensureKubeTools();

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 32 * 1024 * 1024, stdio: 'pipe' });
}

function objectsOf(text: string): KubeObject[] {
  return parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.map(String).join('\n'));
    const object = document.toJS() as KubeObject | null;
    return object ? [object] : [];
  });
}

/** `kubectl kustomize` of a folder below deploy/kustomize. Throws what kubectl prints. */
export function kustomize(folder: string): KubeObject[] {
  return kustomizeAt(path.join(root, 'deploy', 'kustomize', folder));
}

/** `kubectl kustomize` of any folder. */
export function kustomizeAt(folder: string): KubeObject[] {
  return objectsOf(run(kubectl, ['kustomize', folder]));
}

/** `helm template` with values as `--set` takes them. Throws what helm prints. */
export function helmTemplate(...set: readonly string[]): KubeObject[] {
  return helmTemplateOf(...set.flatMap((value) => ['--set', value]));
}

/** `helm template` with any flags. */
export function helmTemplateOf(...flags: readonly string[]): KubeObject[] {
  return objectsOf(run(helm, ['template', 'release', chart, '-n', 'calico-bgp-exporter', ...flags]));
}

/** What `helm install` says to whoever installs the chart; no cluster is asked. */
export function helmNotes(...set: readonly string[]): string {
  const values = set.flatMap((value) => ['--set', value]);
  const where = ['-n', 'calico-bgp-exporter', '--dry-run=client'];
  return run(helm, ['install', 'release', chart, ...where, ...values]).split('\nNOTES:\n')[1] ?? '';
}

/** `helm lint --strict`; returns what it prints, throws when it fails. */
export function helmLint(): string {
  return run(helm, ['lint', '--strict', chart]);
}

export const idOf = ({ kind, metadata: { name, namespace = '' } }: KubeObject) =>
  `${kind} ${namespace}/${name}`;
