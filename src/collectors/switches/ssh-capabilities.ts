// What a driver can see of its device by SSH: from its plan of commands for the question at hand, and from what it says of
// its sessions. Which prefix counts a platform prints shows in the sessions themselves.
import type { Capabilities, PrefixCount, RouteSight } from '../../model/capabilities.ts';
import type { CollectQuery } from '../../model/collector.ts';
import type { SwitchDriver } from '../../model/driver.ts';
import { lastGood, type Reading } from '../../model/reading.ts';
import type { RouteView } from '../../model/route-view.ts';
import type { Session } from '../../model/session.ts';

const both = ['ipv4', 'ipv6'] as const;

/** The prefix counts that these sessions tell. */
export function countsShown(sessions: readonly Session[]): PrefixCount[] {
  const counts: PrefixCount[] = [];
  if (sessions.some(({ prefixesReceived }) => prefixesReceived !== undefined)) counts.push('received');
  if (sessions.some(({ prefixesAccepted }) => prefixesAccepted !== undefined)) counts.push('accepted');
  if (sessions.some(({ prefixesAdvertised }) => prefixesAdvertised !== undefined)) counts.push('advertised');
  return counts;
}

function routeSight(
  driver: SwitchDriver,
  query: CollectQuery,
  views: readonly RouteView[],
): RouteSight | undefined {
  const planned = driver.routeCommands(query);
  if (planned.length === 0) return undefined;
  const layers = new Set(planned.map(({ layer = 'bgp' }) => layer));
  const questions = new Set(planned.flatMap(({ scope }) => (scope ? [scope.kind] : [])));
  return {
    families: driver.families ?? both,
    vrfs: [...new Set(planned.map(({ vrf = 'default' }) => vrf))],
    layers: [...layers],
    allNextHops: views.every((view) => view.allNextHops),
    questions: [...questions],
    cacheSeconds: 0,
    ...(!questions.has('ranges') && { limits: `the driver ${driver.name} asks for single prefixes only` }),
  };
}

/** What the driver sees, as of the readings that this question brought. */
export function capabilitiesOf(
  driver: SwitchDriver,
  query: CollectQuery,
  sessions: Reading<readonly Session[]>,
  routes: Reading<readonly RouteView[]>,
): Capabilities {
  const shown = lastGood(sessions)?.value ?? [];
  const { sessionVrfs = 'all' } = driver;
  const vrfs = sessionVrfs === 'all' ? sessionVrfs : [...sessionVrfs, ...(query.vrfs ?? [])];
  const sight = routeSight(driver, query, lastGood(routes)?.value ?? []);
  return {
    sessions: {
      families: driver.families ?? both,
      vrfs,
      counts: countsShown(shown),
      ...(vrfs !== 'all' && {
        limits: `the driver ${driver.name} asks ${query.vrfs ? 'the named VRFs' : 'the default VRF'} alone`,
      }),
    },
    ...(sight && { routes: sight }),
  };
}
