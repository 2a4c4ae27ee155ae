// What collectors that go through the Kubernetes API share: its errors as those of a reading, with the RBAC rule that a
// refusal is about (kubernetes.io/docs/reference/access-authn-authz/rbac). The API server being away says nothing of the
// node: that is `unreachable`, never `refused`, which would say that BIRD is not running.
import type { ReadingErrorKind } from '../../model/reading.ts';
import type { KubeError, KubeErrorKind } from '../../transport/kube.ts';
import { BirdError } from './bird-protocol.ts';

export interface RbacRule {
  /** '' for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Where a Role in this namespace is enough; absent: a ClusterRole is needed. */
  readonly namespace?: string;
}

/** The rule as it stands in a manifest, and where. */
export function ruleText({ group, resource, verbs, namespace }: RbacRule): string {
  const list = verbs.map((verb) => `"${verb}"`).join(', ');
  const where =
    namespace === undefined ? 'the ClusterRole' : `a Role in namespace ${namespace} (or the ClusterRole)`;
  return `${where}: apiGroups: ["${group}"], resources: ["${resource}"], verbs: [${list}]`;
}

const kinds: Readonly<Record<KubeErrorKind, ReadingErrorKind>> = {
  timeout: 'timeout',
  refused: 'unreachable',
  auth: 'auth',
  permission: 'permission',
  'not-found': 'not-found',
  expired: 'protocol',
  busy: 'unreachable',
  protocol: 'protocol',
};

/** The error of a request that needs `rule`, as that of a reading. */
export function kubeReadingError(
  { kind, message }: KubeError,
  rule: RbacRule,
): { readonly kind: ReadingErrorKind; readonly message: string } {
  const add = kind === 'permission' ? `; add to ${ruleText(rule)}` : '';
  return { kind: kinds[kind], message: `${message}${add}` };
}

/** The same as an error of a conversation with BIRD. */
export function kubeBirdError(error: KubeError, rule: RbacRule): BirdError {
  const { kind, message } = kubeReadingError(error, rule);
  return new BirdError(kind, message);
}
