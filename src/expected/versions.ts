// What differs between Calico releases in the rules that decide sessions and announcements, checked tag by tag in
// projectcalico/calico (confd/, libcalico-go/). An unknown version counts as the newest.

/** Rules of one Calico release. */
export interface Features {
  /** v3.25: BGPPeer.reachableBy and ttlSecurity. */
  readonly ttlSecurity: boolean;
  /** v3.26: BGPFilter. */
  readonly filters: boolean;
  /** v3.27: BGPFilter source and interface; routes of tunnel devices are kept from iBGP peers. */
  readonly filterSource: boolean;
  readonly tunnelRoutesKeptFromIbgp: boolean;
  /** v3.29: BGPFilter prefixLength. */
  readonly filterPrefixLength: boolean;
  /** v3.30: localWorkloadSelector; single external addresses of services with externalTrafficPolicy Cluster. */
  readonly localWorkloads: boolean;
  readonly singleExternalAddresses: boolean;
  /** v3.31: localASNumber, nextHopMode, reversePeering, serviceLoadBalancerAggregation, EndpointSlices, all ClusterIPs. */
  readonly localAsn: boolean;
  readonly nextHopMode: boolean;
  readonly reversePeering: boolean;
  readonly loadBalancerAggregation: boolean;
  readonly endpointSlices: boolean;
  /** v3.31.5: addresses of status.loadBalancer count when a single address of serviceLoadBalancerIPs is looked for. */
  readonly ingressAddresses: boolean;
  /** v3.31.7, v3.32.2: endpoints that are not ready do not count (Endpoints always held ready ones only). */
  readonly endpointReadiness: boolean;
  /** v3.32: BGPFilter peerType, communities, asPathPrefix, priority, operations. */
  readonly filterOperations: boolean;
  /** v3.33: Felix programs IPIP routes unless BGPConfiguration says otherwise, so tunl0 counts as a tunnel device. */
  readonly felixRoutesIpip: boolean;
  /** v3.33: a route reflector passes on external service addresses too. */
  readonly reflectsExternalAddresses: boolean;
}

type Version = readonly [number, number, number];

const newest: Version = [999, 0, 0];

/** Reads `v3.31.7`, `3.31` or `v3.33.0-0.dev-12-gabc`; undefined when the text is no version. */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?![\d.])/.exec(text.trim());
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** The rules of a Calico release; those of the newest when the version is undefined or unreadable. */
export function featuresOf(version: string | undefined): Features {
  const [major, minor, patch] = (version === undefined ? undefined : parseVersion(version)) ?? newest;
  const since = (x: number, y: number, z = 0) =>
    major !== x ? major > x : minor !== y ? minor > y : patch >= z;
  const in331 = major === 3 && minor === 31;
  return {
    ttlSecurity: since(3, 25),
    filters: since(3, 26),
    filterSource: since(3, 27),
    tunnelRoutesKeptFromIbgp: since(3, 27),
    filterPrefixLength: since(3, 29),
    localWorkloads: since(3, 30),
    singleExternalAddresses: since(3, 30),
    localAsn: since(3, 31),
    nextHopMode: since(3, 31),
    reversePeering: since(3, 31),
    loadBalancerAggregation: since(3, 31),
    endpointSlices: since(3, 31),
    ingressAddresses: since(3, 31, 5),
    endpointReadiness: in331 ? since(3, 31, 7) : !since(3, 32) || since(3, 32, 2),
    filterOperations: since(3, 32),
    felixRoutesIpip: since(3, 33),
    reflectsExternalAddresses: since(3, 33),
  };
}
