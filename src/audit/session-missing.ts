// Sessions that Calico's objects call for and that one end does not have at all: BIRD without the protocol (its
// configuration was not applied), or a switch without the neighbour.
import type { Session } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Check, Draft } from './check.ts';
import type { Context } from './context.ts';

const has = (sessions: readonly Session[], peerAddress: string) =>
  sessions.some((session) => session.peerAddress === peerAddress);

function onNode(context: Context, snapshot: DeviceSnapshot): Draft[] {
  return (context.pairing(snapshot)?.missing ?? []).map((session) => ({
    severity: session.kind === 'mesh' ? 'warning' : 'critical',
    device: session.node,
    subject: session.peerAddress,
    verdict: 'missing',
    cause: 'config-not-applied',
    detail: `${session.node}: BIRD has no session ${session.name} with ${session.peerAddress}; it should, since ${session.because}`,
    peerAddress: session.peerAddress,
    ...peerOf(context, session.peerAddress),
  }));
}

function peerOf(context: Context, address: string): { peer?: string } {
  const peer = context.deviceByAddress.get(address);
  return peer === undefined ? {} : { peer };
}

function onSwitch(context: Context, snapshot: DeviceSnapshot): Draft[] {
  const sessions = context.sessions(snapshot);
  if (!sessions.known) return [];
  const { name } = snapshot.device;
  const { sessionFamilies } = snapshot.facts;
  const findings: Draft[] = [];
  for (const session of context.expected?.sessions ?? []) {
    if (context.deviceByAddress.get(session.peerAddress) !== name) continue;
    // What the source cannot show is not missing.
    if (sessionFamilies && !sessionFamilies.includes(session.afi)) continue;
    // Without a source address the node's kernel chooses: then the switch may know the node by any of its addresses.
    const address = session.sourceAddress;
    if (address === undefined || has(sessions.value, address)) continue;
    findings.push({
      severity: 'critical',
      device: name,
      subject: address,
      verdict: 'missing',
      detail: `${name} has no BGP neighbour ${address} (${session.node}, AS ${session.localAsn}); it should, since ${session.because}`,
      peerAddress: address,
      peer: session.node,
    });
  }
  return findings;
}

export const sessionMissing: Check = (context) => ({
  findings: [...context.devices.values()].flatMap((snapshot) =>
    snapshot.device.role === 'node' ? onNode(context, snapshot) : onSwitch(context, snapshot),
  ),
});
