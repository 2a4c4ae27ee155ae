// `show bgp vrf all neighbors json` of a demo switch, as FRR 8.4 prints it (bgpd/bgp_vty.c, bgp_show_peer): of the many
// fields those that tell state, timers, counters, addresses and why a session went down. Reasons of the last reset are
// FRR's own words (bgpd/bgpd.c, peer_down_str).
import { hostnameOf, uptime } from './frr-json.ts';
import type { SessionEnd, SessionError } from './sessions.ts';
import { stateNames } from './state-names.ts';
import { type SwitchView, sessionCounters } from './switch-view.ts';

const notifications: Readonly<Record<string, string>> = {
  '0202': 'OPEN Message Error/Bad Peer AS',
  '0602': 'Cease/Administrative Shutdown',
};

function lastReset(view: SwitchView, end: SessionEnd): object {
  const { error } = end;
  if (!error) return {};
  const since = { lastResetTimerMsecs: Math.max(0, view.now - view.history.sessionSince(end)) };
  if (end.adminDown) return { ...since, lastResetDueTo: 'Admin. shutdown', lastResetCode: 11 };
  if (error.by === 'socket')
    return { ...since, lastResetDueTo: 'Peer closed the session', lastResetCode: 23 };
  return { ...since, ...notification(error) };
}

function notification({ by, code, subcode }: SessionError): object {
  const octet = (value: number) => value.toString(16).toUpperCase().padStart(2, '0');
  const text = `${octet(code)}${octet(subcode)}`;
  return {
    lastErrorCodeSubcode: text,
    lastNotificationReason: notifications[text] ?? 'Cease',
    lastNotificationHardReset: false,
    lastResetDueTo: `BGP Notification ${by === 'sent' ? 'send' : 'received'}`,
    lastResetCode: by === 'sent' ? 14 : 13,
  };
}

function establishedTimers(view: SwitchView, end: SessionEnd, seconds: number): object {
  return {
    bgpTimerUpMsec: seconds * 1000,
    bgpTimerUpString: uptime(seconds),
    bgpTimerUpEstablishedEpoch: Math.floor(view.history.sessionSince(end) / 1000),
  };
}

function neighbor(view: SwitchView, end: SessionEnd): object {
  const counters = sessionCounters(view, end);
  const up = end.state === 'established';
  return {
    remoteAs: end.peerAsn,
    localAs: end.localAsn,
    nbrExternalLink: end.external,
    nbrDesc: end.peer,
    ...hostnameOf(end.peer),
    ...(end.adminDown ? { adminShutDown: true } : {}),
    bgpVersion: 4,
    remoteRouterId: up ? end.peerRouterId : '0.0.0.0',
    localRouterId: view.state.device.routerId,
    bgpState: stateNames[end.state],
    ...(up ? establishedTimers(view, end, counters.establishedSeconds) : {}),
    bgpTimerConfiguredHoldTimeMsecs: 180000,
    bgpTimerConfiguredKeepAliveIntervalMsecs: 60000,
    bgpTimerHoldTimeMsecs: 180000,
    bgpTimerKeepAliveIntervalMsecs: 60000,
    messageStats: {
      depthInq: 0,
      depthOutq: 0,
      totalSent: counters.messagesOut,
      totalRecv: counters.messagesIn,
    },
    addressFamilyInfo: {
      ipv4Unicast: {
        commAttriSentToNbr: 'extendedAndStandard',
        acceptedPrefixCounter: counters.received,
        ...(up ? { sentPrefixCounter: counters.sent } : {}),
      },
    },
    connectionsEstablished: counters.transitions,
    connectionsDropped: up ? Math.max(0, counters.transitions - 1) : counters.transitions,
    ...lastReset(view, end),
    externalBgpNbrMaxHopsAway: 1,
    hostLocal: up ? end.localAddress : 'Unknown',
    portLocal: up ? 179 : -1,
    hostForeign: up ? end.peerAddress : 'Unknown',
    portForeign: up ? 40001 : -1,
    connectRetryTimer: 120,
  };
}

/** The value of `default`: the VRF's number and name, then every neighbour by its address. */
export function neighbors(view: SwitchView): object {
  const entries = view.state.sessions.map((end) => [end.peerAddress, neighbor(view, end)]);
  return { vrfId: 0, vrfName: 'default', ...Object.fromEntries(entries) };
}
