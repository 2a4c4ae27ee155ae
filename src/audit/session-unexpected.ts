// Sessions that nothing calls for: a protocol left in BIRD after its BGPPeer went away, or a switch that still has a
// neighbour statement for a node that must not peer with it; and sessions that are set up otherwise than the objects say. A
// fabric's own sessions are none of Calico's business.
import { clauseOf } from '../model/catalogue/causes.ts';
import type { CauseId } from '../model/cause.ts';
import type { DeviceRole } from '../model/collector.ts';
import type { ExpectedNode } from '../model/expectation.ts';
import { isEstablished, type Session } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Check, Draft } from './check.ts';
import type { Context } from './context.ts';

const byAddress = new WeakMap<readonly ExpectedNode[], ReadonlyMap<string, ExpectedNode>>();

/** Nodes by each of their addresses as the objects have them; of two with the same one the first. */
function nodeByAddress(nodes: readonly ExpectedNode[]): ReadonlyMap<string, ExpectedNode> {
  const known = byAddress.get(nodes);
  if (known) return known;
  const made = new Map<string, ExpectedNode>();
  for (const node of nodes)
    for (const address of node.addresses) if (!made.has(address)) made.set(address, node);
  byAddress.set(nodes, made);
  return made;
}

function unexpectedOnSwitch(context: Context, { device }: DeviceSnapshot, session: Session): boolean {
  const node = nodeByAddress(context.expected?.nodes ?? []).get(session.peerAddress);
  if (!node) return false;
  const expected = context.expectedByNode.get(node.name) ?? [];
  // Judged only where this switch's own addresses are known, by configuration or by other sessions.
  const mine = expected.some(({ peerAddress }) => context.deviceByAddress.get(peerAddress) === device.name);
  const someUnknown = expected.some(({ peerAddress }) => !context.deviceByAddress.has(peerAddress));
  return !mine && !someUnknown;
}

function unexpectedAt(context: Context, snapshot: DeviceSnapshot): readonly Session[] {
  if (snapshot.device.role === 'node') return context.pairing(snapshot)?.unexpected ?? [];
  const sessions = context.sessions(snapshot);
  if (!sessions.known || !context.expected) return [];
  return sessions.value.filter((session) => unexpectedOnSwitch(context, snapshot, session));
}

/** A node's BIRD has it by its configuration: an old one, or the mesh that the objects have switched off. */
function causeOf(role: DeviceRole, { kind }: Session): { cause: CauseId } | undefined {
  if (role !== 'node') return undefined;
  return { cause: kind === 'mesh' ? 'mesh-left-on' : 'config-not-applied' };
}

/** AS_TRANS (RFC 6793): what a source shows that cannot write a 4-byte number. */
const asTrans = 23456;

/**
 * Established sessions of a switch with a node that speaks under another AS number than the objects give it: both ends
 * agree, so BIRD still runs with what the objects said before.
 */
function underOldAs(context: Context, { device: { name } }: DeviceSnapshot, session: Session): Draft[] {
  const node = context.deviceByAddress.get(session.peerAddress);
  if (node === undefined || !isEstablished(session)) return [];
  const wanted = (context.expectedByNode.get(node) ?? []).find(
    ({ peerAddress, afi }) => afi === session.afi && context.deviceByAddress.get(peerAddress) === name,
  );
  const { peerAsn } = session;
  if (!wanted || peerAsn === null || peerAsn === asTrans || peerAsn === wanted.localAsn) return [];
  const detail = `it speaks with ${name} as AS ${peerAsn}, the objects give it AS ${wanted.localAsn}`;
  return [
    {
      severity: 'warning',
      device: node,
      subject: wanted.peerAddress,
      verdict: 'unexpected',
      cause: 'config-not-applied',
      detail: `${node} has a BGP session with ${name} under another AS than the objects call for: ${clauseOf('config-not-applied', { node, detail })}`,
      peerAddress: wanted.peerAddress,
      vrf: session.vrf,
      peer: name,
    },
  ];
}

/**
 * Established sessions of a node with one that should be its route-reflector client and is not, or the other way round: what
 * it has from other iBGP peers does not reach that one (RFC 4456).
 */
function otherReflection(context: Context, { device: { name } }: DeviceSnapshot, session: Session): Draft[] {
  const { routeReflectorClient: client, peerAddress, afi, vrf } = session;
  if (client === undefined || !isEstablished(session)) return [];
  const wanted = (context.expectedByNode.get(name) ?? []).find(
    (each) => each.peerAddress === peerAddress && each.afi === afi && each.peerAsn === each.localAsn,
  );
  if (!wanted || wanted.rrClient === client) return [];
  const peer = context.deviceByAddress.get(peerAddress);
  const who = peer === undefined ? peerAddress : `${peer} (${peerAddress})`;
  const detail = wanted.rrClient
    ? `${name} does not treat ${who} as its route-reflector client, as the objects call for: what it has from other iBGP peers it does not pass on there`
    : `${name} treats ${who} as its route-reflector client, which the objects do not call for`;
  return [
    {
      severity: 'warning',
      device: name,
      subject: peerAddress,
      verdict: 'unexpected',
      cause: 'rr-misconfigured',
      detail,
      peerAddress,
      vrf,
      ...(peer === undefined ? {} : { peer }),
    },
  ];
}

export const sessionUnexpected: Check = (context) => {
  const findings: Draft[] = [];
  for (const snapshot of context.devices.values()) {
    const { name, role } = snapshot.device;
    const sessions = context.sessions(snapshot);
    if (role === 'switch' && sessions.known)
      findings.push(...sessions.value.flatMap((session) => underOldAs(context, snapshot, session)));
    if (role === 'node' && sessions.known)
      findings.push(...sessions.value.flatMap((session) => otherReflection(context, snapshot, session)));
    for (const session of unexpectedAt(context, snapshot)) {
      const peer = context.deviceByAddress.get(session.peerAddress);
      findings.push({
        severity: 'warning',
        device: name,
        subject: session.peerAddress,
        verdict: 'unexpected',
        ...(causeOf(role, session) ?? {}),
        detail: `${name} has a BGP session with ${peer ?? session.peerAddress} (${session.peerAddress}, ${session.state ?? 'state unknown'}) that no Calico object calls for`,
        peerAddress: session.peerAddress,
        vrf: session.vrf,
        ...(peer === undefined ? {} : { peer }),
      });
    }
  }
  return { findings };
};
