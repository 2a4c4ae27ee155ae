// What a source can see of its device, so that the audit judges nothing that could not have been seen: a session of a family
// that an SNMP table does not have, a route to a prefix that nobody could ask for. Every source states it with its readings;
// what is not stated (an older agent) is taken for seen.
import type { Prefix } from './prefix.ts';
import type { RouteLayer, RouteScope } from './route-view.ts';
import type { Afi } from './session.ts';

export type PrefixCount = 'received' | 'accepted' | 'advertised';

/** VRFs by their names as the source tells them; `all` of the device. */
export type SeenVrfs = 'all' | readonly string[];

interface Sight {
  readonly families: readonly Afi[];
  readonly vrfs: SeenVrfs;
  /** A sentence part on where the sight ends and why, for people; absent where it shows everything. */
  readonly limits?: string;
}

export interface SessionSight extends Sight {
  /** Prefix counts it shows for each session and family; none where it has no session to show them of. */
  readonly counts: readonly PrefixCount[];
}

export interface RouteSight extends Sight {
  /** `received` is what peers sent before policy. */
  readonly layers: readonly RouteLayer[];
  /** Whether every next hop of a route shows, so that the width of ECMP can be judged. */
  readonly allNextHops: boolean;
  /** `ranges`: all routes inside a range, unexpected ones too; `exact`: the prefixes it was asked for. */
  readonly questions: readonly RouteScope['kind'][];
  /** How old the device's own copy of the data may be, in seconds. */
  readonly cacheSeconds: number;
}

export interface Capabilities {
  readonly sessions?: SessionSight;
  readonly routes?: RouteSight;
}

/** True when a session of this family can be seen in the VRF, or when nothing is said of it. */
export function showsSessions(sight: SessionSight | undefined, afi: Afi, vrf: string): boolean {
  return sight === undefined || (sight.families.includes(afi) && seesVrf(sight.vrfs, vrf));
}

/** True when the VRF's routes inside a range can be seen without asking for each, or when nothing is said of it. */
export function showsRanges(sight: RouteSight | undefined, { family }: Prefix, vrf: string): boolean {
  return (
    sight === undefined ||
    (sight.questions.includes('ranges') &&
      sight.families.includes(family === 4 ? 'ipv4' : 'ipv6') &&
      seesVrf(sight.vrfs, vrf))
  );
}

function seesVrf(vrfs: SeenVrfs, vrf: string): boolean {
  return vrfs === 'all' || vrfs.includes(vrf);
}
