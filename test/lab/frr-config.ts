// A switch's FRR configuration: one file for zebra, one for bgpd, read at start (docs.frrouting.org, "BGP").
// Timers are short so that a fault shows soon; the eBGP policy is open, as on a data-centre fabric; every neighbour
// has the inbound route-map LAB-IN, which lets all in: faults put their rules in front. Pure, writes nothing.
import { type SwitchSession, switchSessions } from './sessions.ts';
import { type Afi, afiOf, DEFAULT_TIMERS, type SwitchSpec, type Topology } from './topology.ts';

export const INBOUND = 'LAB-IN';

function neighbour({ peerAddress, peerAsn, peer }: SwitchSession): string[] {
  return [
    ` neighbor ${peerAddress} remote-as ${peerAsn}`,
    ` neighbor ${peerAddress} description ${peer}`,
    ` neighbor ${peerAddress} advertisement-interval 0`,
    // The default is two minutes between attempts: too long after a fault has been healed.
    ` neighbor ${peerAddress} timers connect 3`,
  ];
}

function activated(device: SwitchSpec, { peerAddress, kind }: SwitchSession): string[] {
  return [
    `  neighbor ${peerAddress} activate`,
    `  neighbor ${peerAddress} route-map ${INBOUND} in`,
    ...(kind === 'node' && device.asOverride === true ? [`  neighbor ${peerAddress} as-override`] : []),
    ...(kind === 'node' && device.reflectsNodes === true
      ? [`  neighbor ${peerAddress} route-reflector-client`]
      : []),
    ...(kind === 'fabric' && device.allowAsIn !== undefined
      ? [`  neighbor ${peerAddress} allowas-in ${device.allowAsIn}`]
      : []),
  ];
}

function family(device: SwitchSpec, sessions: readonly SwitchSession[], afi: Afi): string[] {
  return [
    ` address-family ${afi} unicast`,
    ...device.networks.filter((prefix) => afiOf(prefix) === afi).map((prefix) => `  network ${prefix}`),
    ...sessions.filter((session) => session.afi === afi).flatMap((session) => activated(device, session)),
    '  maximum-paths 8',
    ' exit-address-family',
    ' !',
  ];
}

export function zebraConfig(device: SwitchSpec, logFile: string): string {
  return [
    `hostname ${device.name}`,
    `log file ${logFile}`,
    'agentx',
    'ip forwarding',
    'ipv6 forwarding',
    // FRR 8.4 loses next-hop objects of the kernel when a cable goes down and comes up, and then installs no route over them any more.
    'no zebra nexthop kernel enable',
    'line vty',
    '',
  ].join('\n');
}

export function bgpdConfig(topology: Topology, device: SwitchSpec, logFile: string): string {
  const sessions = switchSessions(topology, device.name);
  const { keepalive, hold } = topology.timers ?? DEFAULT_TIMERS;
  return [
    `hostname ${device.name}`,
    `log file ${logFile}`,
    'agentx',
    '!',
    `router bgp ${device.asn}`,
    ` bgp router-id ${device.routerId}`,
    ' bgp log-neighbor-changes',
    ' no bgp ebgp-requires-policy',
    ' no bgp default ipv4-unicast',
    // Racks differ in their AS, so without it no ECMP towards the service range, which all of them announce.
    ' bgp bestpath as-path multipath-relax',
    ` timers bgp ${keepalive} ${hold}`,
    ...sessions.flatMap(neighbour),
    ' !',
    ...(['ipv4', 'ipv6'] as const).flatMap((afi) => family(device, sessions, afi)),
    'exit',
    '!',
    // The default waits five seconds before a changed route-map takes effect.
    'bgp route-map delay-timer 1',
    `route-map ${INBOUND} permit 65535`,
    'exit',
    '!',
    'line vty',
    '',
  ].join('\n');
}
