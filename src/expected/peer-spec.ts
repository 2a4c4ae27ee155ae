// BGPPeer objects, read and checked: which nodes, which peers, and how to speak to them.
// Source: api/pkg/apis/projectcalico/v3/bgppeer.go, libcalico-go/lib/clientv3/bgppeer.go (validation).
import { canonicalAddress } from '../model/address.ts';
import type { ObjectProblem } from '../model/expectation.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import { type Fields, type Report, specOf } from './fields.ts';
import { perObjectReading } from './memo.ts';
import { parseSelector, type Selector } from './selector.ts';
import { SelectorError } from './selector-tokens.ts';
import type { Features } from './versions.ts';

/** An address with the port written beside it; port undefined where none is written. */
interface Endpoint {
  readonly address: string;
  readonly port: number | undefined;
}

/** A selector field: absent, understood, or there but not understood (it then selects nothing). */
export type SelectorField = Selector | 'invalid' | undefined;

export interface BgpPeer {
  readonly name: string;
  readonly object: ApiObject;
  readonly node: string | undefined;
  readonly nodeSelector: SelectorField;
  readonly peerSelector: SelectorField;
  readonly localWorkloadSelector: SelectorField;
  readonly peerIp: Endpoint | undefined;
  readonly asn: number | undefined;
  /** True when there is an asNumber other than 0, readable or not. */
  readonly asnWritten: boolean;
  readonly localAsn: number | undefined;
  readonly keepNextHop: boolean;
  readonly nextHopMode: 'Auto' | 'Self' | 'Keep' | undefined;
  readonly reverse: boolean;
  readonly filters: readonly string[];
  readonly passwordSet: boolean;
  readonly sourceNone: boolean;
  readonly ttlSecurity: number | undefined;
  readonly allowedLocalAsns: number | undefined;
}

function selectorField(spec: Fields, key: string): SelectorField {
  const text = spec.text(key);
  if (text === undefined) return undefined;
  try {
    return parseSelector(text);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    spec.problem('error', key, `${error.message}; it selects nothing`);
    return 'invalid';
  }
}

/** Reads `10.0.0.1`, `10.0.0.1:1179`, `fd00::1` or `[fd00::1]:1179`; undefined when the text is none of them. */
function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^\[([^\]]+)\]:(\d{1,5})$/.exec(text) ?? /^([^:]+):(\d{1,5})$/.exec(text);
  const address = canonicalAddress(match?.[1] ?? text);
  if (address === undefined) return undefined;
  if (!match) return { address, port: undefined };
  const port = Number(match[2]);
  return port > 65535 ? undefined : { address, port: port === 0 ? undefined : port };
}

function peerIpField(spec: Fields): Endpoint | undefined {
  const text = spec.text('peerIP');
  if (text === undefined) return undefined;
  const endpoint = parseEndpoint(text);
  if (!endpoint) {
    spec.problem(
      'error',
      'peerIP',
      `"${text}" is not an address, address:port or [address]:port; the peer is left out`,
    );
  }
  return endpoint;
}

/** Reports what is wrong with a peer, beyond the reading of its fields. `key` is a field of its spec. */
export function peerProblem(
  report: Report,
  { object }: BgpPeer,
  severity: ObjectProblem['severity'],
  key: string | undefined,
  message: string,
): void {
  const field = key === undefined ? 'spec' : `spec.${key}`;
  report({ severity, object: objectName(object), field, message });
}

function checkCombination(peer: BgpPeer, fields: Fields): void {
  if (peer.nodeSelector && peer.node !== undefined) {
    fields.problem('warning', 'node', 'has no effect beside nodeSelector');
  }
  if (peer.peerSelector) {
    if (fields.has('peerIP')) fields.problem('warning', 'peerIP', 'has no effect beside peerSelector');
    if (peer.asn !== undefined) {
      fields.problem(
        'warning',
        'asNumber',
        "has no effect beside peerSelector: the nodes' own AS numbers count",
      );
    }
  } else if (!peer.localWorkloadSelector && !fields.has('peerIP')) {
    fields.problem('error', 'peerIP', 'is missing, and so is peerSelector: no session comes of this object');
  }
}

const readPeer = perObjectReading((object: ApiObject, features: Features, report: Report): BgpPeer => {
  const spec = specOf(object, report);
  const peer: BgpPeer = {
    name: object.metadata.name,
    object,
    node: spec.text('node'),
    nodeSelector: selectorField(spec, 'nodeSelector'),
    peerSelector: selectorField(spec, 'peerSelector'),
    localWorkloadSelector: features.localWorkloads ? selectorField(spec, 'localWorkloadSelector') : undefined,
    peerIp: peerIpField(spec),
    asn: spec.asn('asNumber'),
    asnWritten: spec.hasAsn('asNumber'),
    localAsn: features.localAsn ? spec.asn('localASNumber') : undefined,
    keepNextHop: spec.flag('keepOriginalNextHop') ?? false,
    nextHopMode: features.nextHopMode ? spec.oneOf('nextHopMode', ['Auto', 'Self', 'Keep']) : undefined,
    reverse: !features.reversePeering || spec.oneOf('reversePeering', ['Auto', 'Manual']) !== 'Manual',
    filters: features.filters ? spec.texts('filters') : [],
    passwordSet: spec.has('password'),
    sourceNone: spec.oneOf('sourceAddress', ['UseNodeIP', 'None']) === 'None',
    ttlSecurity: features.ttlSecurity ? spec.integer('ttlSecurity', 0, 255) || undefined : undefined,
    allowedLocalAsns: spec.integer('numAllowedLocalASNumbers', 0, 2147483647),
  };
  checkCombination(peer, spec);
  return peer;
});

/** All BGPPeers, by name. */
export function peersOf(
  objects: readonly ApiObject[],
  features: Features,
  report: Report,
): readonly BgpPeer[] {
  return objects.map((object) => readPeer(object, features, report));
}
