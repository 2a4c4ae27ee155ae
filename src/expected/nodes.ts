// The cluster's nodes as calico-node sees them: Kubernetes Nodes with projectcalico.org annotations, Calico Nodes, or both.
// Source: libcalico-go/lib/backend/k8s/resources/node.go (annotations, labels), api/…/v3/node.go.
import { canonicalAddress } from '../model/address.ts';
import { parseAsn } from '../model/asn.ts';
import type { NodeLifecycle } from '../model/expectation.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import type { Afi } from '../model/session.ts';
import type { BgpConfig } from './bgp-config.ts';
import { checkClusterId } from './bird-refuses.ts';
import { type Fields, fieldsOf, type Report } from './fields.ts';
import { lifecycleOf } from './lifecycle.ts';
import { perObjectReading, remembered, settled } from './memo.ts';
import type { Labels } from './selector.ts';

export interface ClusterNode {
  readonly name: string;
  /** What Kubernetes calls it: with etcd that can be another name, and EndpointSlices hold this one. */
  readonly kubernetesName: string;
  readonly labels: Labels;
  readonly asn: number;
  readonly addresses: Readonly<Partial<Record<Afi, string>>>;
  readonly clusterId: string | undefined;
  /** Where its BIRD listens, when that is not the default. */
  readonly listenPort: number | undefined;
  /** As they stand in the object: Calico takes them verbatim. */
  readonly podCidrs: readonly string[];
  /** The object that podCidrs stand in, for messages. */
  readonly object: ApiObject;
  readonly podCidrField: string;
  readonly lifecycle: NodeLifecycle | undefined;
}

export const families: readonly Afi[] = ['ipv4', 'ipv6'];

/** What one of the two forms says of a node. */
interface NodePart {
  readonly labels: Labels;
  readonly asn: number | undefined;
  readonly addresses: Readonly<Partial<Record<Afi, string>>>;
  readonly clusterId: string | undefined;
  readonly podCidrs: readonly string[];
  readonly kubernetesName: string | undefined;
}

// Calico stores the address with the subnet's length; only the address takes part in BGP.
function bgpAddress(fields: Fields, key: string, afi: Afi): string | undefined {
  const text = fields.text(key);
  if (text === undefined) return undefined;
  const address = canonicalAddress(text.split('/', 1)[0] ?? '');
  if (address !== undefined && address.includes(':') === (afi === 'ipv6')) return address;
  const family = afi === 'ipv4' ? 'IPv4' : 'IPv6';
  fields.problem('error', key, `"${text}" is not an ${family} address; the node has no ${family} sessions`);
  return undefined;
}

function addressesOf(fields: Fields, ipv4: string, ipv6: string): NodePart['addresses'] {
  const [v4, v6] = [bgpAddress(fields, ipv4, 'ipv4'), bgpAddress(fields, ipv6, 'ipv6')];
  return { ...(v4 === undefined ? {} : { ipv4: v4 }), ...(v6 === undefined ? {} : { ipv6: v6 }) };
}

const annotation = (name: string) => `projectcalico.org/${name}`;

function annotatedLabels(annotations: Fields): Labels {
  const text = annotations.text(annotation('labels'));
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    annotations.problem('warning', annotation('labels'), 'is not JSON; its labels are left out');
    return {};
  }
}

const fromKubernetes = perObjectReading((object: ApiObject, report: Report): NodePart => {
  const fields = fieldsOf(object, report);
  const metadata = fields.child('metadata');
  const annotations = metadata.child('annotations');
  const spec = fields.child('spec');
  const asText = annotations.text(annotation('ASNumber'));
  const asn = asText === undefined || !/^\d/.test(asText) ? undefined : parseAsn(asText);
  if (asText !== undefined && asn === undefined) {
    annotations.problem(
      'error',
      annotation('ASNumber'),
      `"${asText}" is not an AS number; Calico ignores it`,
    );
  }
  const podCidr = spec.text('podCIDR');
  checkClusterId(annotations, annotation('RouteReflectorClusterID'));
  return {
    // Kubernetes' labels win over those that Calico keeps in the annotation.
    labels: { ...annotatedLabels(annotations), ...metadata.textMap('labels') },
    asn: asn === 0 ? undefined : asn,
    addresses: addressesOf(annotations, annotation('IPv4Address'), annotation('IPv6Address')),
    clusterId: annotations.text(annotation('RouteReflectorClusterID')),
    podCidrs: spec.has('podCIDRs') ? spec.texts('podCIDRs') : podCidr === undefined ? [] : [podCidr],
    kubernetesName: undefined,
  };
});

// Written by calico-node from CALICO_K8S_NODE_REF, which confd reads too (node/pkg/lifecycle/startup, configureNodeRef).
function kubernetesNameIn(spec: Fields): string | undefined {
  const refs = spec.children('orchRefs');
  return refs.find((ref) => ref.text('orchestrator') === 'k8s')?.text('nodeName');
}

const fromCalico = perObjectReading((object: ApiObject, report: Report): NodePart => {
  const fields = fieldsOf(object, report);
  const spec = fields.child('spec');
  const bgp = spec.child('bgp');
  checkClusterId(bgp, 'routeReflectorClusterID');
  return {
    labels: fields.child('metadata').textMap('labels'),
    asn: bgp.asn('asNumber'),
    addresses: addressesOf(bgp, 'ipv4Address', 'ipv6Address'),
    clusterId: bgp.text('routeReflectorClusterID'),
    podCidrs: fields.child('status').texts('podCIDRs'),
    kubernetesName: kubernetesNameIn(spec),
  };
});

// Where both forms are there the Calico Node is what confd reads; the Kubernetes Node fills what it leaves open.
function merge(calico: NodePart | undefined, core: NodePart | undefined): NodePart | undefined {
  if (!calico || !core) return calico ?? core;
  return {
    labels: Object.keys(calico.labels).length > 0 ? calico.labels : core.labels,
    asn: calico.asn ?? core.asn,
    addresses: { ...core.addresses, ...calico.addresses },
    clusterId: calico.clusterId ?? core.clusterId,
    podCidrs: calico.podCidrs.length > 0 ? calico.podCidrs : core.podCidrs,
    kubernetesName: calico.kubernetesName,
  };
}

function reportDuplicates(nodes: readonly ClusterNode[], report: Report): void {
  const owners = new Map<string, ClusterNode>();
  for (const node of nodes) {
    for (const address of Object.values(node.addresses)) {
      const owner = owners.get(address);
      owners.set(address, owner ?? node);
      if (!owner) continue;
      const message = `has the BGP address ${address} of Node ${owner.name}: their peers' BIRD refuses the configuration`;
      report({ severity: 'error', object: objectName(node.object), message });
    }
  }
}

const readNode = perObjectReading(
  (
    object: ApiObject,
    calico: ApiObject | undefined,
    core: ApiObject | undefined,
    listenPort: number | undefined,
    defaultAsn: number,
    report: Report,
  ): ClusterNode | undefined => {
    const calicoPart = calico && fromCalico(calico, report);
    const part = merge(calicoPart, core && fromKubernetes(core, report));
    if (!part) return undefined;
    const { labels, addresses, clusterId, podCidrs } = part;
    const { name } = object.metadata;
    const { kubernetesName = name } = part;
    const inCalico = calicoPart && (calicoPart.podCidrs.length > 0 || !core);
    const podCidrField = inCalico ? 'status.podCIDRs' : 'spec.podCIDRs';
    const asn = part.asn ?? defaultAsn;
    const lifecycle = lifecycleOf(core, report);
    const said = { labels, asn, addresses, clusterId, listenPort, podCidrs, lifecycle };
    return { name, kubernetesName, ...said, object, podCidrField };
  },
);

/** All nodes by name, sorted. A node without a BGP address is there too: its blocks and labels count. */
export function nodesOf(
  coreNodes: ReadonlyMap<string, ApiObject>,
  calicoNodes: ReadonlyMap<string, ApiObject>,
  config: BgpConfig,
  report: Report,
): ReadonlyMap<string, ClusterNode> {
  const names = [...new Set([...coreNodes.keys(), ...calicoNodes.keys()])].sort();
  const nodes = names.flatMap((name): ClusterNode | readonly ClusterNode[] => {
    const [calico, core] = [calicoNodes.get(name), coreNodes.get(name)];
    const object = calico ?? core;
    const listenPort = config.nodes.get(name)?.listenPort ?? config.listenPort;
    return (object && readNode(object, calico, core, listenPort, config.asn, report)) ?? [];
  });
  reportDuplicates(nodes, report);
  return new Map(nodes.map((node) => [node.name, node]));
}

/** A function that gives the names of all nodes: the same set as long as only what nodes are like has changed. */
export function nodeNames(): (nodes: ReadonlyMap<string, ClusterNode>) => ReadonlySet<string> {
  const settle = settled<string>();
  const setOf = remembered((names: readonly string[]): ReadonlySet<string> => new Set(names));
  return (nodes) => setOf(settle([...nodes.keys()]));
}
