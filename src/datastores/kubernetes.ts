// Objects from a Kubernetes API server, kept up to date by watches, one per kind. Each kind succeeds or fails by itself, and
// says which RBAC rule it lacks; a kind that was refused has no objects, but is never taken for one that has none.
// Sources: libcalico-go/lib/backend/k8s; kubernetes.io/docs/reference/access-authn-authz/rbac.
import { setMaxListeners } from 'node:events';
import type { ObjectProblem } from '../model/expectation.ts';
import type { ApiObject, KindState } from '../model/object.ts';
import { failure, type Reading, type ReadingErrorKind, success } from '../model/reading.ts';
import { KubeError, type KubeErrorKind, type KubeSettings, kubeClient } from '../transport/kube.ts';
import { kubeMirror, type Mirror, type MirrorSettings, mirrorSettings } from '../transport/kube-mirror.ts';
import type { Datastore, DatastoreState } from './datastore.ts';
import { type CalicoGroup, groupFinder } from './kubernetes-groups.ts';
import {
  clusterInformation,
  endpointSliceKind,
  endpointsKind,
  type KindSpec,
  kinds,
  serviceKind,
} from './kubernetes-kinds.ts';
import { keptObject, sameObject } from './kubernetes-objects.ts';

export interface KubernetesOptions extends KubeSettings {
  /** Group and version of Calico's objects; absent: found out. */
  readonly calicoApiGroup?: CalicoGroup;
  /** Version of Calico when it is known by other means than ClusterInformation, e.g. `v3.29`; asked again at each `watch`. */
  readonly calicoVersion?: string | (() => string | undefined);
  /** Read Services and their endpoints alone: of a Calico that keeps its own objects elsewhere. */
  readonly only?: 'services';
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How lists and watches are made; for tests. */
  readonly settings?: Partial<MirrorSettings>;
}

/** Most time for reading everything once, in milliseconds. */
const refreshMs = 60_000;

interface Watched {
  readonly spec: KindSpec;
  readonly mirror: Mirror<ApiObject>;
  running: boolean;
}

/** True for a Calico that reads Endpoints and not EndpointSlices: before v3.31. */
export function readsEndpoints(version: string | undefined): boolean {
  const match = /^v?(\d{1,4})\.(\d{1,4})/.exec(version ?? '');
  return match !== null && (Number(match[1]) < 3 || (Number(match[1]) === 3 && Number(match[2]) < 31));
}

const readingKinds: Readonly<Record<KubeErrorKind, ReadingErrorKind>> = {
  timeout: 'timeout',
  refused: 'refused',
  auth: 'auth',
  permission: 'permission',
  'not-found': 'not-found',
  expired: 'protocol',
  busy: 'refused',
  protocol: 'protocol',
};

/** The rule that a ClusterRole needs for a kind. */
function rbacRule(group: string, plural: string): string {
  return `apiGroups: ["${group}"], resources: ["${plural}"], verbs: ["list", "watch"]`;
}

/** The objects of a cluster. Opens nothing before it is asked to. */
export function kubernetesDatastore(options: KubernetesOptions): Datastore {
  const { now, calicoApiGroup, calicoVersion } = options;
  const client = kubeClient(options);
  const settings = { ...mirrorSettings, ...options.settings };
  const findGroup = groupFinder(client, calicoApiGroup, now);
  const ended = new AbortController();
  // Every kind listens to it, and Node takes more than ten listeners for a leak.
  setMaxListeners(0, ended.signal);
  /** Group of Calico's objects as last found, for messages. */
  let calicoGroup = calicoApiGroup ?? 'crd.projectcalico.org/v1';
  let changed: (() => void) | undefined;
  let refreshed = false;
  let state: DatastoreState | undefined;

  const pathOf = async ({ groupVersion, plural }: KindSpec, signal: AbortSignal): Promise<string> => {
    if (groupVersion === 'v1') return `/api/v1/${plural}`;
    if (groupVersion !== 'calico') return `/apis/${groupVersion}/${plural}`;
    calicoGroup = await findGroup(signal);
    return `/apis/${calicoGroup}/${plural}`;
  };

  const problems = new Map<string, ObjectProblem>();
  const watched: Watched[] = [];
  const add = (spec: KindSpec): Watched => {
    const keep = (item: unknown) =>
      keptObject(spec, item, calicoGroup, (problem) => problems.set(problem.object, problem));
    const path = (signal: AbortSignal) => pathOf(spec, signal);
    const entry = {
      spec,
      mirror: kubeMirror({ client, path, keep, same: sameObject, now, settings }),
      running: false,
    };
    watched.push(entry);
    return entry;
  };
  for (const spec of options.only === 'services' ? [serviceKind] : kinds) add(spec);

  const version = (): string | undefined => {
    if (typeof calicoVersion === 'function') return calicoVersion();
    if (calicoVersion !== undefined) return calicoVersion;
    const information = watched.find(({ spec }) => spec === clusterInformation);
    const [object] = information?.mirror.items.values() ?? [];
    const found = (object?.spec as { calicoVersion?: unknown } | undefined)?.calicoVersion;
    return typeof found === 'string' ? found : undefined;
  };

  /** Endpoints or EndpointSlices, whichever this Calico reads; they are many, so never both without need. */
  const addEndpoints = (): void => {
    const spec = readsEndpoints(version()) ? endpointsKind : endpointSliceKind;
    if (!watched.some((entry) => entry.spec === spec)) add(spec);
  };

  const isCalicoServed = () =>
    watched.some(({ spec, mirror }) => spec.groupVersion === 'calico' && mirror.at() !== undefined);

  /** A kind that this version of Calico does not know yet: there are none. */
  const isUnknownToCalico = ({ spec, mirror }: Watched) =>
    spec.optional === true && mirror.error()?.error.kind === 'not-found' && isCalicoServed();

  const errorOf = ({ spec, mirror }: Watched): Pick<KindState, 'error' | 'errorSince'> => {
    const trouble = mirror.error();
    if (!trouble) return {};
    const { error, since } = trouble;
    const group = spec.groupVersion === 'calico' ? calicoGroup : spec.groupVersion;
    const name = group.includes('/') ? group.slice(0, group.indexOf('/')) : '';
    const add = error.kind === 'permission' ? `; add to the ClusterRole: ${rbacRule(name, spec.plural)}` : '';
    return { error: `${error.message}${add}`, errorSince: since };
  };

  const kindStates = (): readonly KindState[] =>
    watched.map((entry) => {
      const { spec, mirror } = entry;
      const found = { kind: spec.kind, count: mirror.items.size };
      return isUnknownToCalico(entry)
        ? { ...found, at: now() }
        : { ...found, at: mirror.at(), ...errorOf(entry) };
    });

  const currentState = (): DatastoreState => {
    state ??= {
      objects: watched.flatMap(({ mirror }) => [...mirror.items.values()]),
      problems: [...problems.values()],
      get kinds() {
        return kindStates();
      },
    };
    return state;
  };

  const onChange = (): void => {
    state = undefined;
    changed?.();
  };

  const runAll = (): void => {
    addEndpoints();
    for (const entry of watched) {
      if (entry.running) continue;
      entry.running = true;
      void entry.mirror.run(ended.signal, () => {
        // An upgrade of Calico may change which kind of endpoints it reads.
        if (entry.spec === clusterInformation) runAll();
        onChange();
      });
    }
  };

  return {
    kind: 'kubernetes',
    current(): Reading<DatastoreState> {
      if (!refreshed) return failure(now(), 'pending', 'the API server has not been asked yet');
      const times = watched.flatMap(({ mirror }) => mirror.at() ?? []);
      if (times.length > 0) return success(Math.min(...times), currentState());
      const first = watched.map(({ mirror }) => mirror.error()?.error).find((error) => error !== undefined);
      const error = first ?? new KubeError('timeout', 'the API server has not answered yet');
      return failure(now(), readingKinds[error.kind], error.message);
    },
    async refresh() {
      const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(refreshMs)]);
      setMaxListeners(0, signal);
      const list = ({ mirror }: Watched) => mirror.list(signal);
      await Promise.all(watched.filter(({ running }) => !running).map(list));
      const before = new Set(watched);
      addEndpoints();
      await Promise.all(watched.filter((entry) => !before.has(entry)).map(list));
      refreshed = true;
      state = undefined;
    },
    watch(callBack) {
      changed = callBack;
      refreshed = true;
      runAll();
    },
    stop() {
      changed = undefined;
      ended.abort();
      client.close();
    },
  };
}
