// Sessions that nothing calls for: a protocol left in BIRD after its BGPPeer went away, or a switch that still has a
// neighbour statement for a node that must not peer with it. A fabric's own sessions are none of Calico's business.
import type { CauseId } from '../model/cause.ts';
import type { DeviceRole } from '../model/collector.ts';
import type { Session } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Check, Draft } from './check.ts';
import type { Context } from './context.ts';

function unexpectedOnSwitch(context: Context, { device }: DeviceSnapshot, session: Session): boolean {
  const node = context.expected?.nodes.find(({ addresses }) => addresses.includes(session.peerAddress));
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

export const sessionUnexpected: Check = (context) => {
  const findings: Draft[] = [];
  for (const snapshot of context.devices.values()) {
    const { name, role } = snapshot.device;
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
