// Results that the authors of the shared captures wrote beside them, brought to one shape: peers with what is said of them,
// and prefixes with their next hops. Three ways of writing: rows of a template's columns (YAML), nested results of a
// parser (JSON), and a library's neighbours by VRF (JSON).
import { existsSync, readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { canonicalAddress } from '../../../src/model/address.ts';
import { parseAsn } from '../../../src/model/asn.ts';
import { formatPrefix, tryParsePrefix } from '../../../src/model/prefix.ts';

export interface ExpectedPeer {
  readonly asn?: number;
  readonly up?: boolean;
  readonly received?: number;
}

export interface Expected {
  /** By address; several where several VRFs have a peer of that address. */
  readonly peers: Map<string, ExpectedPeer[]>;
  readonly routes: Map<string, Set<string>>;
}

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const hopKeys = new Set(['next_hop', 'nexthop', 'nexthop_ip', 'next_hop_address', 'fwd']);

function collectHops(value: unknown, hops: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectHops(item, hops);
  if (!isTree(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const listed = hopKeys.has(key) ? (Array.isArray(inner) ? inner : [inner]) : [];
    for (const item of listed) {
      const address = canonicalAddress(text(item) ?? '');
      if (address !== undefined) hops.add(address);
    }
    collectHops(inner, hops);
  }
}

function addPeer(expected: Expected, address: string, peer: ExpectedPeer): void {
  expected.peers.set(address, [...(expected.peers.get(address) ?? []), peer]);
}

function addRoute(expected: Expected, prefix: string, hops: Set<string>): void {
  const known = expected.routes.get(prefix) ?? new Set<string>();
  for (const hop of hops) known.add(hop);
  expected.routes.set(prefix, known);
}

/** Families that the drivers read: their names begin like this. */
const readFamilies = /^(?:ipv[46]|vpnv[46]|ipv[46][ _]unicast|vpnv[46][ _]unicast.*|ipv[46] unicast.*|)$/;

function readPeers(peers: Tree, expected: Expected, napalm: boolean): void {
  for (const [id, peer] of Object.entries(peers)) {
    const address = canonicalAddress(id);
    if (address === undefined || !isTree(peer)) continue;
    const asn = parseAsn(text(peer.remote_as) ?? '');
    const families = isTree(peer.address_family) ? Object.values(peer.address_family).filter(isTree) : [];
    const received = napalm && families.length === 1 ? Number(families[0]?.received_prefixes) : -1;
    addPeer(expected, address, {
      // 0: not known yet.
      ...(asn && { asn }),
      ...(typeof peer.is_up === 'boolean' && { up: peer.is_up }),
      ...(received >= 0 && { received }),
    });
  }
}

/** The families that the drivers read; a library's counts by family are no tables. */
function familiesRead(value: unknown, napalm: boolean): unknown[] {
  const families = isTree(value) && !napalm ? Object.entries(value) : [];
  return families.filter(([family]) => readFamilies.test(family)).map(([, inner]) => inner);
}

function readNested(tree: unknown, expected: Expected, napalm: boolean): void {
  if (Array.isArray(tree)) for (const item of tree) readNested(item, expected, napalm);
  for (const [key, value] of isTree(tree) ? Object.entries(tree) : []) {
    const prefix = key.includes('/') && isTree(value) ? tryParsePrefix(key) : undefined;
    if ((key === 'neighbor' || key === 'peers') && isTree(value)) readPeers(value, expected, napalm);
    if (prefix) {
      const hops = new Set<string>();
      collectHops(value, hops);
      addRoute(expected, formatPrefix(prefix), hops);
    } else readNested(key === 'address_family' ? familiesRead(value, napalm) : value, expected, napalm);
  }
}

function readRow(row: Tree, expected: Expected): void {
  const network = text(row.network) ?? text(row.prefix) ?? text(row.ip_address);
  const length = text(row.prefix_length) ?? text(row.mask) ?? '';
  if (network !== undefined) {
    const prefix = tryParsePrefix(network.includes('/') || length === '' ? network : `${network}/${length}`);
    if (!prefix) return;
    const hops = new Set<string>();
    collectHops(row, hops);
    addRoute(expected, formatPrefix(prefix), hops);
    return;
  }
  const id = ['bgp_neigh', 'bgp_neighbor', 'neighbor', 'remote_ip'].map((key) => text(row[key]));
  const address = canonicalAddress(id.find((one) => one !== undefined) ?? '');
  if (address === undefined) return;
  const asn = parseAsn(text(row.neigh_as) ?? text(row.neighbor_as) ?? text(row.remote_as) ?? '');
  const state = text(row.state_pfxrcd) ?? text(row.bgp_state) ?? text(row.state) ?? '';
  addPeer(expected, address, {
    ...(asn !== undefined && asn > 0 && { asn }),
    ...(state !== '' && { up: /^\d|^Estab/i.test(state) }),
    ...(/^\d+$/.test(state) && { received: Number(state) }),
  });
}

/** What stands beside a capture; undefined when nothing does. */
export function expectedBeside(file: string): Expected | undefined {
  const expected: Expected = { peers: new Map(), routes: new Map() };
  if (file.endsWith('.raw') && existsSync(file.replace(/raw$/, 'yml'))) {
    const rows: unknown = parseYaml(readFileSync(file.replace(/raw$/, 'yml'), 'utf8'));
    const sample = isTree(rows) ? rows.parsed_sample : undefined;
    for (const row of Array.isArray(sample) ? sample : []) if (isTree(row)) readRow(row, expected);
    return expected;
  }
  const nested = file.replace(/_output\.txt$/, '_expected.json');
  const napalm = file.replace(/[^/]+$/, 'expected_result.json');
  const beside = nested !== file && existsSync(nested) ? nested : existsSync(napalm) ? napalm : undefined;
  if (beside === undefined) return undefined;
  readNested(JSON.parse(readFileSync(beside, 'utf8')), expected, beside === napalm);
  return expected;
}
