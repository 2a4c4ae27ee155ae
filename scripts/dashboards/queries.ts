// Queries that several dashboards share. `job` keeps two exporters of two clusters apart.

/** A selector: metric with the job, the chosen devices and more. */
export const of = (metric: string, ...more: readonly string[]) =>
  `${metric}{${['job=~"$job"', ...more].join(',')}}`;
export const chosen = 'device=~"$device"';

const stateNumbers = ['idle', 'connect', 'active', 'opensent', 'openconfirm', 'established'];

/** State of each session as a number, 1 idle to 6 established. */
export const sessionStates = (...more: readonly string[]) =>
  `max without (calico_bgp_session_state) (\n${stateNumbers
    .map(
      (state, i) =>
        `  ${i > 0 ? 'or ' : ''}${of('calico_bgp_session_state', ...more, `calico_bgp_session_state="${state}"`)} * ${i + 1}`,
    )
    .join('\n')}\n)`;

export const stateNames = [
  [1, 'Idle', 'dark-red'],
  [2, 'Connect', 'red'],
  [3, 'Active', 'orange'],
  [4, 'OpenSent', 'yellow'],
  [5, 'OpenConfirm', 'yellow'],
  [6, 'Established', 'green'],
] as const;

/** Sessions that are down and were not shut on purpose. */
export const sessionsDown = (...more: readonly string[]) => `sum(${endsDown(...more)})`;

/** Each such end as 1, the others as 0. */
export function endsDown(...more: readonly string[]): string {
  return `(${of('calico_bgp_session_up', ...more)} == bool 0) unless (${of('calico_bgp_session_admin_down', ...more)} == 1)`;
}

/** Only those of the series, by session end, whose session was down at some time in the time shown. */
export const wasDown = (series: string, ...more: readonly string[]) =>
  `${series}\nand on (device, peer_address, vrf, afi)\n(min_over_time(${of('calico_bgp_session_up', ...more)}[$__range] @ end()) == 0)`;

// The oldest: of several shards, one that stands still.
export const auditAge = `time() - min(${of('calico_bgp_audit_last_timestamp_seconds')})`;

const variable = (name: string) => `\${${name}}`;
// With the time that is looked at: what was wrong last night is looked up there, too.
const board = (uid: string, more = '') =>
  `/d/${uid}?${['datasource:queryparam', 'job:queryparam', 'page:queryparam', '__url_time_range'].map(variable).join('&')}${more}`;
const shown = variable('__value.text');

/** Where a device, a prefix or a check is shown on the exporter's page and in the other dashboards. */
export const links = {
  node: board('calico-bgp-node', `&var-device=${shown}`),
  switch: board('calico-bgp-switch', `&var-device=${shown}`),
  explain: `${variable('page')}/explain?target=${shown}`,
  page: variable('page'),
  routes: board('calico-bgp-routes'),
  sessions: board('calico-bgp-sessions'),
  exporter: board('calico-bgp-exporter'),
};
