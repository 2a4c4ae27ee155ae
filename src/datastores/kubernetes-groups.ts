// Which API group holds Calico's objects: crd.projectcalico.org/v1 wherever it is served (also behind Calico's own API
// server), projectcalico.org/v3 only where it alone is served, unless the choice is made by hand.
// Source: libcalico-go/lib/backend/k8s/discovery.go.
import { type KubeClient, KubeError } from '../transport/kube.ts';

export const calicoGroups = ['crd.projectcalico.org/v1', 'projectcalico.org/v3'] as const;
export type CalicoGroup = (typeof calicoGroups)[number];

/** How long a found group counts, in milliseconds: a cluster may be moved from the one to the other. */
const keepMs = 60_000;
const patienceMs = 30_000;

function servedGroups(answer: unknown): readonly string[] {
  const groups = (answer as { groups?: unknown } | null)?.groups;
  if (!Array.isArray(groups))
    throw new KubeError('protocol', 'the API server answered /apis with no list of groups');
  return groups.flatMap((group: { name?: unknown } | null) =>
    typeof group?.name === 'string' ? [group.name] : [],
  );
}

/** The group to read, of those that are served. Throws KubeError when Calico has none. */
export function chooseGroup(served: readonly string[]): CalicoGroup {
  const found = calicoGroups.find((group) => served.includes(group.slice(0, group.indexOf('/'))));
  if (found) return found;
  const text =
    'neither crd.projectcalico.org nor projectcalico.org is served: no Calico here, or one that keeps its';
  throw new KubeError('not-found', `${text} objects in etcd (then use datastore.etcd)`);
}

/** Asks which group to read, at most once a minute; a fixed one is never asked for. */
export function groupFinder(
  client: KubeClient,
  fixed: CalicoGroup | undefined,
  now: () => number,
): (signal: AbortSignal) => Promise<CalicoGroup> {
  let asked: { readonly at: number; readonly group: Promise<CalicoGroup> } | undefined;
  return async (signal) => {
    if (fixed) return fixed;
    if (!asked || now() - asked.at > keepMs) {
      const group = client
        .getJson('/apis', signal, patienceMs)
        .then((answer) => chooseGroup(servedGroups(answer)));
      asked = { at: now(), group };
    }
    const current = asked;
    try {
      return await current.group;
    } catch (error) {
      if (asked === current) asked = undefined;
      throw error;
    }
  };
}
