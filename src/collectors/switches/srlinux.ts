// Nokia SR Linux by its CLI (Nokia, "SR Linux System Management Guide"): the state tree as JSON, one exec request for each
// command. The CLI has no question for a range of prefixes, so the default network instance's tables are read whole: they are
// small on a leaf; where they are not, the limit on output bytes ends it with an error.
import type { PlannedCommand, SwitchDriver } from '../../model/driver.ts';
import { parsePrefix } from '../../model/prefix.ts';
import type { RouteScope } from '../../model/route-view.ts';
import { parseSrl } from './srlinux-parse.ts';

const whole: RouteScope = { kind: 'ranges', prefixes: [parsePrefix('0.0.0.0/0'), parsePrefix('::/0')] };

const neighbours = 'info from state network-instance * protocols bgp | as json';
const rib = 'info from state network-instance default bgp-rib | as json';
const table = 'info from state network-instance default route-table | as json';

const routeCommands: readonly PlannedCommand[] = [
  { command: rib, layer: 'bgp', vrf: 'default', scope: whole },
  { command: table, layer: 'installed', vrf: 'default', scope: whole },
];

/** Nokia SR Linux: 7215, 7220 IXR, 7250 IXR, 7730 SXR. */
export const srlinux: SwitchDriver = {
  name: 'nokia-srlinux',
  title: 'Nokia SR Linux',
  channel: 'exec',
  preamble: [],
  viaShell: ['sr_cli {command}'],
  commands: [
    { template: neighbours, purpose: 'sessions of all network instances, with prefix counts' },
    { template: rib, purpose: 'BGP paths of the default network instance' },
    { template: table, purpose: 'installed routes of the default network instance, with all next hops' },
  ],
  sessionCommands: () => [{ command: neighbours }],
  routeCommands: () => routeCommands,
  parse: parseSrl,
};
