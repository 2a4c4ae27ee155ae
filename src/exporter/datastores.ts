// From the configuration to the datastore that it names.
import type { Config, EtcdConfig } from '../config/config.ts';
import type { Datastore } from '../datastores/datastore.ts';
import { type EtcdDatastoreOptions, etcdDatastore } from '../datastores/etcd.ts';
import { calicoVersionIn, withServices } from '../datastores/etcd-services.ts';
import { filesDatastore } from '../datastores/files-datastore.ts';
import { kubernetesDatastore } from '../datastores/kubernetes.ts';

/** Most time for one answer of etcd, in milliseconds. */
const etcdTimeoutMs = 10_000;

function etcdOptions(config: EtcdConfig, now: () => number): EtcdDatastoreOptions {
  const { endpoints, caFile, certFile, keyFile, login, interval, services } = config;
  const tls = {
    ...(caFile !== undefined && { caFile }),
    ...(certFile !== undefined && { certFile }),
    ...(keyFile !== undefined && { keyFile }),
  };
  return {
    endpoints,
    tls,
    ...(login && { login: { user: login.user, password: login.password.reveal() } }),
    timeoutMs: etcdTimeoutMs,
    intervalMs: interval,
    servicesElsewhere: services !== undefined,
    now,
  };
}

function etcdOf(config: EtcdConfig, calicoVersion: string | undefined, now: () => number): Datastore {
  const etcd = etcdDatastore(etcdOptions(config, now));
  if (!config.services) return etcd;
  const version = () => calicoVersion ?? calicoVersionIn(etcd);
  const services = kubernetesDatastore({
    ...config.services,
    only: 'services',
    calicoVersion: version,
    now,
  });
  return withServices(etcd, services);
}

/** The datastore of the configuration; nothing is read before it is asked to. `now` in ms since the epoch. */
export function datastoreOf(config: Pick<Config, 'datastore' | 'expected'>, now: () => number): Datastore {
  const { datastore, expected } = config;
  if (datastore.kind === 'files') return filesDatastore(datastore.files, now);
  const { calicoVersion } = expected;
  if (datastore.kind === 'etcd') return etcdOf(datastore, calicoVersion, now);
  return kubernetesDatastore({ ...datastore, ...(calicoVersion && { calicoVersion }), now });
}
