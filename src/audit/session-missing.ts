// Sessions that Calico's objects call for and that one end does not have at all: BIRD without the protocol (its
// configuration was not applied), or a switch without the neighbour.
import { showsSessions } from '../model/capabilities.ts';
import type { ExpectedSession } from '../model/expectation.ts';
import type { Session } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Check, CheckOutcome, Draft } from './check.ts';
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

function onSwitch(context: Context, snapshot: DeviceSnapshot): CheckOutcome {
  const sessions = context.sessions(snapshot);
  if (!sessions.known) return { findings: [] };
  const { name } = snapshot.device;
  const sight = snapshot.facts.capabilities?.sessions;
  const findings: Draft[] = [];
  const unseen: ExpectedSession[] = [];
  for (const session of context.expected?.sessions ?? []) {
    if (context.deviceByAddress.get(session.peerAddress) !== name) continue;
    // Without a source address the node's kernel chooses: then the switch may know the node by any of its addresses.
    const address = session.sourceAddress;
    if (address === undefined || has(sessions.value, address)) continue;
    // What the source cannot show is not missing.
    if (!showsSessions(sight, session.afi)) {
      unseen.push(session);
      continue;
    }
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
  return { findings, unknown: unseenSessions(snapshot, unseen) };
}

/** What is not judged because the source cannot see it, in one entry of the device. */
function unseenSessions(
  { device, facts, source }: DeviceSnapshot,
  unseen: readonly ExpectedSession[],
): Draft[] {
  const [first] = unseen;
  if (!first) return [];
  const example = `${first.sourceAddress} (${first.node})`;
  const which =
    unseen.length === 1
      ? `the session with ${example}`
      : `${unseen.length} sessions, such as the one with ${example},`;
  const limits = facts.capabilities?.sessions?.limits;
  return [
    {
      severity: 'info',
      device: device.name,
      subject: device.name,
      verdict: 'unknown',
      detail: `whether ${device.name} has ${which} cannot be seen by ${source}${limits ? `: ${limits}` : ''}`,
    },
  ];
}

export const sessionMissing: Check = (context) => {
  const outcomes = [...context.devices.values()].map((snapshot) =>
    snapshot.device.role === 'node' ? { findings: onNode(context, snapshot) } : onSwitch(context, snapshot),
  );
  return {
    findings: outcomes.flatMap(({ findings }) => findings),
    unknown: outcomes.flatMap(({ unknown }) => unknown ?? []),
  };
};
