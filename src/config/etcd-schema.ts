// The options of datastore.etcd, as calicoctl and calico-node know them by other names (etcdEndpoints, etcdCACertFile,
// etcdCertFile, etcdKeyFile, etcdUsername, etcdPassword). What one has to do with another is in etcd.ts.
import * as z from 'zod';
import { kubernetesAccess } from './kubernetes-schema.ts';
import { duration, etcdEndpoint, list, path, secret, word } from './values.ts';

export const etcd = z.strictObject({
  endpoints: list(etcdEndpoint, 'endpoint').describe(
    'Addresses of the etcd servers, e.g. `https://10.0.0.1:2379`; the next one is asked when one does not answer.',
  ),
  caFile: path
    .optional()
    .describe(
      'Authority that has signed the certificates of the servers (PEM); without it those of the system count.',
    ),
  certFile: path.optional().describe('Certificate to show to the servers (PEM).'),
  keyFile: path.optional().describe('Key of that certificate (PEM).'),
  user: word
    .optional()
    .describe('User to log in as, where etcd asks for one; read access to `/calico/` is enough.'),
  password: secret.optional().describe('Password of the user.'),
  interval: duration(1000)
    .default('10s')
    .describe('Changes come by themselves; this often it is checked that none was lost.'),
  services: z
    .strictObject({
      kubernetes: z
        .strictObject(kubernetesAccess)
        .describe(
          "The API server of the cluster, of which Services and their endpoints alone are read; `kubernetes: {}` asks with the pod's own service account.",
        ),
    })
    .optional()
    .describe(
      "Where the Services are that nodes announce: Calico's etcd holds none. Without it single addresses of services are not judged.",
    ),
});

export type EtcdSection = z.output<typeof etcd>;
