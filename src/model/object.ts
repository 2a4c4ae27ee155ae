// Kubernetes and Calico objects as they come from any datastore, before anything is read into them. Everything behind
// `spec` and `status` is unchecked: expected/objects.ts looks at it field by field and reports what it cannot use.

export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly resourceVersion?: string;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
  /** Where it was read, for messages: `objects.yaml:12`, or the API path. */
  readonly origin?: string;
}

/** What a datastore knows of one kind of object. */
export interface KindState {
  /** E.g. `IPAMBlock`. */
  readonly kind: string;
  /** Objects held. */
  readonly count: number;
  /** When they were last known to be complete and up to date, in ms since the epoch; undefined: never. */
  readonly at: number | undefined;
  /** Why they are not up to date now, as a sentence that says what to do; absent while they are. */
  readonly error?: string;
  /** Since when there is that error, in ms since the epoch. */
  readonly errorSince?: number;
}

/** Name of an object in messages: `BGPPeer rack1`, `Service default/web`. */
export function objectName(object: ApiObject): string {
  const { name, namespace } = object.metadata;
  return `${object.kind} ${namespace ? `${namespace}/` : ''}${name}`;
}
