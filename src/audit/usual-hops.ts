// Routes whose next hops need no second look, which nearly all are: every next hop leads to an owner or to a switch that has the
// prefix, and every node's offer is among them. Judged by numbers in arrays; the others go through route-next-hop.ts.
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteAudit } from './check.ts';
import type { Context } from './context.ts';
import type { Found, FoundRows } from './judged.ts';
import { mustKeep } from './next-hops.ts';
import type { Offers } from './offers.ts';
import { isAmong, placesOf } from './places.ts';

interface Hop {
  readonly address: string;
  /** The device behind it; undefined for nobody that is known, and for the device itself. */
  readonly name: string | undefined;
  /** Where the device behind it has what it should have, in the same order; undefined where that does not count. */
  readonly exact: Uint8Array | undefined;
}

/** By number of the next hops of a table: the devices behind them. */
function hopsOf(
  context: Context,
  device: string,
  { list }: Found,
  { table }: FoundRows,
  routes: RouteAudit,
): readonly (readonly Hop[])[] {
  const known = new Map<string, Hop>();
  const hopAt = (address: string): Hop => {
    const behind = context.deviceByAddress.get(address);
    const name = behind === device ? undefined : behind;
    const found = name === undefined ? undefined : routes.get(name)?.found;
    const counts =
      name !== undefined && found?.list === list && context.devices.get(name)?.device.role === 'switch';
    return { address, name, exact: counts && !mustKeep(context, device, name) ? found.exact : undefined };
  };
  return table.columns.hopSets.map((hops) =>
    hops.flatMap(({ address }) => {
      if (address === undefined) return [];
      const hop = known.get(address) ?? hopAt(address);
      known.set(address, hop);
      return [hop];
    }),
  );
}

/** Tells for each place of the device's list whether its route is as it usually is. */
export function usualHops(
  context: Context,
  device: string,
  found: Found,
  offers: Offers | undefined,
  routes: RouteAudit,
): (place: number) => boolean {
  const { list, tables } = found;
  const hops = tables.map((rows) => hopsOf(context, device, found, rows, routes));
  const all = context.expected?.prefixes ?? [];
  const places = placesOf(all);
  const own = list === all ? undefined : placesOf(list);
  const offerAt = (place: number) =>
    offers?.first(own ? places.index.firstLike(own.columns, place) : places.first(place)) ?? -1;
  const leadsOn = ({ origins }: ExpectedPrefix, place: number, hop: Hop) =>
    hop.name === undefined || hop.exact?.[place] === 1 || isAmong(origins, hop.name);

  /** Calls back for the next hops of each route that counts, until one is refused. */
  const every = (place: number, holds: (hops: readonly Hop[]) => boolean): boolean => {
    for (let t = 0; t < tables.length; t++) {
      const { table, first, usable } = tables[t] as FoundRows;
      const { attributes, hops: sets } = table.columns;
      for (let row = first[place] as number; row >= 0; row = table.index.next(row)) {
        if (usable[attributes[row] as number] !== 1) continue;
        if (!holds(hops[t]?.[sets[row] as number] as readonly Hop[])) return false;
      }
    }
    return true;
  };
  return (place) => {
    const expected = list[place] as ExpectedPrefix;
    if (!every(place, (set) => set.every((hop) => leadsOn(expected, place, hop)))) return false;
    for (let offer = offerAt(place); offer >= 0; offer = offers?.next(offer) ?? -1) {
      const address = offers?.address(offer);
      if (every(place, (set) => set.every((hop) => hop.address !== address))) return false;
    }
    return true;
  };
}
