// What the dashboards of one node and of one switch share: what it is, whether it is read, its sessions.
import { bad, lines, odd, type Panel, stat, states, table } from './parts.ts';
import { of, sessionStates, sessionsDown, stateNames } from './queries.ts';

export const one = 'device="$device"';
const label = '{{peer_address}} {{peer}}';
const upSteps = [
  [null, 'red'],
  [1, 'green'],
] as const;

export function head(what: string): Panel[] {
  return [
    stat(
      {
        title: 'Read',
        about: `Whether the latest attempt to read the ${what} gave sessions or routes (1) or nothing (0).`,
        unit: 'bool_yes_no',
        none: 'not tried yet',
        width: 4,
      },
      `max(${of('calico_bgp_device_up', one)})`,
      upSteps,
    ),
    stat(
      {
        title: 'Age of its readings',
        about:
          'How old the oldest part (sessions, routes) of what is known is. Above three intervals it no longer counts: unknown.',
        unit: 's',
        none: 'never read',
        width: 4,
      },
      `time() - min(${of('calico_bgp_reading_last_success_timestamp_seconds', one)})`,
      [
        [null, 'green'],
        [60, 'orange'],
        [300, 'red'],
      ],
    ),
    stat(
      {
        title: 'Sessions up',
        about: 'Session ends that are established, the mesh left out.',
        unit: 'short',
        none: 'no session was read',
        width: 4,
      },
      `sum(${of('calico_bgp_session_up', one)})`,
      [[null, 'blue']],
    ),
    stat(
      {
        title: 'Sessions down',
        about: 'Session ends that are not established and were not shut on purpose, the mesh left out.',
        unit: 'short',
        none: 'no session was read',
        width: 4,
      },
      sessionsDown(one),
      bad,
    ),
    stat(
      {
        title: 'Not configured',
        about: 'Sessions that the BGPPeer objects call for and that are not there at all.',
        unit: 'short',
        none: 'could not be judged',
        width: 4,
      },
      `sum(${of('calico_bgp_sessions_missing', one)})`,
      bad,
    ),
    stat(
      {
        title: 'Not called for',
        about: 'Sessions with the cluster that no object explains.',
        unit: 'short',
        none: 'could not be judged',
        width: 4,
      },
      `sum(${of('calico_bgp_sessions_unexpected', one)})`,
      odd,
    ),
  ];
}

export const info = table(
  {
    title: 'What it says of itself',
    about: 'Software, AS number, router id, and which source is read.',
    unit: 'short',
    none: 'it was never read',
    width: 24,
    height: 4,
  },
  [of('calico_bgp_device_info', one)],
  [
    { label: 'device', title: 'Device', width: 160 },
    { label: 'role', title: 'Role', width: 80 },
    { label: 'address', title: 'Address', width: 160 },
    { label: 'source', title: 'Read by', width: 110 },
    { label: 'software', title: 'Software' },
    { label: 'local_asn', title: 'AS', width: 110 },
    { label: 'router_id', title: 'Router id', width: 140 },
  ],
);

export const sessions: Panel[] = [
  states(
    {
      title: 'State of its sessions',
      about: 'The state machine of each session (RFC 4271) as this device shows it.',
      unit: 'short',
      none: 'no session was read',
      width: 24,
    },
    { expr: sessionStates(one), legend: label },
    stateNames,
  ),
  lines(
    {
      title: 'Prefixes received',
      about: 'Prefixes received on each session, as the device counts.',
      unit: 'short',
      none: 'the device does not count them',
      width: 12,
    },
    [{ expr: of('calico_bgp_session_prefixes_received', one), legend: label }],
    { step: true },
  ),
  lines(
    {
      title: 'Prefixes advertised',
      about: 'Prefixes sent on each session, as the device counts.',
      unit: 'short',
      none: 'the device does not count them',
      width: 12,
    },
    [{ expr: of('calico_bgp_session_prefixes_advertised', one), legend: label }],
    { step: true },
  ),
];

export const reading: Panel[] = [
  lines(
    {
      title: 'Time to read',
      about:
        'How long each reading took, by source. Near the timeout: raise it, or ask why the device is slow.',
      unit: 's',
      none: 'never read',
      width: 12,
    },
    [{ expr: of('calico_bgp_collection_duration_seconds', one), legend: '{{source}}' }],
  ),
  lines(
    {
      title: 'Readings that failed',
      about:
        'Readings that failed within five minutes, by source; the exporter tries less often while all fail.',
      unit: 'short',
      none: 'never read',
      width: 12,
    },
    [
      {
        expr: `round(increase(${of('calico_bgp_collection_failures_total', one)}[5m]))`,
        legend: '{{source}}',
      },
    ],
    { step: true },
  ),
];
