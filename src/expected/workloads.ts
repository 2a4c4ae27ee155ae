// Sessions with pods on the node itself (BGPPeer.localWorkloadSelector, v3.30+): the pod connects, the node waits.
// Source: confd/pkg/backends/calico/client.go (endpoint-status files), libcalico-go …/conversion/workload_endpoint_default.go.
import { canonicalAddress } from '../model/address.ts';
import type { ExpectedSession } from '../model/expectation.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import { afiOf } from '../model/session.ts';
import { fieldsOf, type Report } from './fields.ts';
import { perObjectReading } from './memo.ts';
import { sessionName } from './names.ts';
import type { ClusterNode } from './nodes.ts';
import type { BgpPeer } from './peer-spec.ts';
import type { Labels } from './selector.ts';

interface Workload {
  readonly name: string;
  readonly node: string;
  readonly labels: Labels;
  readonly addresses: readonly string[];
}

const canonical = (texts: readonly (string | undefined)[]) =>
  texts.flatMap((text) => (text === undefined ? [] : (canonicalAddress(text.split('/', 1)[0] ?? '') ?? [])));

// A pod that has ended keeps its address in the object, but has no endpoint any more (IsFinished in conversion.go).
const finished: readonly (string | undefined)[] = ['Succeeded', 'Failed'];

const podWorkload = perObjectReading((object: ApiObject, report: Report): Workload | undefined => {
  const fields = fieldsOf(object, report);
  const [spec, status] = [fields.child('spec'), fields.child('status')];
  const node = spec.text('nodeName');
  if (node === undefined || spec.flag('hostNetwork') || finished.includes(status.text('phase')))
    return undefined;
  const addresses = canonical([
    status.text('podIP'),
    ...status.children('podIPs').map((ip) => ip.text('ip')),
  ]);
  const labels = {
    ...fields.child('metadata').textMap('labels'),
    'projectcalico.org/namespace': object.metadata.namespace ?? 'default',
    'projectcalico.org/orchestrator': 'k8s',
  };
  return { name: objectName(object), node, labels, addresses: [...new Set(addresses)] };
});

const endpointWorkload = perObjectReading((object: ApiObject, report: Report): Workload | undefined => {
  const fields = fieldsOf(object, report);
  const spec = fields.child('spec');
  const node = spec.text('node');
  if (node === undefined) return undefined;
  const labels = fields.child('metadata').textMap('labels');
  return { name: objectName(object), node, labels, addresses: canonical(spec.texts('ipNetworks')) };
});

function workloadsOf(
  pods: readonly ApiObject[],
  endpoints: readonly ApiObject[],
  report: Report,
): readonly Workload[] {
  const fromPods = pods.flatMap((object) => podWorkload(object, report) ?? []);
  const fromEndpoints = endpoints.flatMap((object) => endpointWorkload(object, report) ?? []);
  return fromEndpoints.length > 0 ? fromEndpoints : fromPods;
}

function isOn(peer: BgpPeer, node: ClusterNode): boolean {
  if (peer.nodeSelector === 'invalid') return false;
  if (peer.nodeSelector) return peer.nodeSelector.matches(node.labels);
  return peer.node === undefined || peer.node === node.name;
}

function session(peer: BgpPeer, node: ClusterNode, address: string, because: string): ExpectedSession {
  return {
    node: node.name,
    name: sessionName('local-workload', address, undefined),
    peerAddress: address,
    peerAsn: peer.asn ?? 0,
    localAsn: peer.localAsn ?? node.asn,
    afi: afiOf(address),
    kind: 'local-workload',
    passive: true,
    rrClient: false,
    nextHopKeep: false,
    ...(peer.passwordSet ? { passwordSet: true } : {}),
    ...(peer.filters.length > 0 ? { filters: peer.filters } : {}),
    because,
  };
}

function sessionsOf(peer: BgpPeer, workload: Workload, node: ClusterNode): ExpectedSession[] {
  const selector = peer.localWorkloadSelector;
  if (!selector || selector === 'invalid' || !isOn(peer, node) || !selector.matches(workload.labels))
    return [];
  const because = `BGPPeer ${peer.name}: localWorkloadSelector ${selector.text} matches ${workload.name}`;
  return workload.addresses
    .filter((address) => node.addresses[afiOf(address)] !== undefined)
    .map((address) => session(peer, node, address, because));
}

/** Sessions with local workloads, by node. Only as many as the datastore shows Pods or WorkloadEndpoints. */
export function localWorkloadSessions(
  peers: readonly BgpPeer[],
  pods: readonly ApiObject[],
  endpoints: readonly ApiObject[],
  nodes: ReadonlyMap<string, ClusterNode>,
  report: Report,
): ReadonlyMap<string, readonly ExpectedSession[]> {
  const local = peers.filter(({ localWorkloadSelector }) => localWorkloadSelector);
  if (local.length === 0) return new Map();
  const byNode = new Map<string, Map<string, ExpectedSession>>();
  const workloads = workloadsOf(pods, endpoints, report);
  for (const peer of local) {
    for (const workload of workloads) {
      const node = nodes.get(workload.node);
      if (!node) continue;
      const list = byNode.get(node.name) ?? new Map<string, ExpectedSession>();
      byNode.set(node.name, list);
      for (const found of sessionsOf(peer, workload, node)) {
        if (!list.has(found.peerAddress)) list.set(found.peerAddress, found);
      }
    }
  }
  return new Map([...byNode].map(([node, list]) => [node, [...list.values()]]));
}
