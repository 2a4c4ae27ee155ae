// Metrics of BGP sessions, as each device shows its own end. Only sessions of a fresh reading appear: after that the
// device is unknown and calico_bgp_reading_up says so. Prefix counts and times belong to established sessions alone.
// States: RFC 4271 section 8.2.2, as an OpenMetrics StateSet.
import { bgpStates, isEstablished } from '../model/session.ts';
import { flapKey } from '../model/snapshot.ts';
import type { Family, Sample } from './family.ts';
import { type MetricView, type SessionSeries, sessionLabels } from './view.ts';

const source = '(BIRD "show protocols all", BGP4-MIB bgpPeerTable, or the switch\'s BGP summary)';

/** One sample a session with its labels. */
export function* each(
  { sessions }: MetricView,
  value: (series: SessionSeries) => number | undefined,
): Generator<Sample> {
  for (const series of sessions) {
    const result = value(series);
    if (result !== undefined) yield [series.labels, result];
  }
}

const flag = (value: boolean | undefined) => (value === undefined ? undefined : Number(value));

/** Each state as a list of label values. */
const states = bgpStates.map((state) => [state] as const);

type PrefixCount = 'prefixesReceived' | 'prefixesAccepted' | 'prefixesAdvertised';

function prefixFamily(name: string, field: PrefixCount, what: string): Family {
  return {
    name,
    type: 'gauge',
    help: `Prefixes ${what} on this session, as the device counts; only for an established session, and only where the device says ${source}.`,
    labels: sessionLabels,
    collect: (view) => each(view, ({ session }) => (isEstablished(session) ? session[field] : undefined)),
  };
}

export const sessionFamilies: readonly Family[] = [
  {
    name: 'calico_bgp_session_up',
    type: 'gauge',
    help: `Whether the session is Established (1) or in any other state (0), as this device shows it ${source}; absent while the device cannot be read. Where several sessions share all labels, the worst one is shown.`,
    labels: sessionLabels,
    collect: (view) =>
      each(view, ({ session }) => (session.state === null ? undefined : Number(isEstablished(session)))),
  },
  {
    name: 'calico_bgp_session_state',
    type: 'stateset',
    help: `State of the session's finite state machine by RFC 4271: 1 for the current state, 0 for the others ${source}.`,
    labels: [...sessionLabels, 'calico_bgp_session_state'],
    *collect({ sessions }) {
      for (const { session, labels } of sessions) {
        if (session.state === null) continue;
        for (const state of states) yield [labels, Number(state[0] === session.state), state];
      }
    },
  },
  {
    name: 'calico_bgp_session_admin_down',
    type: 'gauge',
    help: 'Whether the session is shut down by configuration on this device (1) or not (0); only where the device says (BIRD "disabled", bgpPeerAdminStatus, "Idle (Admin)").',
    labels: sessionLabels,
    collect: (view) => each(view, ({ session }) => flag(session.adminDown)),
  },
  {
    name: 'calico_bgp_session_info',
    type: 'info',
    help: `AS numbers of both ends, the session's name and description on this device ${source}.`,
    labels: [...sessionLabels, 'local_asn', 'peer_asn', 'name', 'description'],
    *collect({ sessions }) {
      const asn = (value: number | null) => (value === null ? '' : String(value));
      for (const { session, labels } of sessions) {
        const { localAsn, peerAsn, name = '', description = '' } = session;
        yield [labels, 1, [asn(localAsn), asn(peerAsn), name, description]];
      }
    },
  },
  {
    name: 'calico_bgp_session_established_timestamp_seconds',
    type: 'gauge',
    help: 'When the session came up: time of the reading less the uptime that the device shows, to the second, in seconds since the epoch. BIRD 1.6 shows only a date after a day.',
    labels: sessionLabels,
    collect: (view) =>
      each(view, ({ session, at }) =>
        isEstablished(session) && session.establishedSeconds !== undefined
          ? Math.round(at / 1000 - session.establishedSeconds)
          : undefined,
      ),
  },
  prefixFamily('calico_bgp_session_prefixes_received', 'prefixesReceived', 'received'),
  prefixFamily('calico_bgp_session_prefixes_accepted', 'prefixesAccepted', 'received and accepted by policy'),
  prefixFamily('calico_bgp_session_prefixes_advertised', 'prefixesAdvertised', 'advertised'),
  {
    name: 'calico_bgp_session_flaps_total',
    type: 'counter',
    help: 'Times the exporter saw the session leave Established since the exporter started; a flap between two readings is not seen.',
    labels: sessionLabels,
    collect: (view) => each(view, ({ session, snapshot }) => snapshot.flaps.get(flapKey(session)) ?? 0),
  },
  {
    name: 'calico_bgp_session_transitions_total',
    type: 'counter',
    help: 'Times the session came up, as the device counts (bgpPeerFsmEstablishedTransitions, "Connections established"); only where the device says.',
    labels: sessionLabels,
    collect: (view) => each(view, ({ session }) => session.transitions),
  },
];
