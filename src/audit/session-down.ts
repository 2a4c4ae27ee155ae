// Sessions that a device has configured and that are not established: on nodes the ones that should exist, on switches
// every one, since a fabric's own sessions (leaf to spine) carry the routes too.
import type { Severity } from '../model/finding.ts';
import type { Session } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Check, Draft } from './check.ts';
import type { Context } from './context.ts';

/** Sessions that should be up: on a node those that the objects call for (all, where none are known), on a switch all. */
function judgedAt(context: Context, snapshot: DeviceSnapshot): readonly Session[] {
  const sessions = context.sessions(snapshot);
  if (!sessions.known) return [];
  const unexpected = new Set(context.pairing(snapshot)?.unexpected);
  return sessions.value.filter((session) => !unexpected.has(session));
}

/** A switch's session with a stranger outside the default VRF is none of the cluster's business. */
function severityOf(context: Context, session: Session): Severity {
  const known = context.deviceByAddress.has(session.peerAddress);
  if (session.kind === 'mesh' || session.adminDown) return 'warning';
  if (known || session.kind !== undefined) return 'critical';
  return session.vrf === 'default' ? 'warning' : 'info';
}

function why(session: Session): string {
  if (session.adminDown) return 'shut down by configuration';
  if (session.gracefulRestart) return `${session.state}, its routes are kept for a graceful restart`;
  if (session.passive) return 'waits for the peer to connect';
  const { state, lastError, keptError } = session;
  if (!keptError || keptError.text === lastError)
    return lastError ? `${state}, last error: ${lastError}` : `${state}`;
  return `${state}, error: ${keptError.text}${lastError ? ` (last error: ${lastError})` : ''}`;
}

function draft(context: Context, device: string, session: Session): Draft {
  const { peerAddress, peerAsn } = session;
  const peer = context.deviceByAddress.get(peerAddress);
  const who = `${peer === undefined ? '' : `${peer}, `}${peerAddress}${peerAsn === null ? '' : `, AS ${peerAsn}`}`;
  return {
    severity: severityOf(context, session),
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
    const down = judgedAt(context, snapshot).filter(({ state }) => state !== null && state !== 'established');
    findings.push(...down.map((session) => draft(context, snapshot.device.name, session)));
  }
  return { findings };
};
