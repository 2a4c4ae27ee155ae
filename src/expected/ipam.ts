// IPAMBlocks and the addresses in them that other nodes use: those are announced one by one, as /32 or /128.
// Source: libcalico-go/lib/backend/model/block.go, lib/ipam/ipam_block.go.
import { addressBytes, addressFromBytes } from '../model/address.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import { hostPrefix, type Prefix, type PrefixKey, prefixKey } from '../model/prefix.ts';
import { cidrField } from './bgp-config.ts';
import { type Fields, type Report, specOf } from './fields.ts';
import type { ClusterNode } from './nodes.ts';
import type { ObjectIndex } from './objects.ts';
import type { Origination } from './origination.ts';

export interface IpamBlock {
  readonly object: ApiObject;
  readonly prefix: Prefix;
  /** The node it belongs to; undefined for none and for blocks of load balancer addresses. */
  readonly owner: string | undefined;
  readonly fields: Fields;
}

/** All blocks by CIDR. */
export function blocksOf(index: ObjectIndex, report: Report): ReadonlyMap<PrefixKey, IpamBlock> {
  const blocks = new Map<PrefixKey, IpamBlock>();
  for (const object of index.of('IPAMBlock')) {
    const fields = specOf(object, report);
    if (fields.flag('deleted')) continue;
    const prefix = cidrField(fields, 'cidr');
    if (!fields.has('cidr')) fields.problem('error', 'cidr', 'is missing; the block is left out');
    if (!prefix) continue;
    const affinity = fields.text('affinity') ?? '';
    const owner = affinity.startsWith('host:') ? affinity.slice('host:'.length) : undefined;
    blocks.set(prefixKey(prefix), { object, prefix, owner, fields });
  }
  return blocks;
}

function addressAt(block: Prefix, ordinal: number): Prefix | undefined {
  const bytes = addressBytes(block);
  let rest = ordinal;
  for (let i = bytes.length - 1; i >= 0 && rest > 0; i--) {
    const sum = (bytes[i] ?? 0) + rest;
    bytes[i] = sum % 256;
    rest = Math.floor(sum / 256);
  }
  const address = addressFromBytes(bytes);
  return address && hostPrefix(address);
}

/** Who uses an address, from the attributes that its allocation points to. */
interface Use {
  readonly node: string;
  readonly what: string;
  readonly tunnel: boolean;
}

function usesOf({ fields }: IpamBlock): readonly (Use | undefined)[] {
  return fields.children('attributes').map((attribute) => {
    // A released address cools down before it is given out again: nobody uses it.
    if (attribute.has('releasedAt')) return undefined;
    const secondary = attribute.child('secondary');
    const node = secondary.text('node');
    if (node === undefined) return undefined;
    const [pod, namespace, type] = [
      secondary.text('pod'),
      secondary.text('namespace'),
      secondary.text('type'),
    ];
    const tunnel = type?.endsWith('TunnelAddress') ?? false;
    return { node, what: pod === undefined ? (type ?? 'an address') : `Pod ${namespace}/${pod}`, tunnel };
  });
}

function borrowedIn(
  block: IpamBlock,
  nodes: ReadonlyMap<string, ClusterNode>,
  report: Report,
): Origination[] {
  const uses = usesOf(block);
  if (uses.every((use) => use === undefined || use.node === block.owner)) return [];
  const name = objectName(block.object);
  return block.fields.list('allocations').flatMap((index, ordinal): Origination[] => {
    if (index === null || index === undefined) return [];
    const use = typeof index === 'number' ? uses[index] : undefined;
    if (!use || use.node === block.owner || !nodes.has(use.node)) return [];
    const prefix = addressAt(block.prefix, ordinal);
    if (!prefix) return [];
    const owner = block.owner === undefined ? 'of no node' : `of ${block.owner}`;
    const because = `${name} ${owner}: ${use.what} on ${use.node} uses an address of it`;
    if (!use.tunnel)
      return [{ nodes: [use.node], prefix, kind: 'borrowed', source: 'workload', object: name, because }];
    const message = `holds the tunnel address of ${use.node} although it is ${owner}: it leaks to eBGP peers as a single address`;
    report({ severity: 'warning', object: name, field: `spec.allocations[${ordinal}]`, message });
    return [];
  });
}

/** Addresses that pods of one node use out of another node's block, or out of a block of no node. */
export function borrowedOriginations(
  blocks: ReadonlyMap<PrefixKey, IpamBlock>,
  nodes: ReadonlyMap<string, ClusterNode>,
  report: Report,
): readonly Origination[] {
  return [...blocks.values()].flatMap((block) => borrowedIn(block, nodes, report));
}
