// Blocks of pod addresses and their nodes: BlockAffinities, IPAMBlocks, or podCIDRs where Calico's IPAM is not in use.
// Source: confd/pkg/backends/calico/client.go updateCache, libcalico-go …/updateprocessors/bgpnodeprocessor.go.
import type { IpamCauseId } from '../model/cause.ts';
import type { ObjectProblem } from '../model/expectation.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import { type Prefix, PrefixError, type PrefixKey, parsePrefix, prefixKey } from '../model/prefix.ts';
import { cidrField } from './bgp-config.ts';
import { type Report, specOf } from './fields.ts';
import type { IpamBlock } from './ipam.ts';
import { timeOf } from './lifecycle.ts';
import type { ClusterNode } from './nodes.ts';
import type { ObjectIndex } from './objects.ts';
import type { Origination } from './origination.ts';

interface Affinity {
  readonly object: ApiObject;
  readonly prefix: Prefix;
  readonly node: string;
  readonly state: string;
}

const states = ['confirmed', 'pending', 'pendingDeletion'] as const;

function readAffinities(index: ObjectIndex, report: Report): readonly Affinity[] {
  return index.of('BlockAffinity').flatMap((object): Affinity[] => {
    const spec = specOf(object, report);
    // `deleted` is a text in crd.projectcalico.org/v1 and a boolean in v3; a virtual affinity has no node.
    if (spec.flag('deleted') || (spec.text('type') ?? 'host') !== 'host') return [];
    const [prefix, node] = [cidrField(spec, 'cidr'), spec.text('node')];
    const state = spec.has('state') && spec.text('state') !== undefined ? spec.oneOf('state', states) : '';
    if (!spec.has('cidr')) spec.problem('error', 'cidr', 'is missing; the affinity is left out');
    if (node === undefined) spec.problem('error', 'node', 'is missing; the affinity is left out');
    return prefix && node !== undefined && state !== undefined ? [{ object, prefix, node, state }] : [];
  });
}

/** What a problem says besides its sentence: the cause, the block, the node, and since when. */
function aboutBlock(
  cause: IpamCauseId,
  { object, prefix, node }: Affinity,
): Pick<ObjectProblem, 'cause' | 'prefix' | 'nodes' | 'since'> {
  const since = timeOf(object.metadata.deletionTimestamp ?? object.metadata.creationTimestamp);
  return { cause, prefix, nodes: [node], ...(since === undefined ? {} : { since }) };
}

/** When the node claimed the block, as the block says. */
function claimedAt(block: IpamBlock | undefined, node: string): number | undefined {
  return block?.owner === node ? timeOf(block.fields.text('affinityClaimTime')) : undefined;
}

function checkOwner(
  affinity: Affinity,
  block: IpamBlock | undefined,
  anyBlock: boolean,
  report: Report,
): boolean {
  const object = objectName(affinity.object);
  if (!block) {
    if (!anyBlock) return true;
    const message = 'has no IPAMBlock; the node announces the block all the same';
    report({
      severity: 'warning',
      object,
      field: 'spec.cidr',
      message,
      ...aboutBlock('stale-affinity', affinity),
    });
    return true;
  }
  if (block.owner === undefined || block.owner === affinity.node) return true;
  const message = `gives the block to ${affinity.node}, but ${objectName(block.object)} belongs to ${block.owner}`;
  report({
    severity: 'error',
    object,
    field: 'spec.node',
    message: `${message}: two nodes announce it`,
    ...aboutBlock('duplicate-affinity', affinity),
    nodes: [affinity.node, block.owner],
  });
  return false;
}

function fromAffinities(
  affinities: readonly Affinity[],
  blocks: ReadonlyMap<PrefixKey, IpamBlock>,
  nodes: ReadonlyMap<string, ClusterNode>,
  report: Report,
): Origination[] {
  return affinities.flatMap(({ object, prefix, node, state }, i): Origination[] => {
    const name = objectName(object);
    if (!nodes.has(node)) {
      const message = `names ${node}, which is no Node (any more): nobody announces the block`;
      const about = aboutBlock('orphan-block', { object, prefix, node, state });
      report({ severity: 'warning', object: name, field: 'spec.node', message, ...about });
      return [];
    }
    if (state === 'pending') {
      const message = 'the node has not finished claiming the block: it does not announce it';
      const about = aboutBlock('pending-affinity', { object, prefix, node, state });
      report({ severity: 'warning', object: name, field: 'spec.state', message, ...about });
      return [];
    }
    if (state === 'pendingDeletion') {
      const message = `the node gives the block up, but announces it and every address in it until that is done`;
      const about = aboutBlock('stale-affinity', { object, prefix, node, state });
      report({ severity: 'warning', object: name, field: 'spec.state', message, ...about });
      return [];
    }
    const affinity = affinities[i];
    if (affinity && !checkOwner(affinity, blocks.get(prefixKey(prefix)), blocks.size > 0, report)) return [];
    const because = `${name} (${state === '' ? 'no state, counts as confirmed' : state})`;
    const since = claimedAt(blocks.get(prefixKey(prefix)), node) ?? timeOf(object.metadata.creationTimestamp);
    const dated = since === undefined ? {} : { since };
    return [{ nodes: [node], prefix, kind: 'block', source: 'static', object: name, because, ...dated }];
  });
}

function fromBlocks(
  blocks: ReadonlyMap<PrefixKey, IpamBlock>,
  nodes: ReadonlyMap<string, ClusterNode>,
  report: Report,
): Origination[] {
  return [...blocks.values()].flatMap(({ owner, prefix, object }): Origination[] => {
    if (owner === undefined) return [];
    if (nodes.has(owner)) {
      const because = `${objectName(object)}: affinity host:${owner} (no BlockAffinity objects at hand)`;
      return [
        { nodes: [owner], prefix, kind: 'block', source: 'static', object: objectName(object), because },
      ];
    }
    const message = `belongs to ${owner}, which is no Node (any more): nobody announces the block`;
    const about = { cause: 'orphan-block' as const, prefix, nodes: [owner] };
    report({ severity: 'warning', object: objectName(object), field: 'spec.affinity', message, ...about });
    return [];
  });
}

function fromPodCidrs(nodes: ReadonlyMap<string, ClusterNode>, report: Report): Origination[] {
  return [...nodes.values()].flatMap(({ name, podCidrs, object, podCidrField }) =>
    podCidrs.flatMap((text, i): Origination[] => {
      const field = `${podCidrField}[${i}]`;
      if (text === '') {
        const message = 'is an empty string; it is left out';
        report({ severity: 'warning', object: objectName(object), field, message });
        return [];
      }
      try {
        const because = `${objectName(object)}: ${field}`;
        return [
          {
            nodes: [name],
            prefix: parsePrefix(text),
            kind: 'pod-cidr',
            source: 'static',
            object: objectName(object),
            because,
          },
        ];
      } catch (error) {
        if (!(error instanceof PrefixError)) throw error;
        report({ severity: 'error', object: objectName(object), field, message: error.message });
        return [];
      }
    }),
  );
}

/**
 * True when podCIDRs stand for blocks: Calico's IPAM has left no trace in the datastore, so host-local IPAM is in use.
 */
export function podCidrsCount(index: ObjectIndex): boolean {
  const traces = ['IPAMBlock', 'BlockAffinity', 'IPAMHandle', 'IPAMConfig', 'IPAMConfiguration'];
  return traces.every((kind) => index.of(kind).length === 0);
}

/** The blocks that nodes announce as a whole. */
export function blockOriginations(
  index: ObjectIndex,
  blocks: ReadonlyMap<PrefixKey, IpamBlock>,
  nodes: ReadonlyMap<string, ClusterNode>,
  usePodCidr: boolean,
  report: Report,
): readonly Origination[] {
  if (usePodCidr) return fromPodCidrs(nodes, report);
  if (index.of('BlockAffinity').length === 0) return fromBlocks(blocks, nodes, report);
  return fromAffinities(readAffinities(index, report), blocks, nodes, report);
}
