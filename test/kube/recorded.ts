// The recorded answers of a real kube-apiserver: status, headers and body, as they stand in fixtures/kube-api.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '..', 'fixtures', 'kube-api');

export interface Recorded {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export function recorded(name: string): Recorded {
  const text = readFileSync(path.join(folder, `${name}.txt`), 'utf8');
  const end = text.indexOf('\n\n');
  const head = text.slice(0, end);
  const status = Number(/^HTTP\/2 (\d+)/.exec(head)?.[1]);
  return { status, contentType: /^content-type: (.*)$/m.exec(head)?.[1] ?? '', body: text.slice(end + 2) };
}

/** The items of a recorded list. */
export function recordedItems<T>(name: string): readonly T[] {
  return (JSON.parse(recorded(name).body) as { items: T[] }).items;
}

/** The recorded reference cluster: path, kind, items. */
export const recordedCluster = [
  ['/api/v1/nodes', 'Node', ['nodes-list-page1', 'nodes-list-page2']],
  ['/api/v1/services', 'Service', ['services-list']],
  ['/apis/discovery.k8s.io/v1/endpointslices', 'EndpointSlice', ['endpointslices-list']],
  ['/apis/crd.projectcalico.org/v1/bgpconfigurations', 'BGPConfiguration', ['bgpconfigurations-list']],
  ['/apis/crd.projectcalico.org/v1/bgppeers', 'BGPPeer', ['bgppeers-list']],
  ['/apis/crd.projectcalico.org/v1/bgpfilters', 'BGPFilter', ['bgpfilters-list']],
  ['/apis/crd.projectcalico.org/v1/ippools', 'IPPool', ['ippools-list']],
  ['/apis/crd.projectcalico.org/v1/ipamblocks', 'IPAMBlock', ['ipamblocks-list']],
  ['/apis/crd.projectcalico.org/v1/blockaffinities', 'BlockAffinity', ['blockaffinities-list']],
  ['/apis/crd.projectcalico.org/v1/clusterinformations', 'ClusterInformation', ['clusterinformations-list']],
] as const;
