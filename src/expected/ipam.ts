// IPAMBlocks and the addresses in them that other nodes use: those are announced one by one, as /32 or /128.
// Source: libcalico-go/lib/backend/model/block.go, lib/ipam/ipam_block.go.
import { addressBytes, addressFromBytes } from '../model/address.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import { hostPrefix, type Prefix, type PrefixKey, prefixKey } from '../model/prefix.ts';
import { cidrField } from './bgp-config.ts';
import { type Fields, isRecord, type Report, specOf } from './fields.ts';
import { timeOf } from './lifecycle.ts';
import { mappedReading, perObjectReading } from './memo.ts';
import type { Origination } from './origination.ts';

export interface IpamBlock {
  readonly object: ApiObject;
  readonly prefix: Prefix;
  readonly key: PrefixKey;
  /** The node it belongs to; undefined for none and for blocks of load balancer addresses. */
  readonly owner: string | undefined;
  /** When the node claimed it, in ms since the epoch. */
  readonly claimedAt: number | undefined;
  /** Addresses in it that other nodes use. */
  readonly foreign: readonly Use[];
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
  readonly ordinal: number;
  readonly node: string;
  readonly what: string;
  readonly tunnel: boolean;
}

// Nearly every block is used by its own node alone, and there are as many attributes as pods.
function isAllOwn(attributes: readonly unknown[], owner: string | undefined): boolean {
  return (
    owner !== undefined &&
    attributes.every((each) => isRecord(each) && isRecord(each.secondary) && each.secondary.node === owner)
  );
}

function useOf(attribute: Fields): Omit<Use, 'ordinal'> | undefined {
  // A released address cools down before it is given out again: nobody uses it.
  if (attribute.has('releasedAt')) return undefined;
  const secondary = attribute.child('secondary');
  const node = secondary.text('node');
  if (node === undefined) return undefined;
  const [pod, namespace, type] = [secondary.text('pod'), secondary.text('namespace'), secondary.text('type')];
  const tunnel = type?.endsWith('TunnelAddress') ?? false;
  return { node, what: pod === undefined ? (type ?? 'an address') : `Pod ${namespace}/${pod}`, tunnel };
}

function foreignUses(fields: Fields, owner: string | undefined): readonly Use[] {
  if (isAllOwn(fields.list('attributes'), owner)) return [];
  const uses = fields.children('attributes').map(useOf);
  if (uses.every((use) => use === undefined || use.node === owner)) return [];
  return fields.list('allocations').flatMap((index, ordinal): Use[] => {
    const use = typeof index === 'number' ? uses[index] : undefined;
    return use && use.node !== owner ? [{ ordinal, ...use }] : [];
  });
}

function readBlock(object: ApiObject, report: Report): IpamBlock | undefined {
  const fields = specOf(object, report);
  if (fields.flag('deleted')) return undefined;
  const prefix = cidrField(fields, 'cidr');
  if (!fields.has('cidr')) fields.problem('error', 'cidr', 'is missing; the block is left out');
  if (!prefix) return undefined;
  const affinity = fields.text('affinity') ?? '';
  const owner = affinity.startsWith('host:') ? affinity.slice('host:'.length) : undefined;
  const claimedAt = timeOf(fields.text('affinityClaimTime'));
  return { object, prefix, key: prefixKey(prefix), owner, claimedAt, foreign: foreignUses(fields, owner) };
}

/** A function that reads all blocks, by CIDR. */
export function ipamReader() {
  const read = mappedReading(readBlock);
  return (objects: readonly ApiObject[], report: Report): ReadonlyMap<PrefixKey, IpamBlock> => {
    const blocks = new Map<PrefixKey, IpamBlock>();
    for (const block of read(objects, report)) if (block) blocks.set(block.key, block);
    return blocks;
  };
}

const borrowedIn = perObjectReading(
  (block: IpamBlock, nodes: ReadonlySet<string>, report: Report): readonly Origination[] => {
    const name = objectName(block.object);
    return block.foreign.flatMap(({ ordinal, node, what, tunnel }): Origination[] => {
      const prefix = nodes.has(node) ? addressAt(block.prefix, ordinal) : undefined;
      if (!prefix) return [];
      const owner = block.owner === undefined ? 'of no node' : `of ${block.owner}`;
      const because = `${name} ${owner}: ${what} on ${node} uses an address of it`;
      if (!tunnel)
        return [{ nodes: [node], prefix, kind: 'borrowed', source: 'workload', object: name, because }];
      const message = `holds the tunnel address of ${node} although it is ${owner}: it leaks to eBGP peers as a single address`;
      report({ severity: 'warning', object: name, field: `spec.allocations[${ordinal}]`, message });
      return [];
    });
  },
);

/** Addresses that pods of one node, told by name, use out of another node's block, or out of a block of no node. */
export function borrowedOriginations(
  blocks: ReadonlyMap<PrefixKey, IpamBlock>,
  nodes: ReadonlySet<string>,
  report: Report,
): readonly Origination[] {
  const borrowing = [...blocks.values()].filter(({ foreign }) => foreign.length > 0);
  return borrowing.flatMap((block) => borrowedIn(block, nodes, report));
}
