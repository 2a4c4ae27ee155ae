// The way to a Kubernetes API server, read and checked: the kubeconfig is there, and a context has one to be found in.
import type { KubernetesLogin } from './config.ts';
import { type Context, readablePath, report } from './context.ts';
import type { Path } from './source.ts';

interface Section {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** The section at `at` with the path resolved; problems are noted. */
export function readKubernetesLogin(context: Context, at: Path, section: Section): KubernetesLogin {
  const { kubeconfig, context: name } = section;
  if (name !== undefined && kubeconfig === undefined) {
    report(context, [...at, 'context'], 'needs a kubeconfig beside it; a service account has no contexts');
  }
  const file =
    kubeconfig === undefined ? undefined : readablePath(context, [...at, 'kubeconfig'], kubeconfig, 'file');
  return { ...(file !== undefined && { kubeconfig: file }), ...(name !== undefined && { context: name }) };
}
