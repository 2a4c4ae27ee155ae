// The roles of deploy/ against the requests that the code makes of an API server: none lacks a rule, no rule lacks a request.
import { afterEach, describe, expect, it } from 'vitest';
import { kubernetesDatastore } from '../../src/datastores/kubernetes.ts';
import { recordedServer, until } from '../kube/cluster.ts';
import { attributesOf } from './attributes.ts';
import { kustomize, noTools } from './render.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const allowed = (rules: readonly Rule[]): string[] =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
    ),
  );

/** What the datastore asks of an API server that serves Calico's objects in this group, by this version of Calico. */
async function asked(
  calicoApiGroup: 'crd.projectcalico.org/v1' | 'projectcalico.org/v3',
  readsEndpoints: boolean,
) {
  const { server, kubeconfig } = await recordedServer();
  closing.push(() => server.close());
  server.serve('/api/v1/endpoints', 'Endpoints');
  if (calicoApiGroup === 'projectcalico.org/v3') {
    server.groups = ['apps', 'discovery.k8s.io', 'projectcalico.org'];
    for (const [place, { kind, items }] of [...server.resources]) {
      const moved = place.replace('crd.projectcalico.org/v1', 'projectcalico.org/v3');
      if (moved !== place) server.serve(moved, kind, [...items.values()]);
      if (moved !== place) server.resources.delete(place);
    }
  }
  const datastore = kubernetesDatastore({
    kubeconfig,
    now: Date.now,
    settings: { leastWaitMs: 10, mostWaitMs: 50 },
    ...(readsEndpoints && { calicoVersion: 'v3.28.0' }),
  });
  closing.push(datastore.stop);
  datastore.watch(() => undefined);
  const seen = () => new Set(server.log.flatMap((request) => attributesOf(request) ?? []));
  const watched = () => [...seen()].filter((attribute) => attribute.startsWith('watch '));
  await until(() => watched().length === 10, 10_000);
  return seen();
}

describe.skipIf(noTools !== undefined)(`roles${noTools ? ` (skipped: ${noTools})` : ''}`, () => {
  it('are what the datastore needs, no more and no less', async () => {
    const role = kustomize('base').find(({ kind }) => kind === 'ClusterRole');
    const may = new Set(allowed(role?.rules as Rule[]));
    const needs = new Set<string>();
    for (const group of ['crd.projectcalico.org/v1', 'projectcalico.org/v3'] as const)
      for (const old of [false, true]) for (const attribute of await asked(group, old)) needs.add(attribute);
    expect([...may].sort()).toEqual([...needs].sort());
  });

  it('give no secret and no write away', () => {
    for (const overlay of ['agent', 'exec', 'node-status']) {
      const rules = kustomize(`overlays/${overlay}`).flatMap(({ rules: of }) => (of as Rule[]) ?? []);
      const may = allowed(rules);
      expect(may.filter((attribute) => /secrets|\*|impersonate|escalate|bind /.test(attribute))).toEqual([]);
      const writes = may.filter((attribute) => !/^(get|list|watch) /.test(attribute));
      expect(writes).toEqual(overlay === 'exec' ? ['create /pods/exec'] : []);
    }
  });
});

describe('attributesOf', () => {
  it.each([
    ['GET /api/v1/nodes?limit=500', 'list /nodes'],
    ['GET /api/v1/nodes?watch=1&allowWatchBookmarks=true', 'watch /nodes'],
    ['GET /apis/crd.projectcalico.org/v1/bgppeers/rack1', 'get crd.projectcalico.org/bgppeers'],
    ['POST /api/v1/namespaces/calico-system/pods/calico-node-x/exec?command=birdcl', 'create /pods/exec'],
    [
      'PUT /apis/projectcalico.org/v3/caliconodestatuses/node1',
      'update projectcalico.org/caliconodestatuses',
    ],
    ['GET /apis', undefined],
  ])('%s is %s', (request, attribute) => {
    expect(attributesOf(request)).toBe(attribute);
  });
});
