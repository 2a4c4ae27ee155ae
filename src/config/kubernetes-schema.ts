// How a Kubernetes API server is found and logged in to: the options that `datastore.kubernetes` and the Services beside etcd
// have in common. What has to exist is checked in kubernetes.ts.
import { path, word } from './values.ts';

export const kubernetesAccess = {
  kubeconfig: path
    .optional()
    .describe(
      'A kubeconfig file; without it the service account of the pod in which the exporter runs. Read again when its credentials are refused.',
    ),
  context: word.optional().describe('A context of the kubeconfig, instead of its current one.'),
};
