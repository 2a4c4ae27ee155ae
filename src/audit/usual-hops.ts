// Routes whose next hops need no second look, which nearly all are: every next hop that is a node owns the prefix, and every
// node's offer is among the next hops. Judged by numbers in arrays; the others go through route-next-hop.ts. A switch as a next
// hop is never wrong: one that lacks the prefix has a finding of its own (judgeHop).
import type { Context } from './context.ts';
import type { Found, FoundRows } from './judged.ts';
import { mustKeep } from './next-hops.ts';
import type { Offers } from './offers.ts';
import { isAmong, placesOf } from './places.ts';

/** One set of next hops of a table. */
interface HopSet {
  readonly addresses: readonly string[];
  /** Devices behind them that must own a prefix to which they are the way. */
  readonly owners: readonly string[];
}

const none: readonly string[] = [];

function hopSetsOf(context: Context, device: string, { table }: FoundRows): readonly HopSet[] {
  const isHarmless = (name: string) =>
    name === device || (context.switches.has(name) && !mustKeep(context, device, name));
  return table.columns.hopSets.map((hops) => {
    const addresses = hops.flatMap(({ address }) => address ?? []);
    const names = addresses.flatMap((address) => context.deviceByAddress.get(address) ?? []);
    return { addresses, owners: names.filter((name) => !isHarmless(name)) };
  });
}

/** Tells for each place of the device's list whether its route is as it usually is. */
export function usualHops(
  context: Context,
  device: string,
  { list, tables }: Found,
  offers: Offers | undefined,
): (place: number) => boolean {
  const hopSets = tables.map((rows) => hopSetsOf(context, device, rows));
  const all = context.expected?.prefixes ?? [];
  const places = placesOf(all);
  const own = list === all ? undefined : placesOf(list);
  return (place) => {
    if (!leadsToOwners(tables, hopSets, place, list[place]?.origins ?? [])) return false;
    if (!offers) return true;
    let offer = offers.first(own ? places.index.firstLike(own.columns, place) : places.first(place));
    for (; offer >= 0; offer = offers.next(offer))
      if (!leadsTo(tables, hopSets, place, offers.address(offer))) return false;
    return true;
  };
}

// Loops and not callbacks: these are asked millions of times.

/** True when every next hop that must be an owner is one. */
function leadsToOwners(
  tables: readonly FoundRows[],
  hopSets: readonly (readonly HopSet[])[],
  place: number,
  origins: readonly string[],
): boolean {
  for (let t = 0; t < tables.length; t++) {
    const { table, first, usable } = tables[t] as FoundRows;
    const { attributes, hops } = table.columns;
    for (let row = first[place] as number; row >= 0; row = table.index.next(row)) {
      if (usable[attributes[row] as number] !== 1) continue;
      for (const name of hopSets[t]?.[hops[row] as number]?.owners ?? none)
        if (!isAmong(origins, name)) return false;
    }
  }
  return true;
}

/** True when a route of the prefix at this place, of those that count, leads to the address. */
function leadsTo(
  tables: readonly FoundRows[],
  hopSets: readonly (readonly HopSet[])[],
  place: number,
  address: string,
): boolean {
  for (let t = 0; t < tables.length; t++) {
    const { table, first, usable } = tables[t] as FoundRows;
    const { attributes, hops } = table.columns;
    for (let row = first[place] as number; row >= 0; row = table.index.next(row)) {
      if (usable[attributes[row] as number] !== 1) continue;
      if (hopSets[t]?.[hops[row] as number]?.addresses.includes(address)) return true;
    }
  }
  return false;
}
