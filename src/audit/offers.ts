// Next hops that nodes offer a device, by prefix: from what they really send there. Each table that is sent is gone through
// once, since asking every sender for every prefix takes a million times a thousand look-ups.
import type { Prefix } from '../model/prefix.ts';
import { firstIpv6 } from '../model/prefix-index.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { Context } from './context.ts';
import { sessionGraph, viewsTo } from './holders.ts';
import { lastingly } from './lasting.ts';
import { type Places, placesOf } from './places.ts';

/** A next hop that a node's announcement gives, as the device should see it. */
export interface OfferedHop {
  readonly address: string;
  readonly asPath: string;
  /** The node that sends it. */
  readonly sender: string;
}

/** AS numbers of a path, in order; sets and confederations (RFC 5065) count by their members. */
export function asNumbers(asPath: string): readonly string[] {
  return asPath.match(/\d+(?:\.\d+)?/g) ?? [];
}

/** The AS numbers that a device has, by its sessions: what has one of them in its path is dropped there as a loop. */
function ownAsns(context: Context, device: string): ReadonlySet<string> {
  const snapshot = context.devices.get(device);
  const sessions = snapshot && context.sessions(snapshot);
  const asns = sessions?.known ? sessions.value.map(({ localAsn }) => localAsn) : [];
  return new Set([...asns, snapshot?.facts.localAsn].flatMap((asn) => (asn ? [String(asn)] : [])));
}

/** What a session over which a table is sent makes of its rows; undefined where the session is not up. */
interface Session {
  /** By number of the next hops: the address that the device sees; undefined for none. */
  readonly addresses: readonly (string | undefined)[];
}

/** A table that a node sends to the device. */
interface Source {
  readonly sender: string;
  readonly table: RouteTable;
  readonly by: { readonly 4: Session | undefined; readonly 6: Session | undefined };
  /** By number of the attributes: the AS path; undefined for one that the device drops as a loop. */
  readonly paths: readonly (string | undefined)[];
}

function sourcesOf(context: Context, device: string): Source[] {
  const own = ownAsns(context, device);
  const by = (family: 4 | 6, sender: string, { columns }: RouteTable): Session | undefined => {
    const edge = sessionGraph(context, family).get(device)?.get(sender);
    // What is sent on a session that is not up arrives nowhere.
    if (edge?.up !== true) return undefined;
    const ownAddress = edge.ends.get(device)?.peerAddress;
    return { addresses: columns.hopSets.map(([hop]) => hop?.address ?? ownAddress) };
  };
  return [...viewsTo(context, device)].flatMap(([sender, views]) =>
    views.map(({ table }) => ({
      sender,
      table,
      by: { 4: by(4, sender, table), 6: by(6, sender, table) },
      // A node may send a switch back what it has from there, by way of its rack.
      paths: table.columns.attributeSets.map(({ asPath = '' }) =>
        asNumbers(asPath).some((asn) => own.has(asn)) ? undefined : asPath,
      ),
    })),
  );
}

/** The offers of a device, as chains of numbers by the place of their prefix. */
export class Offers {
  readonly #sources: readonly Source[];
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #source: Int32Array;
  readonly #row: Int32Array;

  readonly #places: Places;

  constructor(context: Context, device: string, places: Places) {
    const { index, columns: all } = places;
    this.#places = places;
    this.#sources = sourcesOf(context, device);
    this.#first = new Int32Array(all.size).fill(-1);
    const most = this.#sources.reduce((sum, { table }) => sum + table.size, 0);
    this.#next = new Int32Array(most);
    this.#source = new Int32Array(most);
    this.#row = new Int32Array(most);
    let offer = 0;
    // From the end, so that each chain is in the order of the senders.
    for (let s = this.#sources.length - 1; s >= 0; s--) {
      const { table } = this.#sources[s] as Source;
      const { columns } = table;
      const once = table.index.distinct === table.size;
      for (let row = 0; row < table.size; row++) {
        // Add-path lists every path of a node (FRR takes them); the best is the one that counts.
        if (!once && table.index.firstLike(columns, row) !== row) continue;
        if (this.#addressIn(s, row) === undefined) continue;
        const place = index.firstLike(columns, row);
        if (place < 0) continue;
        this.#source[offer] = s;
        this.#row[offer] = row;
        this.#next[offer] = this.#first[place] as number;
        this.#first[place] = offer++;
      }
    }
  }

  /** The first offer of the prefix at this place in the list of all; -1 for none. */
  first(place: number): number {
    return this.#first[place] ?? -1;
  }

  next(offer: number): number {
    return this.#next[offer] as number;
  }

  address(offer: number): string {
    return this.#addressIn(this.#source[offer] as number, this.#row[offer] as number) ?? '';
  }

  /** Every offer of a prefix, in the order of the senders. */
  of(prefix: Prefix): readonly OfferedHop[] {
    const place = this.#places.index.first(prefix);
    // Not expected when this was made.
    if (place < 0)
      return this.#sources.flatMap((source, s) => this.#offer(s, source.table.index.first(prefix)));
    const offers: OfferedHop[] = [];
    for (let offer = this.first(place); offer >= 0; offer = this.next(offer)) {
      offers.push(...this.#offer(this.#source[offer] as number, this.#row[offer] as number));
    }
    return offers;
  }

  /** What a row of a source offers, if anything. */
  #offer(source: number, row: number): OfferedHop[] {
    const address = row < 0 ? undefined : this.#addressIn(source, row);
    if (address === undefined) return [];
    const { sender, table, paths } = this.#sources[source] as Source;
    return [{ address, asPath: paths[table.columns.attributes[row] as number] ?? '', sender }];
  }

  /** The address that a row of a source offers; undefined for a row that is no offer. */
  #addressIn(source: number, row: number): string | undefined {
    const { table, by, paths } = this.#sources[source] as Source;
    const { hops, attributes, length } = table.columns;
    if (paths[attributes[row] as number] === undefined) return undefined;
    return by[(length[row] as number) < firstIpv6 ? 4 : 6]?.addresses[hops[row] as number];
  }
}

const madeFor = lastingly(() => new Map<string, Offers>());

/** What nodes offer to a device; undefined when the exports towards it are not known. */
export function offersTo(context: Context, device: string): Offers | undefined {
  if (!context.expected || viewsTo(context, device).size === 0) return undefined;
  const all = madeFor(context);
  const offers = all.get(device) ?? new Offers(context, device, placesOf(context.expected.prefixes));
  all.set(device, offers);
  return offers;
}
