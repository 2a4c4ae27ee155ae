// IPAM as Calico keeps it in etcd: blocks, affinities and the configuration, in the forms of the v1 model, turned into
// what the CRDs hold. Source: libcalico-go lib/backend/model/{block,block_affinity,ipam_config}.go. Of a block only that is
// kept which decides announcements: ten thousand blocks in use take gigabytes otherwise.
import type { ApiObject } from '../model/object.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** What an object is made of, before it has its metadata. */
export interface Converted {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: ApiObject['metadata']['labels'];
  readonly spec: JsonRecord;
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `10.0.0.0-26` or `fd00::-122` of a key as a CIDR; undefined when it is none. */
function cidrOf(text: string): string | undefined {
  const dash = text.lastIndexOf('-');
  return dash > 0 ? `${text.slice(0, dash)}/${text.slice(dash + 1)}` : undefined;
}

/** As Calico names blocks in the Kubernetes datastore: `10-0-0-0-26`. */
const nameOf = (cidr: string) => cidr.replace(/[.:/]/g, '-');

// All pods on the block's own node say the same: one object for all of them.
function attributesOf(value: unknown, owner: string | undefined): unknown {
  if (!Array.isArray(value)) return value;
  const ownUse = { secondary: { node: owner } };
  return value.map((attribute: unknown) => {
    if (!isRecord(attribute) || !isRecord(attribute.secondary)) return attribute;
    const { node, pod, namespace, type } = attribute.secondary;
    const { releasedAt } = attribute;
    if (releasedAt === undefined && node === owner && owner !== undefined) return ownUse;
    return { secondary: { node, pod, namespace, type }, ...(releasedAt === undefined ? {} : { releasedAt }) };
  });
}

/** A block: `/calico/ipam/v2/assignment/ipv4/block/10.0.0.0-26`. */
export function blockOf(rest: string, value: JsonRecord): Converted | undefined {
  const [, kind, text] = /^ipv[46]\/(block)\/([^/]+)$/.exec(rest) ?? [];
  const cidr = kind === undefined || text === undefined ? undefined : cidrOf(text);
  if (cidr === undefined) return undefined;
  const { affinity, hostAffinity, allocations, attributes, deleted, affinity_claim_time } = value;
  // Before v2.6 a block named its host without `host:`.
  const legacy = typeof hostAffinity === 'string' && hostAffinity !== '' ? `host:${hostAffinity}` : undefined;
  const affine = affinity ?? legacy;
  const owner =
    typeof affine === 'string' && affine.startsWith('host:') ? affine.slice('host:'.length) : undefined;
  const affinityClaimTime = affinity_claim_time ?? undefined;
  const spec = { cidr: value.cidr ?? cidr, affinity: affine, affinityClaimTime, allocations, deleted };
  return { name: nameOf(cidr), spec: { ...spec, attributes: attributesOf(attributes, owner) } };
}

/** An affinity: `/calico/ipam/v2/host/<node>/ipv4/block/10.0.0.0-26`; a value of old is empty and means confirmed. */
export function affinityOf(rest: string, value: JsonRecord): Converted | undefined {
  const [, node, text] = /^(.+)\/ipv[46]\/block\/([^/]+)$/.exec(rest) ?? [];
  const cidr = text === undefined ? undefined : cidrOf(text);
  if (cidr === undefined || node === undefined) return undefined;
  const { state = 'confirmed', deleted = false } = value;
  return { name: `${node}-${nameOf(cidr)}`, spec: { cidr, node, type: 'host', state, deleted } };
}

/** The IPAM configuration: `/calico/ipam/v2/config`. */
export function ipamConfigOf(rest: string, value: JsonRecord): Converted | undefined {
  if (rest !== '') return undefined;
  const { strict_affinity: strictAffinity, auto_allocate_blocks: autoAllocateBlocks } = value;
  return { name: 'default', spec: { strictAffinity, autoAllocateBlocks } };
}
