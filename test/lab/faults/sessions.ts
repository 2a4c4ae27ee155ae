// Faults of sessions and cables: shut on either side, a wrong AS number on either side, a cable that is cut.
// On a node a shut session is BIRD's `disable`, on a switch `neighbor … shutdown` (Cease, RFC 4486).
import { LabError, run } from '../run.ts';
import { type LabState, netnsOf } from '../state.ts';
import { BRIDGES, type LinkEnd } from '../topology.ts';
import {
  argument,
  configureSwitch,
  type Fault,
  type FaultContext,
  nodeEnds,
  nodeNamed,
  reconfigure,
  switchEnds,
  switchNamed,
  tellBird,
} from './fault.ts';

function isNode(lab: LabState, device: string): boolean {
  return lab.topology.nodes.some((node) => node.name === device);
}

async function setShut(context: FaultContext, shut: boolean): Promise<void> {
  const { lab } = context;
  const device = argument(context, 0, 'the device');
  const peer = argument(context, 1, 'the peer');
  if (isNode(lab, device)) {
    for (const session of nodeEnds(lab, nodeNamed(lab, device), peer)) {
      await tellBird(lab, device, session.afi, `${shut ? 'disable' : 'enable'} ${session.name}`);
    }
    return;
  }
  const lines = switchEnds(lab, device, peer).map(
    ({ peerAddress }) => `${shut ? '' : 'no '}neighbor ${peerAddress} shutdown`,
  );
  await configureSwitch(lab, device, [`router bgp ${switchNamed(lab, device).asn}`, ...lines]);
}

async function setAs(context: FaultContext, injected: boolean): Promise<void> {
  const { lab } = context;
  const device = argument(context, 0, 'the device');
  const peer = argument(context, 1, 'the address of the peer');
  const asn = Number(argument(context, 2, 'the AS number'));
  if (!Number.isInteger(asn) || asn < 1 || asn > 4294967295)
    throw new LabError('an AS number is 1 to 4294967295');
  if (isNode(lab, device)) {
    nodeEnds(lab, nodeNamed(lab, device), peer);
    return reconfigure(context, nodeNamed(lab, device));
  }
  const lines = switchEnds(lab, device, peer).map(
    (session) => `neighbor ${session.peerAddress} remote-as ${injected ? asn : session.peerAsn}`,
  );
  return configureSwitch(lab, device, [`router bgp ${switchNamed(lab, device).asn}`, ...lines]);
}

/** On a cable the first device's interface; on a segment the first device's port: the device loses its carrier. */
function interfaceBetween(lab: LabState, a: string, b: string): { netns: string; name: string } {
  for (const link of lab.topology.links) {
    const own: LinkEnd | undefined = link.ends.find((end) => end.device === a);
    if (own === undefined || !link.ends.some((end) => end.device === b)) continue;
    if (link.ends.length === 2) return { netns: netnsOf(lab, a), name: own.interface };
    return { netns: netnsOf(lab, BRIDGES), name: `${a}.${own.interface}` };
  }
  throw new LabError(`no link between ${a} and ${b}`);
}

async function setLink(context: FaultContext, state: 'up' | 'down'): Promise<void> {
  const a = argument(context, 0, 'the first device');
  const { netns, name } = interfaceBetween(context.lab, a, argument(context, 1, 'the second device'));
  await run(['ip', '-n', netns, 'link', 'set', name, state], { device: a });
}

export const shutSession: Fault = {
  usage: 'shut-session DEVICE PEER',
  says: 'a session is shut by its configuration, on a node or on a switch',
  inject: (context) => setShut(context, true),
  heal: (context) => setShut(context, false),
};

export const wrongAs: Fault = {
  usage: 'wrong-as DEVICE PEER-ADDRESS ASN',
  says: 'a node or a switch expects another AS number of its peer',
  inject: (context) => setAs(context, true),
  heal: (context) => setAs(context, false),
};

export const cutLink: Fault = {
  usage: 'cut-link A B',
  says: "the cable between A and B, or A's port in the segment of both, is down",
  inject: (context) => setLink(context, 'down'),
  heal: (context) => setLink(context, 'up'),
};
