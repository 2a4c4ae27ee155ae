// Blocks of pod addresses and their nodes: BlockAffinities, IPAMBlocks, or podCIDRs where Calico's IPAM is not in use.
// Source: confd/pkg/backends/calico/client.go updateCache, libcalico-go …/updateprocessors/bgpnodeprocessor.go.
import type { IpamCauseId } from '../model/cause.ts';
import type { ObjectProblem } from '../model/expectation.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import {
  maxLength,
  type Prefix,
  PrefixError,
  type PrefixKey,
  parsePrefix,
  prefixKey,
} from '../model/prefix.ts';
import { cidrField } from './bgp-config.ts';
import { type Report, specOf } from './fields.ts';
import type { IpamBlock } from './ipam.ts';
import { timeOf } from './lifecycle.ts';
import { mapped, mappedReading, perObjectReading } from './memo.ts';
import type { ClusterNode } from './nodes.ts';
import type { ObjectIndex } from './objects.ts';
import type { Origination, RouteSource } from './origination.ts';

interface Affinity {
  readonly object: ApiObject;
  readonly prefix: Prefix;
  readonly node: string;
  readonly state: string;
}

const states = ['confirmed', 'pending', 'pendingDeletion'] as const;

const readAffinity = perObjectReading((object: ApiObject, report: Report): Affinity | undefined => {
  const spec = specOf(object, report);
  // `deleted` is a text in crd.projectcalico.org/v1 and a boolean in v3; a virtual affinity has no node.
  if (spec.flag('deleted') || (spec.text('type') ?? 'host') !== 'host') return undefined;
  const [prefix, node] = [cidrField(spec, 'cidr'), spec.text('node')];
  const state = spec.has('state') ? spec.oneOf('state', states) : '';
  if (!spec.has('cidr')) spec.problem('error', 'cidr', 'is missing; the affinity is left out');
  if (node === undefined) spec.problem('error', 'node', 'is missing; the affinity is left out');
  return prefix && node !== undefined && state !== undefined ? { object, prefix, node, state } : undefined;
});

/** What a problem says besides its sentence: the cause, the block, the node, and since when. */
function aboutBlock(
  cause: IpamCauseId,
  { object, prefix, node }: Affinity,
): Pick<ObjectProblem, 'cause' | 'prefix' | 'nodes' | 'since'> {
  const since = timeOf(object.metadata.deletionTimestamp ?? object.metadata.creationTimestamp);
  return { cause, prefix, nodes: [node], ...(since === undefined ? {} : { since }) };
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
    const about = aboutBlock('stale-affinity', affinity);
    report({ severity: 'warning', object, field: 'spec.cidr', message, ...about });
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

// A block of one address has no blackhole: the route of its pod stands for it (bird_aggr.cfg.template).
const sourceOf = ({ family, length }: Prefix): RouteSource =>
  length === maxLength(family) ? 'workload' : 'static';

const fromAffinity = perObjectReading(
  (
    affinity: Affinity,
    isNode: boolean,
    block: IpamBlock | undefined,
    anyBlock: boolean,
    report: Report,
  ): Origination | undefined => {
    const { object, prefix, node, state } = affinity;
    const name = objectName(object);
    if (!isNode) {
      const message = `names ${node}, which is no Node (any more): nobody announces the block`;
      const about = aboutBlock('orphan-block', affinity);
      report({ severity: 'warning', object: name, field: 'spec.node', message, ...about });
      return undefined;
    }
    if (state === 'pending') {
      const message = 'the node has not finished claiming the block: it does not announce it';
      const about = aboutBlock('pending-affinity', affinity);
      report({ severity: 'warning', object: name, field: 'spec.state', message, ...about });
      return undefined;
    }
    if (state === 'pendingDeletion') {
      const message = `the node gives the block up, but announces it and every address in it until that is done`;
      const about = aboutBlock('stale-affinity', affinity);
      report({ severity: 'warning', object: name, field: 'spec.state', message, ...about });
      return undefined;
    }
    if (!checkOwner(affinity, block, anyBlock, report)) return undefined;
    const because = `${name} (${state === '' ? 'no state, counts as confirmed' : state})`;
    const claimedAt = block?.owner === node ? block.claimedAt : undefined;
    const since = claimedAt ?? timeOf(object.metadata.creationTimestamp);
    const dated = since === undefined ? {} : { since };
    return {
      nodes: [node],
      prefix,
      kind: 'block',
      source: sourceOf(prefix),
      object: name,
      because,
      ...dated,
    };
  },
);

/** An affinity and what its fate depends on; the same object while that is the same. */
interface Placed {
  readonly affinity: Affinity;
  readonly isNode: boolean;
  readonly block: IpamBlock | undefined;
}

type FromAffinities = (
  objects: readonly ApiObject[],
  blocks: ReadonlyMap<PrefixKey, IpamBlock>,
  nodes: ReadonlySet<string>,
  report: Report,
) => readonly Origination[];

function affinityReader(): FromAffinities {
  const read = mappedReading((object: ApiObject, report: Report) => readAffinity(object, report));
  const keys = mapped((affinity: Affinity | undefined) => affinity && prefixKey(affinity.prefix));
  const build = mappedReading((placed: Placed | undefined, anyBlock: boolean, report: Report) => {
    if (!placed) return undefined;
    const { affinity, isNode, block } = placed;
    return fromAffinity(affinity, isNode, block, anyBlock, report);
  });
  let last: readonly (Placed | undefined)[] = [];
  return (objects, blocks, nodes, report) => {
    const affinities = read(objects, report);
    const at = keys(affinities);
    const older = last;
    const shift = affinities.length - older.length;
    last = affinities.map((affinity, i): Placed | undefined => {
      if (!affinity) return undefined;
      const isNode = nodes.has(affinity.node);
      const block = blocks.get(at[i] ?? '');
      const same = older[i]?.affinity === affinity ? older[i] : older[i - shift];
      const stands = same?.affinity === affinity && same.isNode === isNode && same.block === block;
      return stands ? same : { affinity, isNode, block };
    });
    return build(last, blocks.size > 0, report).filter((found) => found !== undefined);
  };
}

const fromBlock = perObjectReading(
  ({ owner, prefix, object }: IpamBlock, isNode: boolean, report: Report): Origination | undefined => {
    if (owner === undefined) return undefined;
    const name = objectName(object);
    if (isNode) {
      const because = `${name}: affinity host:${owner} (no BlockAffinity objects at hand)`;
      return { nodes: [owner], prefix, kind: 'block', source: sourceOf(prefix), object: name, because };
    }
    const message = `belongs to ${owner}, which is no Node (any more): nobody announces the block`;
    const about = { cause: 'orphan-block' as const, prefix, nodes: [owner] };
    report({ severity: 'warning', object: name, field: 'spec.affinity', message, ...about });
    return undefined;
  },
);

function fromBlocks(
  blocks: ReadonlyMap<PrefixKey, IpamBlock>,
  nodes: ReadonlySet<string>,
  report: Report,
): Origination[] {
  return [...blocks.values()].flatMap(
    (block) => fromBlock(block, nodes.has(block.owner ?? ''), report) ?? [],
  );
}

const fromPodCidrs = perObjectReading((node: ClusterNode, report: Report): readonly Origination[] => {
  const { name, podCidrs, podCidrField } = node;
  const object = objectName(node.object);
  return podCidrs.flatMap((text, i): Origination[] => {
    const field = `${podCidrField}[${i}]`;
    if (text === '') {
      const message = 'is an empty string; it is left out';
      report({ severity: 'warning', object, field, message });
      return [];
    }
    try {
      const [prefix, because] = [parsePrefix(text), `${object}: ${field}`];
      return [{ nodes: [name], prefix, kind: 'pod-cidr', source: 'static', object, because }];
    } catch (error) {
      if (!(error instanceof PrefixError)) throw error;
      report({ severity: 'error', object, field, message: error.message });
      return [];
    }
  });
});

/**
 * True when podCIDRs stand for blocks: Calico's IPAM has left no trace in the datastore, so host-local IPAM is in use.
 */
export function podCidrsCount(of: ObjectIndex['of']): boolean {
  const traces = ['IPAMBlock', 'BlockAffinity', 'IPAMHandle', 'IPAMConfig', 'IPAMConfiguration'];
  return traces.every((kind) => of(kind).length === 0);
}

/** What nodes announce by their podCIDRs, in place of blocks. */
export function podCidrOriginations(
  nodes: ReadonlyMap<string, ClusterNode>,
  report: Report,
): readonly Origination[] {
  return [...nodes.values()].flatMap((node) => fromPodCidrs(node, report));
}

/** A function that gives the blocks that nodes, told by name, announce as a whole. */
export function blockReader() {
  const fromAffinities = affinityReader();
  return (
    affinities: readonly ApiObject[],
    blocks: ReadonlyMap<PrefixKey, IpamBlock>,
    nodes: ReadonlySet<string>,
    report: Report,
  ): readonly Origination[] => {
    if (affinities.length === 0) return fromBlocks(blocks, nodes, report);
    return fromAffinities(affinities, blocks, nodes, report);
  };
}
