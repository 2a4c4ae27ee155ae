// The options of `datastore`: one section per place where Kubernetes and Calico objects can come from.
// What exactly one of them means, and what has to exist, is checked in datastore.ts.
import * as z from 'zod';
import { calicoApiGroups } from './config.ts';
import { etcd } from './etcd-schema.ts';
import { kubernetesAccess } from './kubernetes-schema.ts';
import { list, path } from './values.ts';

const kubernetes = z.strictObject({
  ...kubernetesAccess,
  calicoApiGroup: z
    .enum(['auto', ...calicoApiGroups])
    .default('auto')
    .describe(
      "Where Calico's objects are read: `auto` takes the variable CALICO_API_GROUP, else `crd.projectcalico.org/v1` where it is served, else `projectcalico.org/v3`, as calico-node does.",
    ),
});

export const datastoreSchema = z
  .strictObject({
    files: list(path, 'file')
      .optional()
      .describe('YAML or JSON files of objects, or directories of such files.'),
    kubernetes: kubernetes
      .optional()
      .describe(
        "The API server of a cluster whose Calico keeps its objects in Kubernetes. `kubernetes: {}` asks with the pod's own service account; docs/datastores.md lists the rights it needs.",
      ),
    etcd: etcd
      .optional()
      .describe("Calico's own etcd (its etcdv3 datastore), v3.4 or newer, by its JSON gateway."),
  })
  .describe('Where the Kubernetes and Calico objects come from: exactly one source.');
