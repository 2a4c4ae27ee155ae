// Which datastore the configuration names, of those there are: exactly one, with its files in place.
// Rule for Calico's group: libcalico-go/lib/backend/k8s/discovery.go (CALICO_API_GROUP).
import { type CalicoApiGroup, calicoApiGroups, type DatastoreConfig } from './config.ts';
import { type Context, readablePath, reportKey } from './context.ts';
import { datastoreSchema } from './datastore-schema.ts';
import { readEtcdSection } from './etcd.ts';
import { valueAt } from './explain.ts';
import { readKubernetesLogin } from './kubernetes.ts';

type Section = ReturnType<(typeof datastoreSchema)['parse']>;

const nothing: DatastoreConfig = { kind: 'files', files: [] };

function readFiles(context: Context, files: NonNullable<Section['files']>): DatastoreConfig {
  const paths = files.map((file, i) =>
    readablePath(context, ['datastore', 'files', i], file, 'file or directory'),
  );
  return { kind: 'files', files: paths };
}

function groupOf(context: Context, option: 'auto' | CalicoApiGroup): CalicoApiGroup | undefined {
  if (option !== 'auto') return option;
  const text = context.env.CALICO_API_GROUP;
  if (text === undefined || text === '') return undefined;
  const group = calicoApiGroups.find(
    (known) => text === known || text === known.slice(0, known.indexOf('/')),
  );
  if (!group) {
    const known = calicoApiGroups.join(' and ');
    const value = JSON.stringify(text.slice(0, 60));
    const rest = `takes calicoApiGroup from the environment variable CALICO_API_GROUP, which is ${value}; known are ${known}`;
    reportKey(context, ['datastore', 'kubernetes'], rest);
  }
  return group;
}

function readKubernetes(context: Context, section: NonNullable<Section['kubernetes']>): DatastoreConfig {
  const at = ['datastore', 'kubernetes'];
  const calicoApiGroup = groupOf(context, section.calicoApiGroup);
  return {
    kind: 'kubernetes',
    ...readKubernetesLogin(context, at, section),
    ...(calicoApiGroup && { calicoApiGroup }),
  };
}

/** The datastore; when there is not exactly one, a problem and something that is never used. */
export function readDatastore(context: Context): DatastoreConfig {
  const result = datastoreSchema.safeParse(valueAt(context.source.data, ['datastore']));
  if (!result.success) return nothing;
  const { files, kubernetes, etcd } = result.data;
  const named = Object.keys(result.data);
  const [first, second] = named;
  if (first === undefined) {
    reportKey(context, ['datastore'], 'names no source; write files: [objects.yaml] or kubernetes: {}');
    return nothing;
  }
  if (second !== undefined) {
    reportKey(context, ['datastore', second], `is a second source beside ${first}; keep one of them`);
    return nothing;
  }
  if (etcd) return { kind: 'etcd', ...readEtcdSection(context, ['datastore', 'etcd'], etcd) };
  if (kubernetes) return readKubernetes(context, kubernetes);
  return files ? readFiles(context, files) : nothing;
}
