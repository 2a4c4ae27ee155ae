// Switches that nobody has listed: the peerIP of every BGPPeer that is no node of the cluster is an address of one. Which
// addresses are asked is decided here, anew whenever objects or readings change, and nothing else is ever contacted. A
// switch that is listed, or that was found by another of its addresses, is not asked twice: its sessions name its addresses.
import type { DiscoveryConfig, SwitchConfig } from '../config/config.ts';
import { canonicalAddress } from '../model/address.ts';
import type { Collected, Collector } from '../model/collector.ts';
import type { ExpectedState } from '../model/expectation.ts';
import { contains, parsePrefix, tryParsePrefix } from '../model/prefix.ts';
import { lastGood } from '../model/reading.ts';
import { clusterVrf, type DeviceSnapshot } from '../model/snapshot.ts';

export interface Targets {
  /** Canonical addresses to ask, sorted. */
  readonly addresses: readonly string[];
  /** How many more there are than may be asked. */
  readonly leftOut: number;
}

/** Addresses outside the cluster that its nodes peer with by BGPPeer objects. */
function peersOutside({ nodes, sessions }: ExpectedState): string[] {
  const own = new Set(nodes.flatMap(({ addresses }) => addresses));
  const peers = sessions
    .filter(({ kind, peerNode }) => (kind === 'node' || kind === 'global') && peerNode === undefined)
    .flatMap(({ peerAddress }) => canonicalAddress(peerAddress) ?? []);
  return [...new Set(peers)].filter((address) => !own.has(address)).sort();
}

/** Never a host to ask: this one, everybody, or a link without which the address means nothing. */
const never = [
  '127.0.0.0/8',
  '0.0.0.0/8',
  '224.0.0.0/3',
  '169.254.0.0/16',
  '::/127',
  'fe80::/10',
  'ff00::/8',
].map(parsePrefix);

function mayBeAsked(address: string, within: DiscoveryConfig['within']): boolean {
  const host = tryParsePrefix(`${address}/${address.includes(':') ? 128 : 32}`);
  if (!host) return false;
  if (within) return within.some((range) => contains(range, host));
  return !never.some((range) => contains(range, host));
}

/** Which addresses to ask; `isTaken` is true for those of a device that is asked already by another one. */
export function discoveryTargets(
  config: Pick<DiscoveryConfig, 'within' | 'most'>,
  expected: ExpectedState,
  isTaken: (address: string) => boolean,
): Targets {
  const wanted = peersOutside(expected).filter(
    (address) => mayBeAsked(address, config.within) && !isTaken(address),
  );
  return { addresses: wanted.slice(0, config.most), leftOut: Math.max(0, wanted.length - config.most) };
}

/** Every address that a device is known by: where it is asked, as configured, and where its sessions end. */
export function addressesOf({ device, sessions }: Pick<DeviceSnapshot, 'device' | 'sessions'>): string[] {
  const ends = lastGood(sessions);
  const own = clusterVrf(device);
  return [
    ...(device.address === '' ? [] : [device.address]),
    ...device.addresses,
    ...(ends?.value ?? []).flatMap(({ localAddress, vrf }) =>
      localAddress === undefined || vrf !== own ? [] : [localAddress],
    ),
  ];
}

/** A discovered switch as if it were listed: its name is its address until it says its own. */
export function discoveredSwitch(config: DiscoveryConfig, address: string): SwitchConfig {
  const { within: _, most: __, ...access } = config;
  return { ...access, name: address, address, bgpAddresses: [address] };
}

/** A name that may stand in a label and on the page: what a device says of itself is not to be trusted. */
export function nameFrom(collected: Collected): string | undefined {
  const name = collected.facts?.hostname?.split('.')[0];
  return name !== undefined && /^[A-Za-z0-9][\w-]{0,62}$/.test(name) ? name : undefined;
}

/** The collector under another name, which may still change: what it reads bears the name of that moment. */
export function renamed(collector: Collector, name: () => string): Collector {
  return {
    get device() {
      return name();
    },
    source: collector.source,
    async collect(query, signal) {
      const collected = await collector.collect(query, signal);
      const { sessions } = collected;
      if (!sessions.ok) return collected;
      const value = sessions.value.map((session) => ({ ...session, device: name() }));
      return { ...collected, sessions: { ...sessions, value } };
    },
    close: () => collector.close(),
  };
}
