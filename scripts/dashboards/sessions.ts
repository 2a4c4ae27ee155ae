// Sessions: the state of each over time, seen from both ends, flaps, and how many prefixes go over them.
import type { DashboardSpec } from './layout.ts';
import { bad, lines, odd, stat, states, table } from './parts.ts';
import { chosen, of, sessionStates, sessionsDown, stateNames } from './queries.ts';

const label = '{{device}} – {{peer_address}} {{peer}}';
const none = 'no session was read';

export const sessionsDashboard: DashboardSpec = {
  uid: 'calico-bgp-sessions',
  title: 'Calico BGP / Sessions',
  about:
    'Every BGP session of nodes and switches: state over time, both ends, flaps, prefixes received and sent. From calico-bgp-exporter.',
  choices: [
    {
      name: 'device',
      label: 'Device',
      query: 'label_values(calico_bgp_device_info{job=~"$job"}, device)',
      multiple: true,
    },
    {
      name: 'afi',
      label: 'Family',
      query: 'label_values(calico_bgp_session_up{job=~"$job"}, afi)',
      multiple: true,
    },
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        stat(
          {
            title: 'Established',
            about: 'Session ends that are established, the mesh left out.',
            unit: 'short',
            none,
            width: 5,
          },
          `sum(${of('calico_bgp_session_up', chosen, 'afi=~"$afi"')})`,
          [[null, 'blue']],
        ),
        stat(
          {
            title: 'Down',
            about: 'Session ends that are not established and were not shut on purpose.',
            unit: 'short',
            none,
            width: 5,
          },
          sessionsDown(chosen, 'afi=~"$afi"'),
          bad,
        ),
        stat(
          {
            title: 'Shut on purpose',
            about: 'Session ends that a device says are shut down by configuration.',
            unit: 'short',
            none: 'no device says',
            width: 4,
          },
          `sum(${of('calico_bgp_session_admin_down', chosen, 'afi=~"$afi"')})`,
          odd,
        ),
        stat(
          {
            title: 'Not configured',
            about: 'Sessions that the BGPPeer objects call for and that the device does not know at all.',
            unit: 'short',
            none: 'unknown: no device was judged',
            width: 5,
          },
          `sum(${of('calico_bgp_sessions_missing', chosen)})`,
          bad,
        ),
        stat(
          {
            title: 'Not called for',
            about:
              'Sessions between device and cluster that no object explains: left over, or the mesh left on.',
            unit: 'short',
            none: 'unknown: no device was judged',
            width: 5,
          },
          `sum(${of('calico_bgp_sessions_unexpected', chosen)})`,
          odd,
        ),
      ],
    },
    {
      title: 'State',
      panels: [
        states(
          {
            title: 'State of each session',
            about:
              'Each end by itself: a session that one end shows as Established and the other not stands twice, in two colours.',
            unit: 'short',
            none,
            width: 24,
            height: 12,
          },
          { expr: sessionStates(chosen, 'afi=~"$afi"'), legend: label },
          stateNames,
        ),
        table(
          {
            title: 'Sessions that are down',
            about:
              'Each end that is not established. The last error of each is in the page of the exporter and at /api/v1/sessions.',
            unit: 'short',
            none: 'every session that was read is established',
            width: 24,
          },
          [`${of('calico_bgp_session_up', chosen, 'afi=~"$afi"')} == 0`],
          [
            { label: 'device', title: 'Device' },
            { label: 'peer_address', title: 'Peer address' },
            { label: 'peer', title: 'Peer' },
            { label: 'kind', title: 'Kind' },
            { label: 'afi', title: 'Family' },
            { label: 'vrf', title: 'VRF' },
          ],
          { title: 'Device', desc: false },
        ),
      ],
    },
    {
      title: 'Stability',
      panels: [
        lines(
          {
            title: 'Flaps',
            about:
              'Times a session came up or left Established within 15 minutes: as the device counts where it does, else as two readings show. More than alerts.flaps of the configuration (3) raise an alert.',
            unit: 'short',
            none: 'no session left Established',
            width: 12,
          },
          [
            {
              expr: ['transitions', 'flaps']
                .map(
                  (what) =>
                    `round(increase(${of(`calico_bgp_session_${what}_total`, chosen, 'afi=~"$afi"')}[15m])) > 0`,
                )
                .join('\nor '),
              legend: label,
            },
          ],
          { step: true },
        ),
        lines(
          {
            title: 'Time since established',
            about:
              'How long each session has been up, as the device says. A saw-tooth is a session that restarts.',
            unit: 's',
            none,
            width: 12,
          },
          [
            {
              expr: `time() - ${of('calico_bgp_session_established_timestamp_seconds', chosen, 'afi=~"$afi"')}`,
              legend: label,
            },
          ],
        ),
      ],
    },
    {
      title: 'Prefixes',
      panels: [
        lines(
          {
            title: 'Received',
            about: 'Prefixes received on each session. A step down is a peer that sends less.',
            unit: 'short',
            none: 'no device counts them',
            width: 8,
          },
          [{ expr: of('calico_bgp_session_prefixes_received', chosen, 'afi=~"$afi"'), legend: label }],
          { step: true },
        ),
        lines(
          {
            title: 'Accepted',
            about:
              'Prefixes accepted by import policy. Less than received: a policy or a limit takes some away.',
            unit: 'short',
            none: 'no device counts them',
            width: 8,
          },
          [{ expr: of('calico_bgp_session_prefixes_accepted', chosen, 'afi=~"$afi"'), legend: label }],
          { step: true },
        ),
        lines(
          {
            title: 'Advertised',
            about: 'Prefixes sent on each session. Compare with what the other end receives.',
            unit: 'short',
            none: 'no device counts them',
            width: 8,
          },
          [{ expr: of('calico_bgp_session_prefixes_advertised', chosen, 'afi=~"$afi"'), legend: label }],
          { step: true },
        ),
      ],
    },
    {
      title: 'Mesh',
      panels: [
        lines(
          {
            title: 'Mesh sessions down',
            about:
              'Sessions of the node-to-node mesh that are not established, by node. Zero lines are left out.',
            unit: 'short',
            none: 'no mesh, or all of it is up',
            width: 24,
            height: 6,
          },
          [
            {
              expr: `${of('calico_bgp_mesh_sessions', chosen)} - ${of('calico_bgp_mesh_sessions_established', chosen)} > 0`,
              legend: '{{device}}',
            },
          ],
          { step: true },
        ),
      ],
    },
  ],
};
