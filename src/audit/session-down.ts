// Sessions that a device has configured and that are not established: on nodes the ones that should exist, on switches
// every one, since a fabric's own sessions (leaf to spine) carry the routes too.
import { isEstablished, type Session } from '../model/session.ts';
import type { Check, Draft } from './check.ts';
import type { Context } from './context.ts';

function wanted(context: Context, device: string, session: Session): boolean {
  const expected = context.expectedByNode.get(device);
  // Without objects nothing is known to be unwanted.
  if (!expected) return true;
  return expected.some(({ peerAddress }) => peerAddress === session.peerAddress);
}

function why(session: Session): string {
  if (session.adminDown) return 'shut down by configuration';
  if (session.gracefulRestart) return `${session.state}, its routes are kept for a graceful restart`;
  if (session.passive) return 'waits for the peer to connect';
  return session.lastError ? `${session.state}, last error: ${session.lastError}` : `${session.state}`;
}

function draft(context: Context, device: string, session: Session): Draft {
  const { peerAddress, peerAsn } = session;
  const peer = context.deviceByAddress.get(peerAddress);
  const who = `${peer === undefined ? '' : `${peer}, `}${peerAddress}${peerAsn === null ? '' : `, AS ${peerAsn}`}`;
  return {
    severity: session.kind === 'mesh' || session.adminDown ? 'warning' : 'critical',
    device,
    subject: peerAddress,
    verdict: 'down',
    ...(session.adminDown ? { cause: 'admin-down' } : {}),
    detail: `${device}: BGP session with its peer (${who}) is down: ${why(session)}`,
    peerAddress,
    vrf: session.vrf,
    ...(peer === undefined ? {} : { peer }),
  };
}

export const sessionDown: Check = (context) => {
  const findings: Draft[] = [];
  for (const snapshot of context.devices.values()) {
    const { name, role } = snapshot.device;
    const sessions = context.sessions(snapshot);
    if (!sessions.known) continue;
    const down = sessions.value.filter((session) => session.state !== null && !isEstablished(session));
    const judged = role === 'node' ? down.filter((session) => wanted(context, name, session)) : down;
    findings.push(...judged.map((session) => draft(context, name, session)));
  }
  return { findings };
};
